// What a run of the acceptance suite came to, as values; how they read is cli's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/boots/timeline.h"
#include "os/clock.h"

namespace zprov::hil {

// What a run may do to the rig; each level holds those before it.
enum class Level {
  kObserve,  // changes nothing
  kCycle,    // boots nodes and cuts their power; keeps data
  kFull,     // moves nodes to generations of the run's own, and back
};

std::string_view Name(Level level);  // "observe"

enum class Grade {
  kWarning,  // works, but not as well or as safely as it could
  kBad,      // the scenario fails
};

// One thing that is not as it should be.
struct Finding {
  Grade grade = Grade::kBad;
  std::string subject;  // a node, or the host
  std::string what;     // is wrong
  std::string cure;     // a command or an edit; empty: `what` says it already

  bool operator==(const Finding&) const = default;
};

enum class Outcome {
  kPass,
  kFail,         // the rig is not as it should be
  kInfra,        // it could not be found out, the second time too; the reason says why
  kSkip,         // not tried; the reason says what is missing
  kQuarantined,  // not tried: it is known to fail, for that reason, until that day
};

std::string_view Name(Outcome outcome);  // "pass"

// What came of one scenario.
struct Row {
  std::string name;
  std::string sentence;
  Outcome outcome = Outcome::kPass;
  std::string summary = {};  // of what was seen: "5 nodes run"; may be empty
  std::string reason = {};   // kInfra, kSkip, kQuarantined
  std::string until = {};    // kQuarantined: the last day, "2026-12-31", UTC
  // Why the first try was no good, when there were two; whatever the outcome, it is shown.
  std::string first_try = {};
  std::vector<Finding> findings = {};
  os::Moment took{0};

  bool operator==(const Row&) const = default;
};

// A node in the plan of the rig.
struct NodeSheet {
  std::string node;
  std::string port;  // empty: none
  std::string address;
  std::string mac;   // its own
  std::string life;  // "up: its link s1 answers"
  std::optional<int> generation = {};
  std::string serial = {};                        // of the board, as the node said it
  std::optional<engine::BootTimeline> boot = {};  // the last one that is over

  bool operator==(const NodeSheet&) const = default;
};

struct Report {
  std::string cluster;
  Level level = Level::kObserve;
  int64_t began_ns = 0;  // wall time, since 1970 UTC
  os::Moment took{0};
  std::vector<Row> rows = {};         // in the order of the run
  std::vector<NodeSheet> nodes = {};  // that should run, in the spec's order
  bool was_interrupted = false;       // what is left of it was not tried

  bool operator==(const Report&) const = default;
};

// Of all rows together: one that fails decides, then one that could not be found out. A run of
// which nothing but skips is left has shown nothing, and is kSkip.
Outcome Overall(const std::vector<Row>& rows);

}  // namespace zprov::hil
