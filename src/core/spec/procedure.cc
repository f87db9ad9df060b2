// The original procedure's cluster, for any number of nodes.
#include <fmt/format.h>

#include "core/spec/addressing.h"
#include "core/spec/format.h"

namespace zprov::spec {
namespace {

constexpr int kProcedurePrefix = 24;
constexpr int kLargestNetwork = 16;

// The kernel's own first names for the gadget links: one more than there are nodes, since the
// procedure's host counts from usb0 and skips one.
std::vector<std::string> KernelLinkNames(int nodes) {
  std::vector<std::string> names;
  for (int i = 0; i <= nodes; ++i) names.push_back(fmt::format("usb{}", i));
  return names;
}

}  // namespace

Result<ClusterSpec> ProcedureSpec(int nodes, Mode mode) {
  if (nodes < 1) {
    return Fail(ErrorKind::kInvalid, "a cluster has at least one node: ask for 1 or more");
  }
  const Ipv4 first{kProcedureFirst};
  const auto last = Moved(first, kProcedureStride * (nodes - 1));
  const InterfaceAddress network =
      SmallestNetwork({kProcedureHost}, first, last.value_or(Ipv4{UINT32_MAX}), kProcedurePrefix);
  if (network.prefix < kLargestNetwork) {
    const InterfaceAddress largest{{kProcedureHost}, kLargestNetwork};
    const int64_t room = largest.Broadcast().number - 1 - kProcedureFirst;
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} nodes, {} addresses apart, do not fit {}/{}: ask for at most {}",
                            nodes, kProcedureStride, largest.NetworkAddress().ToString(),
                            kLargestNetwork, room / kProcedureStride + 1));
  }
  ClusterSpec spec;
  spec.mode = mode;
  spec.boot_server = mode == Mode::kNative ? BootServer::kZprov : BootServer::kRpiboot;
  spec.bridge.address = network;
  spec.bridge.mac = HostMacFor(network.address, network);
  spec.deny = KernelLinkNames(nodes);
  for (int i = 0; i < nodes; ++i) {
    Node node;
    node.name = fmt::format("s{}", i);
    node.address = *Moved(first, kProcedureStride * i);
    node.host_mac = HostMacFor(node.address, network);
    node.node_mac = *Moved(node.host_mac, -1);
    spec.nodes.push_back(node);
  }
  return spec;
}

}  // namespace zprov::spec
