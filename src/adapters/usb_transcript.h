// What was said between an engine and a USB bus, as text: a line for each call with its answer and
// for each event, in the order in which they happened. Written by recording_usb.h, replayed by
// tests. Of what is not USB it only says when: "* other".
//
//   zprov usb transcript 1
//   0.000000000 watch = ok
//   0.000000000 * arrived 1-1.2 0a5c:2763 serial 0 class 0
//   0.000000000 open 1-1.2 = handle 1 configuration 09021900…
//   0.000000000 claim 1 interface 0 = ok
//   0.000000000 submit 1 control 40 0 18 0 timeout 1000 = transfer 1
//   0.000125000 * completed 1 done 0 -
//   0.000125000 submit 1 bulk 1 24 bytes 1800… timeout 5000 = error gone: the device left
//
// Numbers of the wire are hexadecimal, as in src/core/usbboot/README.md; counts and times are not.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "os/clock.h"
#include "os/events.h"
#include "os/usb_bus.h"
#include "util/result.h"

namespace zprov::adapters {

struct Done {
  bool operator==(const Done&) const = default;
};
struct OpenedHandle {
  os::UsbHandle handle = 0;
  std::string configuration;
  bool operator==(const OpenedHandle&) const = default;
};
struct BegunTransfer {
  os::UsbTransferId transfer = 0;
  bool operator==(const BegunTransfer&) const = default;
};
struct SeenDevices {
  std::vector<os::UsbDevice> devices;
  bool operator==(const SeenDevices&) const = default;
};
using UsbAnswer = std::variant<Done, OpenedHandle, BegunTransfer, SeenDevices, Error>;

struct UsbCall {
  std::string call;  // "open 1-1.2"
  UsbAnswer answer;
  bool operator==(const UsbCall&) const = default;
};

struct OtherEvent {  // a link changed, a program ended, …
  bool operator==(const OtherEvent&) const = default;
};
using UsbEvent = std::variant<os::UsbArrived, os::UsbLeft, os::UsbCompleted, OtherEvent>;

struct UsbLine {
  os::Moment at{0};  // since the recording began
  std::variant<UsbCall, UsbEvent> what;
  bool operator==(const UsbLine&) const = default;
};

// How a call is written. Bulk bytes beyond 64 are written as their number and XXH3 hash.
std::string SubmitText(os::UsbHandle handle, const os::UsbTransfer& transfer);
std::string PowerText(const PortPath& port, os::UsbBus::PortPower power);
std::string ClaimText(os::UsbHandle handle, uint8_t interface_number);

std::string TranscriptHead();
std::string Format(const UsbLine& line);  // with its end

// Foreign bytes. kInvalid, naming the line that is none.
Result<std::vector<UsbLine>> ParseTranscript(std::string_view text);

// What a transcript says of it; nothing of a deadline that passed.
std::optional<UsbEvent> Noted(const os::Event& event);

}  // namespace zprov::adapters
