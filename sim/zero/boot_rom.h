// The boot ROM: takes the 24-byte message and the first-stage file, and says that it has them. What
// comes of it is its board's (zero.h).
#pragma once

#include <functional>
#include <string>

#include "sim/usb_function.h"

namespace zprov::sim::zero {

class BootRom final : public UsbFunction {
 public:
  enum class Mood { kWell, kDeaf, kStallsTheFile, kLeavesBeforeStatus };

  struct Told {
    // The file is complete: whether it is one that the ROM takes.
    std::function<bool(const std::string& file)> file;
    std::function<void()> reset;
  };

  BootRom(Mood mood, Told told) : mood_(mood), told_(std::move(told)) {}

  std::string Configuration() const override;
  UsbSpeed Speed() const override { return UsbSpeed::kFull; }
  UsbReply OnControlOut(const os::ControlOut& request) override;
  UsbReply OnControlIn(const os::ControlIn& request) override;
  UsbReply OnBulkOut(uint8_t endpoint, std::string_view bytes) override;
  void OnReset() override;

  void set_mood(Mood mood) { mood_ = mood; }

 private:
  enum class Wants { kMessageLength, kMessage, kFileLength, kFile, kStatusRead, kNothing };

  Mood mood_;
  Told told_;
  Wants wants_ = Wants::kMessageLength;
  size_t missing_ = 0;  // bytes of what it is being sent
  std::string file_;
  bool is_good_ = false;
};

}  // namespace zprov::sim::zero
