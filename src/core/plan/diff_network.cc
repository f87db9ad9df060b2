// Diff of the bridge and of the gadget links that are there now, as core/links decides. A link that
// is not there is nobody's business here: it is set up when it comes.
#include <fmt/format.h>

#include "core/links/changes.h"
#include "core/links/mtu.h"
#include "core/plan/diff_parts.h"

namespace zprov::plan {
namespace {

using links::WantedLink;
using links::WantedNetwork;

void DiffBridge(const WantedNetwork& network, const ObservedLinks& now, uint32_t mtu, Plan& plan) {
  links::SeenBridge bridge{links::Find(now.links, network.bridge), {}};
  if (bridge.link != nullptr && bridge.link->kind != "bridge") {
    plan.refusals.push_back(fmt::format(
        "{} is a link of this host and no bridge: give the bridge another name under [bridge]",
        network.bridge));
    return;
  }
  const auto addresses = now.addresses.find(network.bridge);
  if (addresses != now.addresses.end()) bridge.addresses = addresses->second;
  const auto change = links::ChangeOf(bridge, network, mtu);
  if (!change) return;
  const char* reason =
      bridge.link == nullptr ? "there is no bridge yet" : "the bridge differs from the spec";
  plan.steps.push_back({*change, reason, Risk::kLiveSafe});
}

void DiffLink(const links::AskedLink& asked, const WantedNetwork& network, uint32_t mtu,
              Plan& plan) {
  const auto change = links::ChangeOf(asked, network, mtu);
  if (!change) return;
  const char* reason = change->link == change->name
                           ? "the link differs from the spec"
                           : "the link goes down for a moment to get its name";
  plan.steps.push_back({*change, reason, Risk::kLiveSafe});
}

}  // namespace

void DiffNetwork(const DiffInput& input, Plan& plan) {
  const WantedNetwork& network = input.desired.network;
  if (!input.observed.links) {
    const SetUpBridge step = links::BridgeAsWanted(network, network.mtu);
    plan.on_host.push_back({step, "a tree of files has no links", Risk::kLiveSafe});
    return;
  }
  const links::SeenLinks seen{input.observed.links->links};
  const auto [mtu, warning] = links::ChooseMtu(network, seen);
  if (!warning.empty()) plan.notes.push_back(warning);
  DiffBridge(network, *input.observed.links, mtu, plan);
  for (const WantedLink& node : network.links) {
    const Link* link = links::LinkOf(seen.links, node);
    if (link == nullptr) continue;
    const std::string why_not = links::WhyNot(seen, *link, mtu);
    if (why_not.empty()) {
      DiffLink({*link, node}, network, mtu, plan);
    } else {
      plan.notes.push_back(node.name + " gets no link: " + why_not);
    }
  }
}

}  // namespace zprov::plan
