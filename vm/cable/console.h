// The Zero's serial line: what it prints goes to a log, a stamp in front of each line, and to
// whoever listens at a Unix socket; what they type goes to the Zero.
#pragma once

#include <poll.h>

#include <fstream>
#include <string>
#include <vector>

#include "os/clock.h"
#include "util/result.h"
#include "vm/cable/stamp.h"

namespace zprov::vm {

class Console {
 public:
  explicit Console(const os::Clock& clock) : clock_(clock) {}
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  // In `directory`: the log console.log, made anew, and the socket console. kInvalid, kFailed.
  Result<void> Open(const std::string& directory);

  // The machine's end of the line; ours to close.
  void Attach(int machine);
  void Detach();

  // What to wait for.
  void AddInterest(std::vector<pollfd>& waits) const;
  // All that is there by now. Never waits: who does not read loses what was printed.
  void Carry();

 private:
  void Accept();
  void Print();

  const os::Clock& clock_;
  std::ofstream log_;
  StampedLines lines_;
  int listener_ = -1;
  int machine_ = -1;
  std::vector<int> listeners_;  // those who are connected
};

}  // namespace zprov::vm
