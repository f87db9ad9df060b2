#include "sim/scenarios/rc_local.h"

#include <stdexcept>

namespace zprov::sim {
namespace {

void StartRpiboot(World& world) {
  world.process_table().Add({512,
                             "rpiboot",
                             "/usr/bin/rpiboot -m 500000 -l -d /x/sboot -o",
                             {{os::TreeUser::Use::kOpenFile, "/var/log/rpiboot.log"}}});
}

void MakeBridge(World& world) {
  os::Netlink& netlink = world.system().live->netlink;
  const auto bridge = netlink.EnsureBridge("san", {});
  const auto address = netlink.AddAddress("san", *InterfaceAddress::Parse("192.168.7.2/24"));
  if (!bridge.has_value() || !address.has_value())
    throw std::logic_error("rc.local: the bridge could not be made");
}

}  // namespace

void RunRcLocal(World& world) {
  const std::string script = world.scene().Content("/etc/rc.local");
  const auto says = [&script](const char* words) {
    return script.find(words) != std::string::npos;
  };
  if (says("/usr/bin/rpiboot ")) StartRpiboot(world);
  if (says("ip link add name san ")) MakeBridge(world);
}

}  // namespace zprov::sim
