// Links and bridge as the kernel shows them, and the MTU at both ends.
#include <fmt/format.h>

#include <algorithm>

#include "core/links/changes.h"
#include "core/links/mtu.h"
#include "hil/node_look.h"
#include "hil/scenarios/scenarios.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

struct SeenNetwork {
  links::WantedNetwork wanted = {};
  std::vector<Link> links = {};
  std::vector<os::LinkAddress> addresses = {};
  links::CommonMtu mtu = {};
};

Result<SeenNetwork> LookAtNetwork(const Rig& rig) {
  SeenNetwork seen{.wanted = links::WantedBy(rig.spec)};
  ZPROV_ASSIGN(seen.links, rig.system.live->netlink.Links());
  ZPROV_ASSIGN(seen.addresses, rig.system.live->netlink.Addresses());
  seen.mtu = links::ChooseMtu(seen.wanted, {.links = seen.links});
  return seen;
}

const links::WantedLink& WantedOf(const SeenNetwork& network, const std::string& node) {
  return *std::ranges::find(network.wanted.links, node, &links::WantedLink::name);
}

// Natively serve keeps links as they should be; compatibly it is udev and ifupdown, at their start.
std::string CureOfLinks(const Rig& rig) {
  switch (rig.spec.mode) {
    case spec::Mode::kNative:
      return "systemctl restart zprov sets it right; if it does not, journalctl -u zprov says why";
    case spec::Mode::kCompatible:
      break;
  }
  return "zprov apply, then reboot the host: udev and ifupdown set it right";
}

// The other node whose name the link has: then the two are exchanged, here or in the spec.
const links::WantedLink* Exchanged(const SeenNetwork& network, const Link& link,
                                   const std::string& node) {
  const auto found = std::ranges::find(network.wanted.links, link.name, &links::WantedLink::name);
  return found == network.wanted.links.end() || found->name == node ? nullptr : &*found;
}

Finding TakenFor(const spec::Node& node, const std::string& other) {
  return {Grade::kBad, node.name,
          fmt::format("at its port {} runs {}", node.usb ? node.usb->ToString() : "", other),
          fmt::format("exchange usb of {0} and {1} in cluster.toml, then zprov apply; if "
                      "cluster.toml is right, exchange their plugs",
                      node.name, other)};
}

// In words, what of the link is not as it should be.
std::string Lacks(const Link& link, const links::SetUpLink& change) {
  std::vector<std::string> lacks;
  if (link.name != change.name) lacks.push_back("is called " + link.name);
  if (change.mac && link.mac != *change.mac) {
    lacks.push_back(
        fmt::format("has the MAC {} instead of {}", link.mac.ToString(), change.mac->ToString()));
  }
  if (change.mtu && link.mtu != *change.mtu) {
    lacks.push_back(fmt::format("has an MTU of {} instead of {}", link.mtu, *change.mtu));
  }
  if (link.master != change.master) lacks.push_back("is not in the bridge " + change.master);
  if (change.isolated && link.isolated != *change.isolated) {
    lacks.emplace_back(*change.isolated ? "is not isolated from the other nodes"
                                        : "is isolated from the other nodes");
  }
  if (!link.up) lacks.emplace_back("is not up");
  return "its link " + Join(lacks, ", ");
}

void JudgeBridge(const Rig& rig, const SeenNetwork& network, Seen& seen) {
  links::SeenBridge bridge{links::Find(network.links, network.wanted.bridge), {}};
  for (const os::LinkAddress& each : network.addresses) {
    if (each.link == network.wanted.bridge) bridge.addresses.push_back(each.address);
  }
  if (!links::ChangeOf(bridge, network.wanted, network.mtu.mtu)) return;
  const std::string what =
      bridge.link == nullptr
          ? "there is no bridge " + network.wanted.bridge
          : fmt::format("the bridge {} is not up with {} and an MTU of {}", network.wanted.bridge,
                        network.wanted.address.ToString(), network.mtu.mtu);
  seen.findings.push_back({Grade::kBad, rig.spec.host, what, CureOfLinks(rig)});
}

void JudgeLink(const Rig& rig, const SeenNetwork& network, const spec::Node& node, Seen& seen) {
  const links::WantedLink& wanted = WantedOf(network, node.name);
  const Link* link = links::LinkOf(network.links, wanted);
  if (link == nullptr) return;  // the scenario "nodes" says that it is down
  const auto change = links::ChangeOf({*link, wanted}, network.wanted, network.mtu.mtu);
  const links::WantedLink* other = Exchanged(network, *link, node.name);
  if (other != nullptr) {
    seen.findings.push_back(TakenFor(node, other->name));
  } else if (change) {
    seen.findings.push_back({Grade::kBad, node.name, Lacks(*link, *change), CureOfLinks(rig)});
  }
  if (!link->carrier) {
    seen.findings.push_back({Grade::kBad, node.name,
                             fmt::format("its link {} has no carrier", link->name),
                             fmt::format("zprov reboot {}; its cable", node.name)});
  }
}

uint32_t MtuOfLink(const SeenNetwork& network, const std::string& node) {
  const Link* link = links::LinkOf(network.links, WantedOf(network, node));
  return link == nullptr ? 0 : link->mtu;
}

}  // namespace

Result<Ended> LinksAreInTheBridge(const Rig& rig) {
  ZPROV_ASSIGN(const SeenNetwork network, LookAtNetwork(rig));
  Seen seen;
  JudgeBridge(rig, network, seen);
  for (const spec::Node* node : ExpectedNodes(rig)) JudgeLink(rig, network, *node, seen);
  for (const std::string& stray : links::StrayPorts(network.wanted, network.links)) {
    seen.findings.push_back({Grade::kWarning, rig.spec.host, stray, ""});
  }
  return seen;
}

// That no other port can take a node's address, and so its root, is what serve sets up natively
// (os::Netlink::Pin); no node is tried.
Result<Ended> EachPortIsItsNodesAlone(const Rig& rig) {
  ZPROV_ASSIGN(const SeenNetwork network, LookAtNetwork(rig));
  if (!network.wanted.bridge_mac) {
    return Skipped{"in the compatible mode no port is bound to its node: mode = \"native\""};
  }
  ZPROV_ASSIGN(const auto pins, rig.system.live->netlink.Pins());
  Seen seen;
  size_t bound = 0;
  for (const spec::Node* node : ExpectedNodes(rig)) {
    const Link* link = links::LinkOf(network.links, WantedOf(network, node->name));
    if (link == nullptr) continue;  // the scenario "nodes" says that it is down
    const os::PinnedPort wanted{link->name, node->node_mac, node->address};
    if (std::ranges::find(pins, wanted) != pins.end()) {
      ++bound;
      continue;
    }
    seen.findings.push_back(
        {Grade::kBad, node->name,
         fmt::format("its link {} is not bound to {} and {}: a node that takes another's address "
                     "gets that one's packets, and its root",
                     link->name, node->node_mac.ToString(), node->address.ToString()),
         "systemctl restart zprov binds it again; if it does not, journalctl -u zprov says why"});
  }
  seen.summary = fmt::format("{} links are bound to their nodes", bound);
  return seen;
}

Result<Ended> MtuIsTheSameAtBothEnds(const Rig& rig) {
  ZPROV_ASSIGN(const SeenNetwork network, LookAtNetwork(rig));
  ZPROV_ASSIGN(const auto looks, LookAtNodes(rig));
  Seen seen;
  if (!network.mtu.warning.empty()) {
    seen.findings.push_back({Grade::kWarning, rig.spec.host, network.mtu.warning, ""});
  }
  size_t compared = 0;
  for (const NodeLook& look : looks) {
    const uint32_t here = MtuOfLink(network, look.node->name);
    if (!look.report || here == 0) continue;
    ++compared;
    if (look.report->mtu == here) continue;
    seen.findings.push_back(
        {Grade::kBad, look.node->name,
         fmt::format("has an MTU of {} on its own side, and the host's side of its link has {}: "
                     "larger packets are lost",
                     look.report->mtu, here),
         fmt::format("zprov reboot {0} gives it the host's; if it comes back with the same, look "
                     "for zprov.mtu in zprov render cmdline:{0} and for who sets usb0 on it",
                     look.node->name)});
  }
  if (compared == 0) return Skipped{"no node runs that says its own MTU: zprov boot"};
  seen.summary = fmt::format("{} on {} of {} links", network.mtu.mtu, compared, looks.size());
  return seen;
}

}  // namespace zprov::hil
