// A zone for named and a host file for dnsmasq, for clusters where /etc/hosts gets long. They
// answer for the cluster's own names only; nothing here sets up a name server.
#include <fmt/format.h>

#include "core/render/renderers.h"

namespace zprov::render {
namespace {

// The procedure: "much larger than 50, it may be better to set up a bind server" (fixtures/seed).
constexpr size_t kNameServerFromNodes = 50;

}  // namespace

bool NeedsNameServer(const spec::ClusterSpec& spec) {
  return spec.nodes.size() >= kNameServerFromNodes;
}

ManagedFile Zone(const spec::ClusterSpec& spec) {
  // The serial stays 1: it is for secondaries, and a cluster behind one host has none.
  std::string text = fmt::format(
      "$ORIGIN {0}.\n"
      "$TTL 3600\n"
      "@ IN SOA {1}.{0}. root.{1}.{0}. ( 1 3600 600 604800 300 )\n"
      "@ IN NS {1}.{0}.\n"
      "{1} IN A {2}\n",
      spec.name, spec.host, spec.bridge.address.address.ToString());
  for (const spec::Node& node : spec.nodes) {
    text += fmt::format("{} IN A {}\n", node.name, node.address.ToString());
  }
  return {"zone", "/etc/zprov/db." + spec.name, WholeFile{text}};
}

ManagedFile Dnsmasq(const spec::ClusterSpec& spec) {
  const auto record = [&](const std::string& name, Ipv4 address) {
    return fmt::format("host-record={0},{0}.{1},{2}\n", name, spec.name, address.ToString());
  };
  std::string text = fmt::format(
      "# The cluster's names; questions about others in its zone go nowhere else.\nlocal=/{}/\n",
      spec.name);
  text += record(spec.host, spec.bridge.address.address);
  for (const spec::Node& node : spec.nodes) text += record(node.name, node.address);
  return {"dnsmasq", "/etc/dnsmasq.d/zprov.conf", WholeFile{text}};
}

}  // namespace zprov::render
