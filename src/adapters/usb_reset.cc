#include "adapters/usb_reset.h"

#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <utility>

#include "adapters/errno.h"

namespace zprov::adapters {
namespace {

// By a descriptor of its own, so that closing the device meanwhile needs no lock.
int ResetNode(const std::string& node) {
  const Fd device(::open(node.c_str(), O_RDWR | O_CLOEXEC));
  if (!device.valid()) return errno == ENOENT ? ENODEV : errno;
  return ::ioctl(device.number(), USBDEVFS_RESET, nullptr) < 0 ? errno : 0;
}

}  // namespace

Result<std::unique_ptr<UsbReset>> UsbReset::Begin(EventLoop& loop, std::string node,
                                                  std::function<void(int)> done) {
  Fd ended(::eventfd(0, EFD_CLOEXEC));
  if (!ended.valid()) return FailErrno("reset " + node, errno);
  std::unique_ptr<UsbReset> reset(new UsbReset(std::move(ended)));
  UsbReset* self = reset.get();
  self->watch_ = loop.WhenReadable(self->ended_.number(), [self, done = std::move(done)] {
    self->thread_.join();
    self->done_ = true;
    done(self->failed_);
    return EventLoop::Watching::kStop;
  });
  self->thread_ = std::jthread([self, node = std::move(node)] {
    self->failed_ = ResetNode(node);
    ::eventfd_write(self->ended_.number(), 1);
  });
  return reset;
}

}  // namespace zprov::adapters
