// Writes down what an engine and a USB bus say to each other (usb_transcript.h) while it passes
// everything on as it is.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "os/clock.h"
#include "os/events.h"
#include "os/usb_bus.h"

namespace zprov::adapters {

struct UsbRecording {
  std::unique_ptr<os::UsbBus> usb;
  std::unique_ptr<os::Events> events;
};

// What is recorded; all must outlive the recording.
struct Recorded {
  os::UsbBus& usb;
  os::Events& events;
  const os::Clock& clock;
};

// `write` gets the transcript in pieces of whole lines, the first one at once.
UsbRecording RecordUsb(const Recorded& recorded, std::function<void(std::string_view)> write);

}  // namespace zprov::adapters
