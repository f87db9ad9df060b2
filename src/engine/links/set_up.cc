#include "engine/links/set_up.h"

namespace zprov::engine {

Result<void> SetUp(os::Netlink& netlink, const links::SetUpBridge& change) {
  ZPROV_TRY(netlink.EnsureBridge(change.name, {change.mac, change.mtu}));
  return netlink.AddAddress(change.name, change.address);
}

Result<void> SetUp(os::Netlink& netlink, const links::SetUpLink& change) {
  os::LinkChange becomes{
      .mac = change.mac, .mtu = change.mtu, .master = change.master, .isolated = change.isolated};
  if (change.name != change.link) {
    // A link that is up or in a bridge cannot be renamed (fixtures/kernels/README.md, Names).
    os::LinkChange down;
    down.master = "";
    down.up = false;
    ZPROV_TRY(netlink.SetLink(change.link, down));
    becomes.name = change.name;
  }
  ZPROV_TRY(netlink.SetLink(change.link, becomes));
  // Before it goes up, so that no frame comes through a port that is not pinned yet.
  if (change.pin) ZPROV_TRY(netlink.Pin(change.name, change.pin->mac, change.pin->address));
  return netlink.SetLink(change.name, {.up = true});
}

}  // namespace zprov::engine
