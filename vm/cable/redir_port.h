// One USB port of a QEMU machine, from the outside: speaks usbredir with its usb-redir device,
// plugs devices in and out, answers the standard requests from their descriptors, and asks the
// device for the rest. Bytes in, bytes out: no socket here. QEMU's needs (capabilities, order of
// packets) are in README.md.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "os/clock.h"
#include "util/result.h"
#include "vm/cable/device.h"

namespace zprov::vm {

class RedirPort {
 public:
  // Times that devices ask for are the clock's.
  explicit RedirPort(const os::Clock& clock);
  ~RedirPort();
  RedirPort(const RedirPort&) = delete;
  RedirPort& operator=(const RedirPort&) = delete;

  // In place of what is there now. While QEMU has not said hello, or has not acknowledged that the
  // last one left, it waits.
  void Plug(Device device);
  // Nothing when nothing is there. Transfers under way end as cancelled.
  void Unplug();

  // The device has something for the host that it had not when it was asked.
  void Poke();
  // Asks the device again that wanted to be asked later, when it is time.
  void CatchUp();
  // When that is; Moment::max(): nothing waits for time.
  os::Moment NextDeadline() const;

  // What QEMU sent. kInvalid: that is no usbredir.
  Result<void> Receive(std::string_view bytes);
  // What is to be sent to QEMU now.
  std::string TakeOutput();

 private:
  class Wire;
  std::unique_ptr<Wire> wire_;
};

}  // namespace zprov::vm
