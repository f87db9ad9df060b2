// What was found out as a rig.toml, and what tells it from the one that is there.
#include <fmt/format.h>

#include <algorithm>

#include "core/spec/format_nodes.h"
#include "hil/detect.h"

namespace zprov::hil {
namespace {

using spec::ClusterSpec;
using spec::TomlText;

std::vector<const spec::Node*> NodesFound(const Detected& detected, const ClusterSpec& spec) {
  std::vector<const spec::Node*> nodes;
  for (const FoundBoard& board : detected.boards) {
    const auto found = std::ranges::find(spec.nodes, board.node, &spec::Node::name);
    if (found != spec.nodes.end()) nodes.push_back(&*found);
  }
  return nodes;
}

bool HubsSwitchEach(const Detected& detected) {
  return std::ranges::all_of(detected.boards, [&](const FoundBoard& board) {
    const HubLook* hub = HubAbove(detected.hubs, board.port);
    return board.node.empty() || (hub != nullptr && hub->does == Switching::kEach);
  });
}

// What was tried, else what cluster.toml says already.
PowerBy PowerInFile(const Detected& detected, const ClusterSpec& spec) {
  if (detected.proven != PowerBy::kNobody) return detected.proven;
  const auto nodes = NodesFound(detected, spec);
  const auto all_have = [&](spec::Power power) {
    return !nodes.empty() &&
           std::ranges::all_of(nodes, [&](const spec::Node* node) { return node->power == power; });
  };
  if (all_have(spec::Power::kCommand)) return PowerBy::kCommand;
  if (all_have(spec::Power::kPerPort) && HubsSwitchEach(detected)) return PowerBy::kPort;
  return PowerBy::kNobody;
}

std::string PowerSection(const Detected& detected, PowerBy power) {
  std::string text =
      "\n# How the power of a single node is switched: \"command\", \"port\" or \"none\".\n";
  for (const HubLook& hub : detected.hubs) {
    text += fmt::format("# The hub at {} ({:04x}:{:04x}) {}.\n", hub.hub.port.ToString(),
                        hub.hub.vendor, hub.hub.product, Sentence(hub));
  }
  switch (power) {
    case PowerBy::kCommand:
      return text + "# The commands are cluster.toml's.\n[power]\nby = \"command\"\n";
    case PowerBy::kPort:
      text += detected.proven == power ? "# Each port was tried: it is its node's alone.\n"
                                       : "# cluster.toml says per-port for each node.\n";
      return text + "[power]\nby = \"port\"\n";
    case PowerBy::kNobody:
      break;
  }
  return text +
         "# With a switch of your own: by = \"command\" and command = \"/usr/local/sbin/relay "
         "{node}\".\n"
         "[power]\nby = \"none\"\n";
}

std::string BoardSection(const FoundBoard& board, const std::string& power_command) {
  std::string text = fmt::format("\n[[node]]\nname = {}\nusb = \"{}\"  # {}\n",
                                 TomlText(board.node), board.port.ToString(), board.shows);
  text += board.mac ? fmt::format("mac = \"{}\"\n", board.mac->ToString())
                    : "# mac: as cluster.toml has it; no link with it is there\n";
  text += board.serial.empty() ? "# serial: not known; a node that runs tells it\n"
                               : fmt::format("serial = {}\n", TomlText(board.serial));
  if (!board.console.empty()) text += fmt::format("console = {}\n", TomlText(board.console));
  if (!power_command.empty()) text += fmt::format("power_command = {}\n", TomlText(power_command));
  return text;
}

std::string MissingSection(const std::vector<std::string>& missing, const ClusterSpec& spec) {
  std::string text;
  for (const std::string& name : missing) {
    const auto& node = *std::ranges::find(spec.nodes, name, &spec::Node::name);
    text += fmt::format(
        "\n# Nothing was at the port of {0}. Without the marks it is expected there:\n"
        "# [[node]]\n# name = {1}\n# usb = \"{2}\"\n",
        name, TomlText(name), node.usb->ToString());
  }
  return text;
}

std::string ConsoleSection(const Detected& detected) {
  std::string text;
  for (const std::string& console : detected.consoles) {
    if (std::ranges::count(detected.boards, console, &FoundBoard::console) != 0) continue;
    text += fmt::format("# console = {}\n", TomlText(console));
  }
  if (text.empty()) return "";
  return "\n# Serial devices of the host that may be consoles. Whose each is, a boot tells; it "
         "goes\n"
         "# under that [[node]]:\n" +
         text;
}

}  // namespace

std::string RigFileOf(const Detected& detected, const ClusterSpec& spec) {
  const PowerBy power = PowerInFile(detected, spec);
  std::string text =
      "# The rig as `zprov --hil --detect` found it.\n"
      "# Refine it by hand: hil/rig.toml has every key and what it means.\n";
  text += PowerSection(detected, power);
  for (const FoundBoard& board : detected.boards) {
    const auto node = std::ranges::find(spec.nodes, board.node, &spec::Node::name);
    if (node == spec.nodes.end()) continue;
    text += BoardSection(board, power == PowerBy::kCommand ? node->power_command : "");
  }
  return text + MissingSection(detected.missing, spec) + ConsoleSection(detected);
}

std::optional<RigDescription> SwitchesToTry(const Detected& detected, const ClusterSpec& spec,
                                            const std::optional<RigDescription>& has) {
  auto rig = has ? has : ParseRig(RigFileOf(detected, spec), spec).rig;
  if (!rig) return std::nullopt;
  if (!has && rig->power == PowerBy::kNobody && HubsSwitchEach(detected)) {
    rig->power = PowerBy::kPort;
  }
  bool has_board = false;
  for (BoardAtRig& board : rig->boards) {
    const auto found = std::ranges::find(detected.boards, board.name, &FoundBoard::node);
    if (found == detected.boards.end()) continue;
    board.usb = found->port;
    has_board = true;
  }
  if (rig->power == PowerBy::kNobody || !has_board) return std::nullopt;
  return rig;
}

std::vector<Finding> DifferencesOf(const Detected& detected, const RigDescription& has) {
  std::vector<Finding> findings;
  for (const FoundBoard& board : detected.boards) {
    if (board.node.empty()) continue;
    const auto there = std::ranges::find(has.boards, board.node, &BoardAtRig::name);
    const auto judge = [&](std::string_view key, const std::string& found,
                           const std::string& said) {
      if (found.empty() || found == said) return;
      findings.push_back({Grade::kBad, board.node,
                          said.empty()
                              ? fmt::format("its {} is {}, and rig.toml has none", key, found)
                              : fmt::format("its {} is {}, and {} in rig.toml", key, found, said),
                          fmt::format("{} = \"{}\" under its [[node]]", key, found)});
    };
    if (there == has.boards.end()) {
      findings.push_back(
          {Grade::kBad, board.node,
           fmt::format("is at {}, and rig.toml does not name it", board.port.ToString()),
           fmt::format("[[node]] name = \"{}\" usb = \"{}\", in three lines", board.node,
                       board.port.ToString())});
      continue;
    }
    judge("usb", board.port.ToString(), there->usb ? there->usb->ToString() : "");
    judge("mac", board.mac ? board.mac->ToString() : "", there->mac ? there->mac->ToString() : "");
    judge("serial", board.serial, there->serial);
    judge("console", board.console, there->console);
  }
  return findings;
}

}  // namespace zprov::hil
