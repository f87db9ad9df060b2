// What the acceptance suite says on a terminal.
#pragma once

#include <string>
#include <vector>

#include "hil/report.h"
#include "hil/rig.h"
#include "hil/scenario.h"

namespace zprov::cli {

// What the run will do to the rig, and to whom, before it does.
std::string DisturbanceText(const hil::Rig& rig, const std::vector<const hil::Scenario*>& what);

// The same of --reboot-host.
std::string HostRebootText(const hil::Rig& rig);

// The same, where the power of each node is only tried, and those serial devices are heard
// meanwhile.
std::string PowerTryText(const hil::RigDescription& switches,
                         const std::vector<std::string>& devices);

// The line that says what is tried now; without a newline.
std::string BegunText(const hil::Scenario& scenario);

// One scenario with what it found, each with its cure. Ends with a newline.
std::string RowText(const hil::Row& row);

// The line that sums a run up: "snail, level observe: 12 scenarios: 11 pass, 1 skip".
std::string RunText(const hil::Report& report);

}  // namespace zprov::cli
