#include "adapters/usb_poll_set.h"

#include <poll.h>
#include <sys/epoll.h>

#include <cerrno>
#include <utility>

#include "adapters/errno.h"
#include "adapters/usb_devices.h"

namespace zprov::adapters {
namespace {

static_assert(POLLIN == EPOLLIN && POLLOUT == EPOLLOUT);  // libusb's words are epoll's

struct FreePollFds {
  void operator()(const libusb_pollfd** list) const { libusb_free_pollfds(list); }
};

}  // namespace

Result<std::unique_ptr<UsbPollSet>> UsbPollSet::Make(EventLoop& loop, libusb_context* context,
                                                     std::function<void()> ready) {
  if (libusb_pollfds_handle_timeouts(context) == 0) {
    return Fail(ErrorKind::kNotSupported,
                "wait for USB: libusb has no timerfd: use a kernel or a libusb that has it");
  }
  Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.valid()) return FailErrno("wait for USB", errno);
  std::unique_ptr<UsbPollSet> set(new UsbPollSet(context, std::move(epoll)));
  set->AddAll();
  if (const int failed = set->TakeFailure()) return FailErrno("wait for USB", failed);
  set->watch_ = loop.WhenReadable(set->epoll_.number(), [ready = std::move(ready)] {
    ready();
    return EventLoop::Watching::kGoOn;
  });
  return set;
}

UsbPollSet::~UsbPollSet() { libusb_set_pollfd_notifiers(context_, nullptr, nullptr, nullptr); }

void UsbPollSet::AddAll() {
  libusb_set_pollfd_notifiers(
      context_,
      [](int fd, short events, void* self) { static_cast<UsbPollSet*>(self)->Add(fd, events); },
      [](int fd, void* self) {
        ::epoll_ctl(static_cast<UsbPollSet*>(self)->epoll_.number(), EPOLL_CTL_DEL, fd, nullptr);
      },
      this);
  const std::unique_ptr<const libusb_pollfd*, FreePollFds> list(libusb_get_pollfds(context_));
  for (const libusb_pollfd** entry = list.get(); entry != nullptr && *entry != nullptr; ++entry) {
    Add((*entry)->fd, (*entry)->events);
  }
}

void UsbPollSet::Add(int fd, short events) {
  epoll_event wanted{};
  wanted.events = static_cast<uint32_t>(events);
  wanted.data.fd = fd;
  if (::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, fd, &wanted) != 0) failure_ = errno;
}

int UsbPollSet::TakeFailure() { return std::exchange(failure_, 0); }

}  // namespace zprov::adapters
