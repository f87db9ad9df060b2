// One boot of one node, as it went: from its first stage until it ran, or was given up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/fleet/node_view.h"
#include "os/clock.h"

namespace zprov::engine {

// What happened to the board, in order.
struct BootStep {
  enum class What {
    kState,  // the node came into that state
    kBus,    // what showed at its port, or that it left
  };
  os::Moment after{0};  // since the boot began
  What what = What::kState;
  std::string text = {};   // "first stage sent", "file server"
  std::string cause = {};  // kState: why, when it is trouble

  bool operator==(const BootStep&) const = default;
};

struct BootTimeline {
  // Many more than a boot that ends well has; later ones are not kept.
  static constexpr size_t kMostSteps = 200;

  std::string node = {};
  std::string nonce = {};              // what tells it from others
  std::optional<int> generation = {};  // of its root; nothing: none, or it did not come so far
  int64_t began_ns = 0;                // wall time, since 1970 UTC
  os::Moment took{0};                  // until the ending
  std::string ending = {};             // a state's name, "begun again", "not followed to its end"
  std::string cause = {};              // of an ending that is no good
  std::vector<BootStep> steps = {};    // the first kMostSteps
  std::vector<FileRecord> files = {};  // requests; `at` since the boot began
  uint64_t files_left_out = 0;         // beyond NodeView::kMostRecords

  bool operator==(const BootTimeline&) const = default;
};

std::string_view Name(FileRecord::What what);  // "found", "expected miss", "suspicious miss", "odd"
std::string_view Name(BootStep::What what);    // "state", "bus"

}  // namespace zprov::engine
