// Commands on a machine, by Debian's qemu-guest-agent in it and a socket of its QEMU.
#pragma once

#include <chrono>
#include <string>

#include "util/result.h"

namespace zprov::vm {

struct Ran {
  int exit_code = -1;
  std::string out;
  std::string err;
};

class GuestAgent {
 public:
  // The machine's agent answers, within that time. kTimedOut; kFailed (its QEMU is gone).
  static Result<GuestAgent> Connect(const std::string& socket, std::chrono::seconds within);

  GuestAgent(GuestAgent&& other) noexcept;
  GuestAgent& operator=(GuestAgent&&) = delete;
  ~GuestAgent();

  // It answers (again, after the machine restarted), within that time; what it still had to say to
  // older questions is dropped. Errors as Connect.
  Result<void> Sync(std::chrono::seconds within);

  // A command line for the machine's sh. kTimedOut: it runs on; kFailed.
  Result<Ran> Run(const std::string& command, std::chrono::seconds within);

 private:
  explicit GuestAgent(int fd) : fd_(fd) {}
  using Deadline = std::chrono::steady_clock::time_point;
  // The line that answers that one.
  Result<std::string> Ask(const std::string& line, Deadline deadline);
  Result<std::string> NextLine(Deadline deadline);

  int fd_ = -1;
  int syncs_ = 0;
  bool owes_answer_ = false;  // to a question that nobody waits for any more
  std::string received_;
};

}  // namespace zprov::vm
