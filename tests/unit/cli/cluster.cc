#include "unit/cli/cluster.h"

#include <stdexcept>

namespace zprov::cli {
namespace {

void Apply(RigHost& host) {
  const Said said = host({"apply"});
  if (said.exit != 0) throw std::logic_error("apply: " + said.out + said.err);
}

}  // namespace

Cluster::Cluster() { Apply(host); }

Cluster::Cluster(const std::string& spec_text) : host(spec_text) { Apply(host); }

void Cluster::Boot(const std::string& port, const std::string& address) {
  const PortPath at = *PortPath::Parse(port);
  const Mac mac = *Mac::Parse("02:00:00:00:00:07");
  host.world.usb().Plug(
      {.port = at, .vendor = 0x0525, .product = 0xa4a2, .serial_index = 0, .device_class = 0});
  const std::string link = host.world.network().PlugUsb({.port = at, .mac = mac});
  if (!host.world.network().SetLink(link, {.up = true}))
    throw std::logic_error(link + " stays down");
  // Joins the bridge where there is one: in the compatible mode rc.local makes it.
  (void)host.world.network().SetLink(link, {.master = "san"});
  host.world.network().SetNeighbour(link, sim::Neighbour{mac, *Ipv4::Parse(address)});
}

std::string CompatibleRig() {
  std::string text = SourceFile("fixtures/specs/rig.toml");
  const std::string host = "host = \"snail\"\n";
  return text.replace(text.find(host), host.size(), host + "mode = \"compatible\"\n");
}

}  // namespace zprov::cli
