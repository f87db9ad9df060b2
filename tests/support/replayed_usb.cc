#include "support/replayed_usb.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace zprov::test {

using adapters::UsbAnswer;
using adapters::UsbCall;
using adapters::UsbEvent;

tl::unexpected<Error> ReplayedUsb::Differ(std::string what) {
  if (difference_.empty()) {
    // The head is line 1.
    difference_ = fmt::format("line {}: {}{}", next_ + 2, what,
                              IsOver() ? "nothing more" : adapters::Format(lines_[next_]));
  }
  return Fail(ErrorKind::kFailed, difference_);
}

Result<UsbAnswer> ReplayedUsb::Answer(std::string_view call) {
  const auto* recorded = IsOver() ? nullptr : std::get_if<UsbCall>(&lines_[next_].what);
  if (!difference_.empty() || recorded == nullptr || recorded->call != call) {
    return Differ(fmt::format("done: {}\nrecorded: ", call));
  }
  ++next_;
  if (const auto* error = std::get_if<Error>(&recorded->answer)) {
    return tl::make_unexpected(*error);
  }
  return recorded->answer;
}

Result<void> ReplayedUsb::Obey(std::string_view call) {
  ZPROV_TRY(Answer(call));
  return {};
}

Result<std::vector<os::UsbDevice>> ReplayedUsb::Devices() {
  ZPROV_ASSIGN(const auto answer, Answer("devices"));
  const auto* seen = std::get_if<adapters::SeenDevices>(&answer);
  return seen == nullptr ? std::vector<os::UsbDevice>() : seen->devices;
}

Result<void> ReplayedUsb::Watch() { return Obey("watch"); }

Result<os::UsbOpened> ReplayedUsb::Open(const PortPath& port) {
  ZPROV_ASSIGN(const auto answer, Answer("open " + port.ToString()));
  const auto* opened = std::get_if<adapters::OpenedHandle>(&answer);
  if (opened == nullptr) return Differ("opened, and the recording gives no handle: ");
  return os::UsbOpened{opened->handle, opened->configuration};
}

Result<void> ReplayedUsb::Claim(os::UsbHandle handle, uint8_t interface_number) {
  return Obey(adapters::ClaimText(handle, interface_number));
}

Result<os::UsbTransferId> ReplayedUsb::Submit(os::UsbHandle handle,
                                              const os::UsbTransfer& transfer) {
  ZPROV_ASSIGN(const auto answer, Answer(adapters::SubmitText(handle, transfer)));
  const auto* begun = std::get_if<adapters::BegunTransfer>(&answer);
  if (begun == nullptr) return Differ("submitted, and the recording gives no transfer: ");
  return begun->transfer;
}

void ReplayedUsb::Cancel(os::UsbTransferId transfer) {
  (void)Obey(fmt::format("cancel {}", transfer));
}

Result<void> ReplayedUsb::Reset(os::UsbHandle handle) {
  return Obey(fmt::format("reset {}", handle));
}

// What is closed at the end, when everything is over, is not in the recording.
void ReplayedUsb::Close(os::UsbHandle handle) {
  if (!IsOver()) (void)Obey(fmt::format("close {}", handle));
}

Result<void> ReplayedUsb::SetPortPower(const PortPath& port, PortPower power) {
  return Obey(adapters::PowerText(port, power));
}

Result<os::Event> ReplayedUsb::Next(os::Moment deadline) {
  if (!difference_.empty()) return Fail(ErrorKind::kFailed, difference_);
  if (IsOver()) return Fail(ErrorKind::kTimedOut, "the recording is over");
  const adapters::UsbLine& line = lines_[next_];
  if (deadline < line.at || (deadline == line.at && std::holds_alternative<UsbCall>(line.what))) {
    clock_.now = std::max(clock_.now, deadline);
    return os::DeadlinePassed{};
  }
  const auto* event = std::get_if<UsbEvent>(&line.what);
  if (event == nullptr) return Differ("waited, where the recording does: ");
  clock_.now = std::max(clock_.now, line.at);
  ++next_;
  if (std::holds_alternative<adapters::OtherEvent>(*event)) return others_.Next(os::Moment{0});
  if (const auto* arrived = std::get_if<os::UsbArrived>(event)) return *arrived;
  if (const auto* left = std::get_if<os::UsbLeft>(event)) return *left;
  return std::get<os::UsbCompleted>(*event);
}

}  // namespace zprov::test
