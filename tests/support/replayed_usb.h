// A USB bus that says what a transcript (src/adapters/usb_transcript.h) has, at the times that it
// has, as long as it is asked for exactly that: byte for byte and in the same order. It is the
// events and the clock of the same world, too; what is not USB it takes from the world at hand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/usb_transcript.h"
#include "os/clock.h"
#include "os/events.h"
#include "os/usb_bus.h"

namespace zprov::test {

class SetClock final : public os::Clock {
 public:
  os::Moment Now() const override { return now; }
  std::chrono::nanoseconds WallTime() const override { return now; }

  os::Moment now{0};
};

class ReplayedUsb final : public os::UsbBus, public os::Events {
 public:
  // Where the recording has another event, the next one of `others` comes, if there is one.
  ReplayedUsb(std::vector<adapters::UsbLine> lines, os::Events& others)
      : lines_(std::move(lines)), others_(others) {}

  os::Clock& clock() { return clock_; }
  // The first thing that was done otherwise; empty: nothing. From there on everything fails.
  const std::string& difference() const { return difference_; }
  bool IsOver() const { return next_ == lines_.size(); }

  Result<std::vector<os::UsbDevice>> Devices() override;
  Result<void> Watch() override;
  Result<os::UsbOpened> Open(const PortPath& port) override;
  Result<void> Claim(os::UsbHandle handle, uint8_t interface_number) override;
  Result<os::UsbTransferId> Submit(os::UsbHandle handle, const os::UsbTransfer& transfer) override;
  void Cancel(os::UsbTransferId transfer) override;
  Result<void> Reset(os::UsbHandle handle) override;
  void Close(os::UsbHandle handle) override;
  Result<void> SetPortPower(const PortPath& port, PortPower power) override;
  // kTimedOut: the recording is over; kFailed: something was done otherwise.
  Result<os::Event> Next(os::Moment deadline) override;

 private:
  Result<adapters::UsbAnswer> Answer(std::string_view call);
  Result<void> Obey(std::string_view call);
  tl::unexpected<Error> Differ(std::string what);

  std::vector<adapters::UsbLine> lines_;
  os::Events& others_;
  size_t next_ = 0;
  SetClock clock_;
  std::string difference_;
};

}  // namespace zprov::test
