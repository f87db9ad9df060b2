// One reset of one device, beside the loop.
//
// The kernel has no reset that returns at once: usbfs' ioctl holds its caller until the device has
// answered again, seconds for a sick one, in which four healthy boards would get no file. So this
// call has a thread of its own, which ends with it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "adapters/event_loop.h"
#include "adapters/fd.h"

namespace zprov::adapters {

class UsbReset {
 public:
  // `node`: the device's file in /dev/bus/usb. Calls `done` from Next() with an errno, 0: the
  // device answers again; ENODEV: the kernel took it off the bus, and shows what it is now.
  static Result<std::unique_ptr<UsbReset>> Begin(EventLoop& loop, std::string node,
                                                 std::function<void(int)> done);
  ~UsbReset() = default;  // waits for the kernel when it is not done
  UsbReset(const UsbReset&) = delete;
  UsbReset& operator=(const UsbReset&) = delete;

  bool IsDone() const { return done_; }

 private:
  explicit UsbReset(Fd ended) : ended_(std::move(ended)) {}

  bool done_ = false;
  int failed_ = 0;  // written by the thread, read when it has been joined
  Fd ended_;
  std::unique_ptr<Watch> watch_;
  std::jthread thread_;
};

}  // namespace zprov::adapters
