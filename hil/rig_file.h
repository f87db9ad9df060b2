// rig.toml: the rig as whoever built it describes it, beside the cluster that cluster.toml wants.
// Pure values; nothing here looks at a host.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "core/spec/parse.h"
#include "util/net.h"

namespace zprov::hil {

// Where it lies on the host.
inline constexpr char kOwnRigFile[] = "/etc/zprov/rig.toml";

// How a single node's power is cut and given.
enum class PowerBy {
  kNobody,
  kCommand,  // a program of the operator's
  kPort,     // the hub that the node hangs on, which can switch each of its ports alone
};

struct BoardAtRig {
  std::string name;                             // of the node
  std::optional<PortPath> usb = {};             // where it is plugged in
  std::optional<Mac> mac = {};                  // of the node's own usb0
  std::string serial = {};                      // of the silicon; empty: not told
  std::string console = {};                     // device on the host; empty: none
  std::vector<std::string> power_command = {};  // run with "on" or "off" after it; empty: none

  bool operator==(const BoardAtRig&) const = default;
};

// A scenario that is known to fail and not run for a while.
struct Quarantine {
  std::string scenario;
  std::string reason;
  std::string until;  // the last day, "2026-12-31", UTC

  bool operator==(const Quarantine&) const = default;
};

struct RigDescription {
  PowerBy power = PowerBy::kNobody;
  std::vector<BoardAtRig> boards = {};  // that should run, in the file's order; none: all nodes

  // Exchanges two nodes' boards, or puts them back; empty: nobody does.
  std::vector<std::string> plugs_command = {};
  // Pulls a node's plug, or puts it in; empty: nobody does.
  std::vector<std::string> pull_command = {};

  // Of boot files to each node, alone on the bus, in 1000 bytes per second; 0: any will do.
  uint32_t least_kb_per_s = 0;
  uint32_t least_link_kb_per_s = 0;  // of packets to each node and back, alone on the bus
  std::vector<Quarantine> quarantines = {};

  bool operator==(const RigDescription&) const = default;
};

struct ParsedRig {
  std::optional<RigDescription> rig;    // only when no problem is an error
  std::vector<spec::Problem> problems;  // by line; a syntax error stands alone
};

// Never fails: whatever is wrong with `text`, also against the cluster, is among the problems.
ParsedRig ParseRig(std::string_view text, const spec::ClusterSpec& spec);

}  // namespace zprov::hil
