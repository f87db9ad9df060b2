// What a device on the simulated bus does when the host talks to it. The bus asks when a transfer's
// bytes have crossed the wire, one transfer of an endpoint after the other. A function may plug or
// unplug its own port while it is asked.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "os/usb_bus.h"

namespace zprov::sim {

enum class UsbSpeed { kFull, kHigh };

struct UsbReply {
  enum class Kind {
    kTaken,  // the device has the bytes; or these are the ones that the host asked for
    kStall,
    kLater,  // ask again after `again`
    kNever,  // says nothing until the transfer times out, is cancelled, or the device leaves
  };
  Kind kind = Kind::kTaken;
  std::string bytes = {};
  std::chrono::nanoseconds again{0};

  static UsbReply Taken(std::string bytes = {}) { return {Kind::kTaken, std::move(bytes)}; }
  static UsbReply Stall() { return {Kind::kStall}; }
  static UsbReply Later(std::chrono::nanoseconds again) { return {Kind::kLater, {}, again}; }
  static UsbReply Never() { return {Kind::kNever}; }

  bool operator==(const UsbReply&) const = default;
};

// The base stalls everything, as a device does that was never told a request.
class UsbFunction {
 public:
  virtual ~UsbFunction() = default;

  // The configuration's descriptor with all behind it, as it is sent.
  virtual std::string Configuration() const = 0;
  virtual UsbSpeed Speed() const { return UsbSpeed::kHigh; }

  virtual UsbReply OnControlOut(const os::ControlOut&) { return UsbReply::Stall(); }
  virtual UsbReply OnControlIn(const os::ControlIn&) { return UsbReply::Stall(); }
  virtual UsbReply OnBulkOut(uint8_t /*endpoint*/, std::string_view /*bytes*/) {
    return UsbReply::Stall();
  }
  // The host reset the port: the device shows itself again as it was.
  virtual void OnReset() {}
};

}  // namespace zprov::sim
