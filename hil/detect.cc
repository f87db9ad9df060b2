#include "hil/detect.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/spec/names.h"
#include "core/usbboot/stage.h"
#include "hil/node_look.h"
#include "hil/scenarios/scenarios.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

using spec::ClusterSpec;

constexpr char kThenApply[] = "in cluster.toml, then zprov apply";

// What the host shows, before anybody makes sense of it.
struct Shown {
  std::vector<os::UsbDevice> devices = {};
  std::vector<Link> links = {};
  std::map<std::string, NodeLook> looks = {};  // by node
};

Result<Shown> LookAround(const Rig& rig) {
  Shown shown;
  ZPROV_ASSIGN(shown.devices, rig.system.live->usb.Devices());
  ZPROV_ASSIGN(shown.links, rig.system.live->netlink.Links());
  ZPROV_ASSIGN(auto looks, LookAtNodes({rig.system, rig.spec}));
  for (NodeLook& look : looks) shown.looks.emplace(look.node->name, std::move(look));
  return shown;
}

const Link* LinkAt(const Shown& shown, const PortPath& port) {
  const auto found = std::ranges::find(shown.links, std::optional<PortPath>(port), &Link::usb);
  return found == shown.links.end() ? nullptr : &*found;
}

template <typename Field, typename Value>
const spec::Node* NodeWhere(const ClusterSpec& spec, Field field, const Value& value) {
  const auto found = std::ranges::find(spec.nodes, value, field);
  return found == spec.nodes.end() ? nullptr : &*found;
}

const spec::Node* NodePluggedInAt(const ClusterSpec& spec, const PortPath& port) {
  return NodeWhere(spec, &spec::Node::usb, std::optional<PortPath>(port));
}

// Its command line gave the link the MAC that cluster.toml has for one of the nodes.
const spec::Node* NodeOfLink(const ClusterSpec& spec, const Link* link) {
  return link == nullptr ? nullptr : NodeWhere(spec, &spec::Node::host_mac, link->mac);
}

bool IsBoard(const ClusterSpec& spec, const os::UsbDevice& device, const Link* link) {
  return usbboot::Identify(device.vendor, device.product, device.serial_index).has_value() ||
         NodeOfLink(spec, link) != nullptr ||
         (link != nullptr &&
          (link->master == spec.bridge.name || NodePluggedInAt(spec, device.port) != nullptr));
}

// Of a board that nobody knows better.
std::string StageOf(const os::UsbDevice& device, const Link* link) {
  if (link != nullptr) return "network link";
  const auto speaker = usbboot::Identify(device.vendor, device.product, device.serial_index);
  if (speaker) return speaker->stage == usbboot::Stage::kRom ? "boot ROM" : "file server";
  if (device.device_class == kHubClass) return "a hub";
  return fmt::format("{:04x}:{:04x}", device.vendor, device.product);
}

// What a node says of its board may be anything; a machine that has no number says zeros.
std::string UsableSerial(const std::string& said) {
  const bool is_number = said.find_first_not_of('0') != std::string::npos;
  return is_number && !spec::SerialFault(said) ? said : "";
}

// What the node itself shows, if it is that node which was looked at: where cluster.toml has it.
void AddLook(const Shown& shown, const spec::Node& node, FoundBoard& board) {
  const auto found = shown.looks.find(node.name);
  if (found == shown.looks.end() || (node.usb && *node.usb != board.port)) return;
  const NodeLook& look = found->second;
  if (look.life.life == engine::Life::kUp || look.life.life == engine::Life::kHung) {
    board.shows = engine::Name(look.life.life);
  }
  if (look.report) board.serial = UsableSerial(look.report->serial);
}

// Who plugged a board in says whose it is; else its link does. nullptr: its port may tell.
const spec::Node* KnownNode(const ClusterSpec& spec, const Plugged& plugged, const PortPath& port,
                            const Link* link) {
  const auto told = plugged.find(port);
  if (told != plugged.end()) return NodeWhere(spec, &spec::Node::name, told->second);
  const spec::Node* node = NodeOfLink(spec, link);
  const bool is_elsewhere = node != nullptr && std::ranges::any_of(plugged, [&](const auto& entry) {
                              return entry.second == node->name;
                            });
  return is_elsewhere ? nullptr : node;
}

// Boards that were plugged in and are away for a moment, as they are when they boot.
void AddThoseThatBoot(const Plugged& plugged, std::vector<FoundBoard>& boards) {
  for (const auto& [port, node] : plugged) {
    if (std::ranges::count(boards, port, &FoundBoard::port) != 0) continue;
    boards.push_back({.port = port, .node = node, .was_plugged_in = true, .shows = "boots"});
  }
  std::ranges::sort(boards, {}, &FoundBoard::port);
}

std::vector<FoundBoard> BoardsIn(const Shown& shown, const ClusterSpec& spec,
                                 const Plugged& plugged) {
  std::vector<FoundBoard> boards;
  std::set<std::string> taken;  // nodes that are known by more than their port
  for (const os::UsbDevice& device : shown.devices) {
    const Link* link = LinkAt(shown, device.port);
    const bool was_plugged_in = plugged.contains(device.port);
    const bool is_board = was_plugged_in || IsBoard(spec, device, link);
    if (!is_board && NodePluggedInAt(spec, device.port) == nullptr) continue;
    FoundBoard board{.port = device.port,
                     .was_plugged_in = was_plugged_in,
                     .is_board = is_board,
                     .shows = StageOf(device, link)};
    const spec::Node* node = KnownNode(spec, plugged, device.port, link);
    if (node != nullptr && taken.insert(node->name).second) {
      board.node = node->name;
      if (node == NodeOfLink(spec, link)) board.mac = node->node_mac;
      AddLook(shown, *node, board);
    }
    boards.push_back(std::move(board));
  }
  AddThoseThatBoot(plugged, boards);
  for (const auto& [port, node] : plugged) taken.insert(node);
  for (FoundBoard& board : boards) {
    const spec::Node* node = NodePluggedInAt(spec, board.port);
    const bool is_known = !board.node.empty() || node == nullptr || taken.contains(node->name);
    if (is_known || !board.is_board) continue;
    board.node = node->name;
    AddLook(shown, *node, board);
  }
  return boards;
}

// Those above a board, or above where cluster.toml wants one.
std::vector<HubLook> HubsAbove(const Rig& rig, const Shown& shown,
                               const std::vector<FoundBoard>& boards) {
  std::set<PortPath> above;
  const auto add = [&](const PortPath& port) {
    for (PortPath hub = port.Hub(); !hub.IsRootHub(); hub = hub.Hub()) above.insert(hub);
  };
  for (const FoundBoard& board : boards) add(board.port);
  for (const spec::Node& node : rig.spec.nodes) {
    if (node.usb) add(*node.usb);
  }
  std::vector<HubLook> hubs;
  for (const os::UsbDevice& device : shown.devices) {
    if (above.contains(device.port)) hubs.push_back(LookAtHub(rig.system, device));
  }
  return hubs;
}

bool IsPrintable(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

// By the names that stay, where udev gives them.
Result<std::vector<std::string>> Consoles(const Rig& rig) {
  constexpr std::string_view kById = "/dev/serial/by-id";
  for (const std::string_view directory : {kById, std::string_view("/dev")}) {
    auto names = rig.system.trees.List(directory);
    if (!names && names.error().kind == ErrorKind::kNotFound) continue;
    if (!names) return tl::make_unexpected(std::move(names).error());
    std::vector<std::string> consoles;
    for (const std::string& name : *names) {
      const bool is_serial = directory == kById || name.starts_with("ttyUSB");
      if (is_serial && IsPrintable(name)) consoles.push_back(JoinPath(directory, name));
    }
    if (!consoles.empty()) return consoles;
  }
  return std::vector<std::string>();
}

std::vector<std::string> MissingNodes(const ClusterSpec& spec,
                                      const std::vector<FoundBoard>& boards) {
  std::vector<std::string> missing;
  for (const spec::Node& node : spec.nodes) {
    const bool is_there = std::ranges::any_of(boards, [&](const FoundBoard& board) {
      return board.node == node.name || (node.usb && board.port == *node.usb);
    });
    if (node.usb && !is_there) missing.push_back(node.name);
  }
  return missing;
}

// ---- where it is not as cluster.toml says

using Findings = std::vector<Finding>;

void JudgePlace(const ClusterSpec& spec, const FoundBoard& board, Findings& findings) {
  const spec::Node& node = *NodeWhere(spec, &spec::Node::name, board.node);
  const bool needs_port = spec.mode == spec::Mode::kNative;
  if (node.usb == board.port || (!node.usb && !needs_port)) return;
  const std::string port = board.port.ToString();
  const spec::Node* other = NodePluggedInAt(spec, board.port);
  const std::string is_at =
      (board.was_plugged_in ? "was plugged in at " : "its link, by its MAC, is at ") + port;
  const std::string own = node.usb ? "cluster.toml has it at " + node.usb->ToString()
                                   : "cluster.toml has no port for it";
  if (other == nullptr) {
    findings.push_back({Grade::kBad, node.name, fmt::format("{}, and {}", is_at, own),
                        fmt::format("usb = \"{}\" for {} {}", port, node.name, kThenApply)});
    return;
  }
  findings.push_back(
      {Grade::kBad, node.name, fmt::format("{}, and {} and {} there", is_at, own, other->name),
       fmt::format("exchange usb of {0} and {1} {2}; or exchange the plugs of {0} and {1}",
                   node.name, other->name, kThenApply)});
}

// What may be the node of a board that nobody knows.
std::string StrayCure(const ClusterSpec& spec, const Detected& detected, const PortPath& port) {
  std::vector<std::string> candidates;
  for (const spec::Node& node : spec.nodes) {
    if (!node.usb) candidates.push_back(node.name);
  }
  if (candidates.empty()) candidates = detected.missing;
  if (candidates.empty()) {
    return "describe one more node with that port in cluster.toml, or unplug the board";
  }
  return fmt::format("usb = \"{}\" for {}, whichever it is, {}", port.ToString(),
                     Join(candidates, " or "), kThenApply);
}

void JudgeStranger(const ClusterSpec& spec, const Detected& detected, const FoundBoard& board,
                   Findings& findings) {
  const std::string port = board.port.ToString();
  const spec::Node* node = NodePluggedInAt(spec, board.port);
  if (node == nullptr) {
    findings.push_back({Grade::kBad, port,
                        fmt::format("a board is there ({}), and cluster.toml has no node at {}",
                                    board.shows, port),
                        StrayCure(spec, detected, board.port)});
  } else if (!board.is_board) {
    findings.push_back(
        {Grade::kBad, node->name,
         fmt::format("at its port {} is no board, but {}", port, board.shows),
         fmt::format("plug {0} in there; or correct usb of {0} {1}", node->name, kThenApply)});
  } else {
    findings.push_back(
        {Grade::kBad, port,
         fmt::format("a board is there ({}) that is not {}, whose link is elsewhere", board.shows,
                     node->name),
         fmt::format("exchange the plugs, or correct usb of {} {}", node->name, kThenApply)});
  }
}

// Those that are a node's first, and by their nodes; the others by port.
std::vector<FoundBoard> InSpecsOrder(const ClusterSpec& spec, std::vector<FoundBoard> boards) {
  std::ranges::stable_sort(boards, {}, [&](const FoundBoard& board) {
    return std::ranges::find(spec.nodes, board.node, &spec::Node::name) - spec.nodes.begin();
  });
  return boards;
}

// No node has a port yet: one line instead of one for each board.
bool JudgeUndescribed(const ClusterSpec& spec, const Detected& detected, Findings& findings) {
  const bool has_port =
      std::ranges::any_of(spec.nodes, [](const spec::Node& node) { return node.usb.has_value(); });
  if (has_port || spec.mode != spec::Mode::kNative || detected.boards.empty()) return false;
  std::vector<std::string> ports;
  for (const FoundBoard& board : InSpecsOrder(spec, detected.boards)) {
    ports.push_back('"' + board.port.ToString() + '"');
  }
  findings.push_back({Grade::kBad, spec.host,
                      "cluster.toml has no port for any node, so none is booted",
                      fmt::format("usb = [{}] under [nodes] {}: the first is {}'s, and so on",
                                  Join(ports, ", "), kThenApply, spec.nodes.front().name)});
  return true;
}

void JudgeMissing(const ClusterSpec& spec, const std::string& name, Findings& findings) {
  const spec::Node& node = *NodeWhere(spec, &spec::Node::name, name);
  findings.push_back({Grade::kWarning, name,
                      fmt::format("nothing is at its port {}", node.usb->ToString()),
                      fmt::format("plug it in there, or cut its power and give it if it was "
                                  "halted; or correct usb of {} {}",
                                  name, kThenApply)});
}

void JudgePower(const ClusterSpec& spec, const Detected& detected, Findings& findings) {
  for (const spec::Node& node : spec.nodes) {
    if (node.power != spec::Power::kPerPort || !node.usb) continue;
    const HubLook* hub = HubAbove(detected.hubs, *node.usb);
    if (hub == nullptr) continue;
    if (hub->does != Switching::kTogether && hub->does != Switching::kNone) continue;
    findings.push_back(
        {Grade::kBad, node.name,
         fmt::format("cluster.toml says power = \"per-port\", and its hub {} {}",
                     hub->hub.port.ToString(), Sentence(*hub)),
         fmt::format("power = \"ganged\" for {} in cluster.toml; or \"command\" with a switch of "
                     "its own",
                     node.name)});
  }
}

// A board has its number alone: who says another's says nothing of its own.
void DropSharedSerials(Detected& detected) {
  std::map<std::string, std::vector<std::string>> nodes;  // by serial
  for (const FoundBoard& board : detected.boards) {
    if (!board.serial.empty()) nodes[board.serial].push_back(board.node);
  }
  for (const auto& [serial, who] : nodes) {
    if (who.size() == 1) continue;
    for (FoundBoard& board : detected.boards) {
      if (board.serial == serial) board.serial.clear();
    }
    detected.findings.push_back(
        {Grade::kBad, Join(who, ", "), fmt::format("say the same serial, {}", serial),
         "see /proc/cpuinfo on each; a node that says another board's number was tampered with"});
  }
}

// The same that `zprov --hil` says of boards that were exchanged.
Result<void> JudgeBoards(const Rig& rig, Findings& findings) {
  ZPROV_ASSIGN(Ended ended, BoardsAreTheNodesOwn(rig));
  if (auto* seen = std::get_if<Seen>(&ended)) {
    std::ranges::move(seen->findings, std::back_inserter(findings));
  }
  return {};
}

}  // namespace

Result<Detected> Detect(const Rig& rig, const Plugged& plugged) {
  if (rig.system.live == nullptr) {
    return Fail(ErrorKind::kNotSupported, "a tree of files has no boards: look at a running host");
  }
  ZPROV_ASSIGN(const Shown shown, LookAround(rig));
  Detected detected{.boards = BoardsIn(shown, rig.spec, plugged)};
  detected.hubs = HubsAbove(rig, shown, detected.boards);
  ZPROV_ASSIGN(detected.consoles, Consoles(rig));
  detected.missing = MissingNodes(rig.spec, detected.boards);
  Findings& findings = detected.findings;
  if (!JudgeUndescribed(rig.spec, detected, findings)) {
    for (const FoundBoard& board : detected.boards) {
      board.node.empty() ? JudgeStranger(rig.spec, detected, board, findings)
                         : JudgePlace(rig.spec, board, findings);
    }
  }
  for (const std::string& name : detected.missing) JudgeMissing(rig.spec, name, findings);
  JudgePower(rig.spec, detected, findings);
  DropSharedSerials(detected);
  ZPROV_TRY(JudgeBoards(rig, findings));
  return detected;
}

}  // namespace zprov::hil
