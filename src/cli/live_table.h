// The cluster as it boots, drawn over itself on a terminal: a row per node.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "engine/serve/snapshot.h"
#include "util/terminal_size.h"

namespace zprov::cli {

class LiveTable {
 public:
  explicit LiveTable(TerminalSize size) : size_(size) {}

  // What to write to the terminal: the cursor goes back over what was drawn before. Where not every
  // node has room, those that run are counted instead.
  std::string Draw(const engine::Snapshot& snapshot);

  // What takes the last drawing away.
  std::string Clear();

 private:
  struct Pace {
    os::Moment at{0};
    uint64_t bytes = 0;
    double rate = 0;  // bytes per second
  };
  std::string RateOf(const engine::NodeView& view, os::Moment at);

  TerminalSize size_;
  std::map<std::string, Pace> paces_;  // by node
  size_t drawn_ = 0;                   // lines
};

}  // namespace zprov::cli
