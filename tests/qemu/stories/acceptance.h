// The acceptance suite as an operator runs it, on a rig in QEMU. Its program cannot tell that the
// relay in each board's supply is an order to a cable.
#pragma once

#include <map>
#include <string>

#include "qemu/stories/story.h"

namespace zprov::tests {

class AcceptanceStory : public Story {
 protected:
  // rig.toml with a relay and somebody who exchanges plugs and pulls them, and their programs.
  void DescribeTheRig();
  // More lines of rig.toml.
  void Describe(const std::string& lines);
  // udev names an adapter's serial port so; these are the ports where the Zeros' serial lines end.
  void NameTheConsoles();
  // The line of rig.toml for that node's, below its [[node]].
  std::string ConsoleLine(int node) const;

  struct NotTried {
    std::string outcome;  // "skip", "quarantined"
    std::string reason;   // a part of what its row says
  };
  using Exceptions = std::map<std::string, NotTried>;  // by scenario
  // `zprov --hil` at that level: every row of the suite is there by its name, and each one passes
  // but for those; each stands on the page, too. Shows what each took.
  void Accept(const std::string& level, const Exceptions& exceptions);
};

}  // namespace zprov::tests
