#include "adapters/usb_settling.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

namespace zprov::adapters {
namespace {

using Clock = std::chrono::steady_clock;

// A device has 50 ms for a request of this kind (USB 2.0, 9.2.6.4), and mostly needs a few.
constexpr std::chrono::milliseconds kLookEvery{10};

// By the directories of its interfaces ("1-5:1.0"): to read the number of its configuration is to
// wait for the kernel, too.
bool IsConfigured(const PortPath& port) {
  const std::string name = port.ToString();
  std::error_code gone;
  const std::filesystem::directory_iterator entries("/sys/bus/usb/devices/" + name, gone);
  return std::ranges::any_of(begin(entries), end(entries), [&](const auto& entry) {
    return entry.path().filename().native().starts_with(name + ":");
  });
}

}  // namespace

UsbSettling::UsbSettling(EventLoop& loop, std::chrono::nanoseconds patience,
                         std::function<void(SeenUsbDevice)> settled)
    : loop_(loop), patience_(patience), settled_(std::move(settled)) {}

void UsbSettling::Await(SeenUsbDevice seen) {
  if (IsConfigured(seen.shown.port)) {
    Forget(seen.device.get());
    return settled_(std::move(seen));
  }
  libusb_device* const device = seen.device.get();
  unsettled_.try_emplace(device, Unsettled{std::move(seen), Clock::now() + patience_});
  LookSoon();
}

void UsbSettling::Forget(libusb_device* device) { unsettled_.erase(device); }

void UsbSettling::Look() {
  std::vector<SeenUsbDevice> settled;
  for (auto& [device, unsettled] : unsettled_) {
    if (!IsConfigured(unsettled.seen.shown.port) && Clock::now() < unsettled.until) continue;
    settled.push_back(std::move(unsettled.seen));
  }
  for (SeenUsbDevice& seen : settled) {
    Forget(seen.device.get());
    settled_(std::move(seen));
  }
  LookSoon();
}

void UsbSettling::LookSoon() {
  if (unsettled_.empty()) {
    next_look_.reset();
  } else {
    next_look_ = loop_.After(kLookEvery, [this] { Look(); });
  }
}

}  // namespace zprov::adapters
