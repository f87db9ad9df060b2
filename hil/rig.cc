#include "hil/rig.h"

#include <algorithm>

namespace zprov::hil {

bool Has(const Rig& rig, Capability capability) {
  if (!rig.described) return false;
  switch (capability) {
    case Capability::kDescribed:
      return true;
    case Capability::kPower:
      return rig.described->power != PowerBy::kNobody;
    case Capability::kConsole:
      return std::ranges::any_of(rig.described->boards,
                                 [](const BoardAtRig& board) { return !board.console.empty(); });
    case Capability::kPlugs:
      return !rig.described->plugs_command.empty();
    case Capability::kPull:
      return !rig.described->pull_command.empty();
  }
  return false;
}

std::string_view Lack(Capability capability) {
  switch (capability) {
    case Capability::kDescribed:
      return "there is no rig.toml: hil/README.md says what it may hold";
    case Capability::kPower:
      return "no power: rig.toml names nothing that switches a single node's ([power])";
    case Capability::kConsole:
      return "no console: rig.toml names none (console = \"/dev/…\" of a [[node]])";
    case Capability::kPlugs:
      return "nobody exchanges plugs: rig.toml names no program that does, or asks for it "
             "([plugs] command)";
    case Capability::kPull:
      return "nobody pulls plugs: rig.toml names no program that does, or asks for it "
             "([plugs] pull)";
  }
  return "";
}

std::vector<const spec::Node*> ExpectedNodes(const Rig& rig) {
  const bool needs_port = rig.spec.mode == spec::Mode::kNative;
  std::vector<const spec::Node*> nodes;
  for (const spec::Node& node : rig.spec.nodes) {
    if (rig.described && BoardOf(rig, node.name) == nullptr) continue;
    if (node.usb || !needs_port) nodes.push_back(&node);
  }
  return nodes;
}

const BoardAtRig* BoardOf(const Rig& rig, const std::string& node) {
  if (!rig.described) return nullptr;
  const auto& boards = rig.described->boards;
  const auto found = std::ranges::find(boards, node, &BoardAtRig::name);
  return found == boards.end() ? nullptr : &*found;
}

std::string SerialOf(const Rig& rig, const spec::Node& node) {
  if (!node.serial.empty()) return node.serial;
  const BoardAtRig* board = BoardOf(rig, node.name);
  return board == nullptr ? "" : board->serial;
}

}  // namespace zprov::hil
