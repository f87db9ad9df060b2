// Everything that happens, in one queue. The engine is one thread that asks for the next event; the
// simulator decides alone which comes next, so any interleaving can be replayed from a seed.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "os/background.h"
#include "os/clock.h"
#include "os/control.h"
#include "os/netlink.h"
#include "os/processes.h"
#include "os/usb_bus.h"
#include "util/result.h"

namespace zprov::os {

struct DeadlinePassed {
  bool operator==(const DeadlinePassed&) const = default;
};

struct LinkChanged {  // appeared, left, or changed in any way: read Links() again
  std::string name;
  bool operator==(const LinkChanged&) const = default;
};

struct LinksLost {  // the kernel dropped notices (ENOBUFS): read Links() again
  bool operator==(const LinksLost&) const = default;
};

struct ProbeAnswered {
  ProbeId probe = 0;
  bool alive = false;  // false: 3 s passed without an answer
  bool operator==(const ProbeAnswered&) const = default;
};

struct ProcessOutput {
  enum class Stream { kOut, kError };
  ProcessId process = 0;
  Stream stream = Stream::kOut;
  std::string text;  // as it came; lines may be split
  bool operator==(const ProcessOutput&) const = default;
};

struct ProcessEnded {  // after its last ProcessOutput
  ProcessId process = 0;
  int exit_code = 0;  // 128 + the signal's number when a signal ended it
  bool operator==(const ProcessEnded&) const = default;
};

struct SignalCame {  // SIGINT, SIGTERM or SIGHUP
  int number = 0;
  bool operator==(const SignalCame&) const = default;
};

struct UsbArrived {
  UsbDevice device;
  bool operator==(const UsbArrived&) const = default;
};

struct UsbLeft {  // whatever was at that port; transfers under way complete first
  PortPath port;
  bool operator==(const UsbLeft&) const = default;
};

struct UsbCompleted {
  UsbTransferId transfer = 0;
  UsbOutcome outcome = UsbOutcome::kFailed;
  uint32_t transferred = 0;  // bytes of the data stage that went through, also when it failed
  std::string bytes = {};    // ControlIn: what came, `transferred` bytes
  bool operator==(const UsbCompleted&) const = default;
};

struct ControlLine {
  ControlId connection = 0;
  uint32_t uid = 0;  // of the process at the other end, as the kernel says
  std::string line;  // foreign bytes; without its end
  bool operator==(const ControlLine&) const = default;
};

struct ControlClosed {  // the other end left, or sent a line beyond kMaxControlLine
  ControlId connection = 0;
  bool operator==(const ControlClosed&) const = default;
};

struct BackgroundEnded {
  BackgroundId job = 0;
  std::string failure = {};  // the error's message; empty: it went well
  bool operator==(const BackgroundEnded&) const = default;
};

using Event = std::variant<DeadlinePassed, LinkChanged, LinksLost, ProbeAnswered, ProcessOutput,
                           ProcessEnded, SignalCame, UsbArrived, UsbLeft, UsbCompleted, ControlLine,
                           ControlClosed, BackgroundEnded>;

class Events {
 public:
  virtual ~Events() = default;

  // The next event, waiting for it until `deadline` (os::Clock::Now time): then DeadlinePassed. A
  // deadline in the past takes what is there already, or says DeadlinePassed at once.
  virtual Result<Event> Next(Moment deadline) = 0;
};

}  // namespace zprov::os
