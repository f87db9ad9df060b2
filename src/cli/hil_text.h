// What the acceptance suite says on a terminal.
#pragma once

#include <string>

#include "hil/report.h"

namespace zprov::cli {

// One scenario with what it found, each with its cure. Ends with a newline.
std::string RowText(const hil::Row& row);

// The line that sums a run up: "snail, level observe: 12 scenarios: 11 pass, 1 skip".
std::string RunText(const hil::Report& report);

}  // namespace zprov::cli
