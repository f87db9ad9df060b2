// What rig.toml says: whether cluster.toml means the same rig, and whether what it names is there.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "hil/hub_look.h"
#include "hil/scenarios/scenarios.h"

namespace zprov::hil {
namespace {

constexpr char kInCluster[] = "cluster.toml";

const spec::Node& NodeOf(const Rig& rig, const BoardAtRig& board) {
  return *std::ranges::find(rig.spec.nodes, board.name, &spec::Node::name);
}

std::string Text(const std::optional<PortPath>& port) { return port ? port->ToString() : "none"; }

// Which node cluster.toml has at the port where the board is.
const spec::Node* NodeAt(const Rig& rig, const std::optional<PortPath>& port) {
  const auto found = std::ranges::find(rig.spec.nodes, port, &spec::Node::usb);
  return !port || found == rig.spec.nodes.end() ? nullptr : &*found;
}

void JudgePort(const Rig& rig, const BoardAtRig& board, Seen& seen) {
  const spec::Node& node = NodeOf(rig, board);
  if (board.usb == node.usb) return;
  const spec::Node* other = NodeAt(rig, board.usb);
  seen.findings.push_back(
      {Grade::kBad, node.name,
       fmt::format(
           "is at port {} in {}, and at {} in rig.toml{}", Text(node.usb), kInCluster,
           Text(board.usb),
           other == nullptr ? "" : fmt::format(", where {} has {}", kInCluster, other->name)),
       other == nullptr
           ? fmt::format("usb = \"{}\" for {} in {}, then zprov apply; or correct rig.toml",
                         Text(board.usb), node.name, kInCluster)
           : fmt::format("exchange usb of {} and {} in {}, then zprov apply; or correct rig.toml",
                         node.name, other->name, kInCluster)});
}

void JudgeText(const std::string& node, std::string_view key,
               std::pair<std::string, std::string> wanted_and_there, Seen& seen) {
  const auto& [wanted, there] = wanted_and_there;
  if (wanted == there) return;
  seen.findings.push_back(
      {Grade::kBad, node,
       fmt::format("has the {} {} in {}, and {} in rig.toml", key, there, kInCluster, wanted),
       fmt::format("correct the one that is wrong; for {}: {} = \"{}\" under "
                   "its [[node]], then zprov apply",
                   kInCluster, key, wanted)});
}

void JudgeUnexpected(const Rig& rig, const spec::Node& node, Seen& seen) {
  if (!node.usb || BoardOf(rig, node.name) != nullptr) return;
  seen.findings.push_back({Grade::kWarning, node.name,
                           "is not looked at: rig.toml does not name it",
                           fmt::format("[[node]] name = \"{}\" in rig.toml", node.name)});
}

// A finding that the program cannot be run, or nothing.
Result<void> JudgeProgram(const Rig& rig, const std::string& program, Seen& seen) {
  const auto bad = [&](std::string_view what) {
    seen.findings.push_back({Grade::kBad, rig.spec.host,
                             fmt::format("the power command {} {}", program, what),
                             "install it there, executable, or correct rig.toml"});
  };
  const auto real = rig.system.files.Resolve(program);
  if (!real && real.error().kind != ErrorKind::kNotFound) {
    return tl::make_unexpected(real.error());
  }
  if (!real) {
    bad("is not there");
    return {};
  }
  ZPROV_ASSIGN(const auto status, rig.system.files.Status(*real));
  if (!status || status->type != os::FileType::kRegular || (status->mode & 0111) == 0) {
    bad("is no program that can be run");
  }
  return {};
}

Result<void> JudgeCommands(const Rig& rig, Seen& seen) {
  std::set<std::string> programs;
  for (const BoardAtRig& board : rig.described->boards) programs.insert(board.power_command.at(0));
  for (const std::string& program : programs) ZPROV_TRY(JudgeProgram(rig, program, seen));
  return {};
}

Result<void> JudgeHubs(const Rig& rig, Seen& seen) {
  ZPROV_ASSIGN(const auto devices, rig.system.live->usb.Devices());
  for (const BoardAtRig& board : rig.described->boards) {
    const PortPath hub = board.usb.value_or(PortPath{}).Hub();
    const bool is_there = std::ranges::any_of(devices, [&](const os::UsbDevice& device) {
      return device.port == hub && device.device_class == kHubClass;
    });
    if (is_there || (board.usb && hub.IsRootHub())) continue;  // a root hub is no device
    seen.findings.push_back({Grade::kBad, board.name,
                             fmt::format("its power is to be switched by the hub above {}, and "
                                         "none is there",
                                         Text(board.usb)),
                             "plug the hub in, or correct usb or [power] in rig.toml"});
  }
  return {};
}

}  // namespace

Result<Ended> ClusterIsTheRigs(const Rig& rig) {
  Seen seen{.summary = fmt::format("{} boards compared", rig.described->boards.size())};
  for (const BoardAtRig& board : rig.described->boards) {
    const spec::Node& node = NodeOf(rig, board);
    JudgePort(rig, board, seen);
    if (board.mac) {
      JudgeText(node.name, "node_mac", {board.mac->ToString(), node.node_mac.ToString()}, seen);
    }
    if (!node.serial.empty()) JudgeText(node.name, "serial", {board.serial, node.serial}, seen);
  }
  for (const spec::Node& node : rig.spec.nodes) JudgeUnexpected(rig, node, seen);
  return seen;
}

Result<Ended> PowerCanBeSwitched(const Rig& rig) {
  Seen seen;
  switch (rig.described->power) {
    case PowerBy::kNobody:
      break;
    case PowerBy::kCommand:
      ZPROV_TRY(JudgeCommands(rig, seen));
      break;
    case PowerBy::kPort:
      ZPROV_TRY(JudgeHubs(rig, seen));
      break;
  }
  return seen;
}

Result<Ended> ConsolesAreThere(const Rig& rig) {
  Seen seen;
  std::map<std::string, std::string> by_device;
  for (const BoardAtRig& board : rig.described->boards) {
    if (board.console.empty()) continue;
    const auto device = rig.system.files.Resolve(board.console);
    if (!device && device.error().kind != ErrorKind::kNotFound) {
      return tl::make_unexpected(device.error());
    }
    if (!device) {
      seen.findings.push_back({Grade::kBad, board.name, board.console + " is not there",
                               "plug its adapter in, or correct console in rig.toml"});
      continue;
    }
    const auto [place, is_new] = by_device.emplace(*device, board.name);
    if (is_new) continue;
    seen.findings.push_back({Grade::kBad, board.name,
                             fmt::format("its console is that of {}, {}", place->second, *device),
                             "give one of them its own console in rig.toml"});
  }
  seen.summary = fmt::format("{} consoles", by_device.size());
  return seen;
}

}  // namespace zprov::hil
