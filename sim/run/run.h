// One simulated run: a plan in, what came of it out. The host is set up and applied to, then serve
// runs as systemd runs it, faults and the operator's actions happen at their times, and each check
// of sim/checks is made when it is due (Check::When). When the faults have ended, an operator does
// what `zprov status` asks for (pulls the plugs of boards that were given up), and the cluster must
// become healthy within a bound of virtual time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/run/host.h"
#include "sim/run/plan.h"
#include "sim/run/trace.h"

namespace zprov::run {

struct Breach {
  os::Moment at{0};
  std::string sentence;  // that was broken
  std::string how;
};

struct Counts {
  uint64_t events = 0;
  uint64_t boots = 0;                    // of boards
  std::map<std::string, int> faults;     // that hit something, by name
  std::map<std::string, int> actions;    // likewise
  std::map<std::string, int> exits;      // "update 0"
  std::map<std::string, int> sometimes;  // marks that were reached (marks.h)
  int helped = 0;                        // boards whose plug was pulled at the end
};

// A step of marks.h that was seen to be taken.
struct Recovery {
  os::Moment at{0};
  std::string node;  // empty: of the host
  std::string step;
};

struct Outcome {
  uint64_t hash = 0;             // of the trace
  std::vector<Breach> breaches;  // the first ends the run
  os::Moment took{0};            // virtual, since the first power-on
  std::vector<Recovery> recoveries;
  Counts counts;
};

Outcome Perform(const Plan& plan, const Program& zprov, Trace::OnLine on_line = {});

}  // namespace zprov::run
