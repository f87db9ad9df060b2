// Cuts and gives the power of one node after another, and sees whose boards leave: whether each
// switch is that of its node, and of nobody else. Boot ROMs are left alone meanwhile. Then all that
// ran boots again, and consoles are heard that say whose they are.
#pragma once

#include <map>
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

// What it came to, a row each: what an earlier run left, "power", what was put back, and "consoles"
// where there are any.
struct PowerTried {
  std::vector<Row> rows = {};
  std::vector<PowerTry> tries = {};
  PowerBy proven = PowerBy::kNobody;  // where every switch is its node's, and its alone
  std::map<std::string, std::string> consoles = {};  // those that were heard: devices by node
  bool was_interrupted = false;
};

// Each of rig.described's boards. What ran before runs again when it returns, as after every run
// that disturbs a rig (put_back.h). `consoles` are the devices to listen to. The rig has `programs`
// and power.
PowerTried TryPower(const Rig& rig, const std::vector<std::string>& consoles = {});

}  // namespace zprov::hil
