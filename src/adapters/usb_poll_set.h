// Lets an EventLoop wait for libusb: all descriptors that libusb wants to be asked about, whatever
// it wants to know of each, behind one.
#pragma once

#include <libusb.h>

#include <functional>
#include <memory>

#include "adapters/event_loop.h"
#include "adapters/fd.h"

namespace zprov::adapters {

// usbfs says by POLLOUT that a transfer has completed, timers and hotplug by POLLIN. An epoll
// descriptor, itself readable when any of its members has something to say, knows each.
class UsbPollSet {
 public:
  // Calls `ready` from Next() when libusb has events to handle; `ready` handles them. kNotSupported
  // when libusb cannot put its time limits among its descriptors.
  static Result<std::unique_ptr<UsbPollSet>> Make(EventLoop& loop, libusb_context* context,
                                                  std::function<void()> ready);
  ~UsbPollSet();
  UsbPollSet(const UsbPollSet&) = delete;
  UsbPollSet& operator=(const UsbPollSet&) = delete;

  // errno of the first descriptor that could not be watched since the last call; 0: all are.
  int TakeFailure();

 private:
  UsbPollSet(libusb_context* context, Fd epoll) : context_(context), epoll_(std::move(epoll)) {}
  void Add(int fd, short events);
  void AddAll();

  libusb_context* context_;
  Fd epoll_;
  int failure_ = 0;
  std::unique_ptr<Watch> watch_;
};

}  // namespace zprov::adapters
