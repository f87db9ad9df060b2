// Takes nodes through a script of power cuts and stages of booting, all at once, each at its own
// pace. Nothing waits for time: an act is over when the rig shows it, or its node is given up.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/fleet/node_view.h"
#include "engine/serve/client.h"
#include "hil/rig.h"
#include "util/result.h"

namespace zprov::hil {

// From no power to an empty port. Inferred, with room: large capacitors keep a board alive, and a
// switch may be slow.
inline constexpr os::Moment kEmptyWithin = std::chrono::seconds(60);
// From power to the boot ROM; a Zero takes half a second (sim/zero/profiles.h), with room.
inline constexpr os::Moment kShowsWithin = std::chrono::seconds(60);

// Where something is plugged in and shows itself.
Result<std::set<PortPath>> TakenPorts(const Rig& rig);

// The boot ROMs of these nodes are left alone while the client lives.
Result<void> HoldBoots(engine::Client& client, const std::vector<std::string>& nodes);

// What a node goes through.
struct Act {
  enum class Kind {
    kOff,    // its power is cut, until its port has been empty for a while
    kOn,     // and given
    kReach,  // it comes at least as far as `state` in the boot that its power began
    kFail,   // its boot fails, and it never mounts its root
  };
  Kind kind = Kind::kReach;
  engine::NodeState state = engine::NodeState::kHealthy;  // kReach; kHealthy: it runs
};

struct Script {
  std::vector<Act> acts = {};
  enum class Boots { kBooted, kHeld };
  Boots boots = Boots::kBooted;  // kHeld: boot ROMs are left alone meanwhile
};

// Its power is cut and given, and it runs again.
Script PowerCycle();

struct Part {
  std::string node;
  std::string trouble = {};  // why it was given up; empty: it went through all
  // How far its boot had come when its power was cut, where the script did so.
  std::optional<engine::NodeState> was_cut_at = {};
};

// What else is looked at until it is over: whenever something happens, and every second.
using Meanwhile = std::function<Result<void>()>;

// In the order of `nodes`; nothing: it was interrupted, and power may be off. Errors: nothing could
// be found out. The rig has `programs`, and power where an act switches it.
Result<std::optional<std::vector<Part>>> Conduct(
    const Rig& rig, const std::vector<std::string>& nodes, const Script& script,
    const Meanwhile& meanwhile = [] { return Result<void>(); });

}  // namespace zprov::hil
