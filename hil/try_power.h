// Cuts and gives the power of one node after another, and sees whose boards leave: whether each
// switch is that of its node, and of nobody else. Boot ROMs are left alone meanwhile.
#pragma once

#include <string>
#include <vector>

#include "hil/report.h"
#include "hil/rig.h"

namespace zprov::hil {

struct PowerTry {
  std::string node;
  std::vector<PortPath> left = {};  // whose boards left when its power was cut
  std::string trouble = {};         // why it did not come to its end
  bool is_there = true;             // false: its port was empty, and nothing was tried

  bool operator==(const PowerTry&) const = default;
};

// What it came to, a row each: what an earlier run left, "power", and what was put back.
struct PowerTried {
  std::vector<Row> rows = {};
  std::vector<PowerTry> tries = {};
  PowerBy proven = PowerBy::kNobody;  // where every switch is its node's, and its alone
  bool was_interrupted = false;
};

// Each of rig.described's boards. What ran before runs again when it returns, as after every run
// that disturbs a rig (put_back.h). The rig has `programs` and power.
PowerTried TryPower(const Rig& rig);

}  // namespace zprov::hil
