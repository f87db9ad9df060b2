// What a scenario works on. It is the same on the simulator, in QEMU and on the bench, and no
// scenario can tell which.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "hil/rig_file.h"
#include "os/system.h"

namespace zprov::hil {

class ProgramWatch;

struct Rig {
  os::System& system;  // with a live host
  const spec::ClusterSpec& spec;
  std::optional<RigDescription> described = {};  // nothing: there is no rig.toml
  std::string holder = {};                       // for whoever meets our locks
  ProgramWatch* programs = nullptr;              // of the run that is under way
};

// What not every rig can do.
enum class Capability {
  kDescribed,  // it has a rig.toml
  kPower,      // cut and give each node's power by itself
  kConsole,    // hear at least one node's console
  kPlugs,      // exchange two nodes' boards
  kPull,       // pull a node's plug and put it in again
};

bool Has(const Rig& rig, Capability capability);
std::string_view Lack(Capability capability);  // what is missing, and what to do about it

// The nodes that should run: those that rig.toml names, or else all; natively those of them with a
// port, for the others are never booted.
std::vector<const spec::Node*> ExpectedNodes(const Rig& rig);

// What rig.toml says of that node; null: nothing.
const BoardAtRig* BoardOf(const Rig& rig, const std::string& node);

// Of the board that belongs there, as cluster.toml or rig.toml gives it; empty: neither does.
std::string SerialOf(const Rig& rig, const spec::Node& node);

}  // namespace zprov::hil
