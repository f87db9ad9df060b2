// Work on files that nobody waits for: jobs are done one after another, beside the engine's thread,
// which must not wait for a disk. How each went arrives as an os::Event: BackgroundEnded.
#pragma once

#include <cstdint>
#include <functional>

#include "os/files.h"
#include "os/trees.h"
#include "util/result.h"

namespace zprov::os {

using BackgroundId = uint64_t;  // one job; never given twice, never 0

// Runs on another thread: it may use its arguments and what it holds by value, and nothing else.
using BackgroundJob = std::function<Result<void>(Files&, Trees&)>;

class Background {
 public:
  virtual ~Background() = default;

  // Ends in one BackgroundEnded, in the order of the starts. What has not begun when this object
  // goes is never done: who needs it calls Finish.
  virtual BackgroundId Start(BackgroundJob job) = 0;

  // Waits until all that was started is done: for whoever has nothing else to serve. The ends still
  // arrive as events.
  virtual void Finish() = 0;
};

}  // namespace zprov::os
