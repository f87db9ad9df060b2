// Orders to a running zprov-cable, as calls (vm/cable/README.md, Orders). Each connects, says one
// line and waits for its answer; when it returns, the order was carried out.
#pragma once

#include <chrono>
#include <string>

#include "sim/zero/faults.h"
#include "util/result.h"

namespace zprov::vm {

class CableControl {
 public:
  // The socket `control` in the cable's directory.
  explicit CableControl(std::string socket) : socket_(std::move(socket)) {}

  // The Zero's power, cut without a warning: its machine is gone when this returns.
  Result<void> CutPower() { return Order("power off"); }
  // Its boot ROM shows after half a second.
  Result<void> GivePower() { return Order("power on"); }

  // Its plug at the B+. It keeps its power, as a Zero with a supply of its own.
  Result<void> Unplug() { return Order("unplug"); }
  Result<void> Plug() { return Order("plug"); }

  // From its next boot on, for so many boots. kInvalid: this cable cannot have that one.
  Result<void> Break(sim::zero::Fault fault, int boots = sim::zero::kEveryBoot);
  Result<void> Mend() { return Order("fault none"); }

  // How long its second stages wait for a host before they go deaf.
  Result<void> SetPatience(std::chrono::seconds patience);

  // The network between the two ends, in both directions; 0: as it should be.
  Result<void> Delay(std::chrono::milliseconds delay);
  Result<void> DropPercent(int percent);
  Result<void> CorruptPercent(int percent);

  // "off", "rom", "first-stage", "file-server", "kernel", "gadget", "halted", "dead".
  Result<std::string> Stage() { return Ask("stage"); }

  // Any order, in the cable's own words; what it answered behind "ok". kInvalid: what it said
  // instead of "ok"; kFailed: there is no cable; kTimedOut.
  Result<std::string> Ask(const std::string& line);

 private:
  Result<void> Order(const std::string& line);

  std::string socket_;
};

}  // namespace zprov::vm
