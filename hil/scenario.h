// One thing that a rig must be able to do, with a sentence that an operator understands.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "hil/report.h"
#include "hil/rig.h"
#include "util/result.h"

namespace zprov::hil {

struct Seen {
  std::string summary = {};  // for whoever reads that it went well
  std::vector<Finding> findings = {};
};

struct Skipped {
  std::string reason;  // what the rig lacks
};

using Ended = std::variant<Seen, Skipped>;

// An error says that the infrastructure failed: nothing is known of the rig.
using Body = Result<Ended> (*)(const Rig& rig);

struct Scenario {
  const char* name;      // one word or two, joined by '-'
  const char* sentence;  // what holds on a rig that is well
  Level level;
  Body body;
  std::vector<Capability> needs = {};  // a rig that lacks one of them skips it
  const char* does = "";               // to the rig; nothing where it only observes
};

// All there are, in the order in which they run.
const std::vector<Scenario>& Scenarios();

}  // namespace zprov::hil
