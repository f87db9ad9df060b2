// Diff of the bridge and of the gadget links that are there now. A link that is not there is
// nobody's business here: it is set up when it comes.
#include <fmt/format.h>

#include <algorithm>

#include "core/plan/diff_parts.h"

namespace zprov::plan {
namespace {

constexpr uint32_t kPlainMtu = 1500;  // what every Ethernet link can carry

const Link* Find(const std::vector<Link>& links, const std::string& name) {
  const auto found =
      std::find_if(links.begin(), links.end(), [&](const Link& link) { return link.name == name; });
  return found == links.end() ? nullptr : &*found;
}

// The port decides the node; without one, the declared MAC does.
const Link* LinkOf(const std::vector<Link>& links, const DesiredLink& node) {
  const auto found = std::find_if(links.begin(), links.end(), [&](const Link& link) {
    return node.usb ? link.usb == node.usb : link.usb && link.mac == node.host_mac;
  });
  return found == links.end() ? nullptr : &*found;
}

// One MTU per bridge: a port below the bridge's loses large frames without a word.
uint32_t CommonMtu(const DesiredNetwork& network, const std::vector<Link>& links, Plan& plan) {
  for (const DesiredLink& node : network.links) {
    const Link* link = LinkOf(links, node);
    if (link == nullptr || link->max_mtu == 0 || link->max_mtu >= network.mtu) continue;
    plan.notes.push_back(fmt::format(
        "the kernel allows an MTU of at most {} on {} (node {}), not {}: every link runs "
        "with {} until that node's gadget is `geth`, which kernels do not cap",
        link->max_mtu, link->name, node.name, network.mtu, kPlainMtu));
    return kPlainMtu;
  }
  return network.mtu;
}

bool HasAddress(const ObservedLinks& now, const DesiredNetwork& network) {
  const auto found = now.addresses.find(network.bridge);
  return found != now.addresses.end() && std::find(found->second.begin(), found->second.end(),
                                                   network.address) != found->second.end();
}

void DiffBridge(const DesiredNetwork& network, const ObservedLinks& now, uint32_t mtu, Plan& plan) {
  const Link* bridge = Find(now.links, network.bridge);
  if (bridge != nullptr && bridge->kind != "bridge") {
    plan.refusals.push_back(fmt::format(
        "{} is a link of this host and no bridge: give the bridge another name under [bridge]",
        network.bridge));
    return;
  }
  SetUpBridge step{network.bridge, network.bridge_mac, std::nullopt, network.address};
  if (network.bridge_mac) step.mtu = mtu;  // pinned natively; else it follows its ports
  if (bridge == nullptr) {
    plan.steps.push_back({step, "there is no bridge yet", Risk::kLiveSafe});
    return;
  }
  const bool same = bridge->up && HasAddress(now, network) &&
                    (!step.mac || bridge->mac == *step.mac) &&
                    (!step.mtu || bridge->mtu == *step.mtu);
  if (!same) plan.steps.push_back({step, "the bridge differs from the spec", Risk::kLiveSafe});
}

// What makes `link` the node's; nothing when it is already.
std::optional<Step> StepFor(const Link& link, const DesiredLink& node, const std::string& bridge,
                            uint32_t mtu) {
  SetUpLink step{link.name, node.name, std::nullopt, mtu, bridge};
  if (node.usb) step.mac = node.host_mac;
  const bool same = link.name == node.name && (!step.mac || link.mac == *step.mac) &&
                    link.mtu == mtu && link.master == bridge && link.up;
  if (same) return std::nullopt;
  const char* reason = link.name == node.name ? "the link differs from the spec"
                                              : "the link goes down for a moment to get its name";
  return Step{step, reason, Risk::kLiveSafe};
}

}  // namespace

void DiffNetwork(const DiffInput& input, Plan& plan) {
  const DesiredNetwork& network = input.desired.network;
  if (!input.observed.links) {
    SetUpBridge step{network.bridge, network.bridge_mac, std::nullopt, network.address};
    if (network.bridge_mac) step.mtu = network.mtu;
    plan.on_host.push_back({step, "a tree of files has no links", Risk::kLiveSafe});
    return;
  }
  const uint32_t mtu = CommonMtu(network, input.observed.links->links, plan);
  DiffBridge(network, *input.observed.links, mtu, plan);
  for (const DesiredLink& node : network.links) {
    const Link* link = LinkOf(input.observed.links->links, node);
    if (link == nullptr) continue;
    if (auto step = StepFor(*link, node, network.bridge, mtu)) plan.steps.push_back(*step);
  }
}

}  // namespace zprov::plan
