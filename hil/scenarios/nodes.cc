// The nodes as they are now: who runs, from which root, on which board.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/commit.h"
#include "hil/node_look.h"
#include "hil/scenarios/scenarios.h"

namespace zprov::hil {
namespace {

// Up, and nothing that it said proves that it is this boot.
Finding Unverified(const Rig& rig, const NodeLook& look) {
  const std::string& node = look.node->name;
  if (!look.trouble.empty()) {
    return {Grade::kBad, node, "its report cannot be read: " + look.trouble,
            "zprov reboot " + node};
  }
  if (look.would_get == 0) {
    return {Grade::kWarning, node, "answers, and its root was made by hand: it cannot say more",
            fmt::format("zprov update {0}, then zprov reboot {0}", node)};
  }
  const bool is_native = rig.spec.mode == spec::Mode::kNative;
  return {is_native ? Grade::kBad : Grade::kWarning, node,
          "answers, and did not say that this boot is up",
          fmt::format("look at zprov-node on it: ssh {0} journalctl -u zprov-node; then zprov "
                      "reboot {0}",
                      node)};
}

std::vector<Finding> JudgeLife(const Rig& rig, const NodeLook& look) {
  const std::string& node = look.node->name;
  const std::string evidence =
      fmt::format("is {}: {}", engine::Name(look.life.life), look.life.evidence);
  switch (look.life.life) {
    case engine::Life::kUp:
      if (look.report) return {};
      return {Unverified(rig, look)};
    case engine::Life::kDown:
      return {{Grade::kBad, node, evidence,
               fmt::format("plug it in where cluster.toml says, then zprov boot {}", node)}};
    case engine::Life::kBooting:
      return {{Grade::kBad, node, evidence,
               fmt::format("zprov boot {} waits until it runs, or says where it is stuck", node)}};
    case engine::Life::kHung:
      return {{Grade::kBad, node, evidence,
               fmt::format("look at its console; cut its power, then zprov boot {}", node)}};
    case engine::Life::kUnknown:
      return {{Grade::kBad, node, evidence, "run it as root, on the host that the nodes hang on"}};
  }
  return {};
}

std::vector<Finding> JudgeGeneration(const NodeLook& look) {
  const std::string& node = look.node->name;
  if (!look.would_get) {
    return {{Grade::kBad, node, "has no root", fmt::format("zprov update {}", node)}};
  }
  if (!look.runs || *look.runs == *look.would_get) return {};
  return {{Grade::kBad, node,
           fmt::format("runs generation {}, and would get {}", *look.runs, *look.would_get),
           fmt::format("zprov reboot {0}, or zprov rollback {0} to keep what it runs", node)}};
}

// Digits without zeros in front; a machine that has no number of its own says zeros.
std::string Digits(std::string serial) {
  serial.erase(0, std::min(serial.find_first_not_of('0'), serial.size()));
  std::ranges::transform(serial, serial.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return serial;
}

// Where the board with that serial belongs, by the spec.
const spec::Node* NodeWith(const Rig& rig, const std::string& serial) {
  const auto found = std::ranges::find_if(rig.spec.nodes, [&](const spec::Node& node) {
    const std::string known = Digits(SerialOf(rig, node));
    return !known.empty() && known == serial;
  });
  return found == rig.spec.nodes.end() ? nullptr : &*found;
}

std::vector<Finding> JudgeBoard(const Rig& rig, const NodeLook& look) {
  const spec::Node& node = *look.node;
  const std::string serial = Digits(look.report->serial);
  const std::string wanted = SerialOf(rig, node);
  if (wanted.empty() || serial.empty() || serial == Digits(wanted)) return {};
  const spec::Node* other = NodeWith(rig, serial);
  const std::string port = node.usb ? node.usb->ToString() : "its port";
  if (other == nullptr) {
    return {{Grade::kBad, node.name,
             fmt::format("at {} is another board, {} instead of {}", port, serial, wanted),
             fmt::format("serial = \"{}\" for {} in cluster.toml if it was replaced", serial,
                         node.name)}};
  }
  return {{Grade::kBad, node.name,
           fmt::format("at {} is the board of {}, {}", port, other->name, serial),
           fmt::format("exchange the plugs of {0} and {1}; or, if they are to stay so, the serial "
                       "(or usb) of {0} and {1} in cluster.toml",
                       node.name, other->name)}};
}

void Append(std::vector<Finding> more, Seen& seen) {
  std::ranges::move(more, std::back_inserter(seen.findings));
}

}  // namespace

Result<Ended> EveryNodeRuns(const Rig& rig) {
  ZPROV_ASSIGN(const auto looks, LookAtNodes(rig));
  if (looks.empty()) {
    return Skipped{"no node has a port: give usb under [nodes] in cluster.toml"};
  }
  Seen seen{.summary = UpNodes(looks)};
  for (const NodeLook& look : looks) Append(JudgeLife(rig, look), seen);
  return seen;
}

Result<Ended> GenerationsAreCurrent(const Rig& rig) {
  ZPROV_ASSIGN(const auto run, engine::InterruptedRun(rig.system, rig.spec));
  ZPROV_ASSIGN(const auto looks, LookAtNodes(rig));
  Seen seen;
  if (run) {
    seen.findings.push_back({Grade::kBad, rig.spec.host,
                             "a run that moves nodes to another generation was cut off",
                             "zprov apply finishes it"});
  }
  for (const NodeLook& look : looks) Append(JudgeGeneration(look), seen);
  return seen;
}

Result<Ended> BoardsAreTheNodesOwn(const Rig& rig) {
  ZPROV_ASSIGN(const auto looks, LookAtNodes(rig));
  Seen seen;
  size_t known = 0;
  for (const NodeLook& look : looks) {
    if (!look.report) continue;
    if (!SerialOf(rig, *look.node).empty()) ++known;
    Append(JudgeBoard(rig, look), seen);
  }
  if (known == 0) {
    return Skipped{
        "neither cluster.toml nor rig.toml gives a serial for a node that runs: zprov --hil --json "
        "shows each board's, serial = \"…\" under its [[node]] keeps it"};
  }
  seen.summary = fmt::format("{} boards have a serial to compare with", known);
  return seen;
}

}  // namespace zprov::hil
