#include "scenario/scripted_zero.h"

#include <utility>

namespace zprov::scenario {
namespace {

using sim::UsbReply;
using std::chrono::milliseconds;

// src/core/usbboot/README.md, Identification, told here by itself.
constexpr uint16_t kBroadcom = 0x0a5c;
constexpr uint16_t kRom = 0x2763;
constexpr uint16_t kSecond = 0x2764;
constexpr uint16_t kLinux = 0x0525;
constexpr uint16_t kEthernetGadget = 0xa4a2;

std::string Descriptors(int interfaces, int endpoint) {
  std::string bytes = {9, 2, 25, 0, static_cast<char>(interfaces), 1, 0, 0, 0};
  bytes += {9, 4, static_cast<char>(interfaces - 1), 0, 1, '\xff', 0, 0, 0};
  bytes += {7, 5, static_cast<char>(endpoint), 2, 64, 0, 0};
  return bytes;
}

uint32_t LengthOf(const os::ControlOut& control) {
  return control.value | (uint32_t{control.index} << 16);
}

std::string Request(int command, const std::string& name) {
  std::string bytes = {static_cast<char>(command), 0, 0, 0};
  bytes += name;
  bytes.resize(260, '\0');
  return bytes;
}

}  // namespace

class ScriptedZero::Rom final : public sim::UsbFunction {
 public:
  explicit Rom(ScriptedZero& zero) : zero_(zero) {}
  std::string Configuration() const override { return Descriptors(1, 1); }
  sim::UsbSpeed Speed() const override { return sim::UsbSpeed::kFull; }

  UsbReply OnControlOut(const os::ControlOut& control) override {
    if (zero_.script.trouble == Trouble::kDeafRom) return UsbReply::Never();
    expected_ = LengthOf(control);
    return UsbReply::Taken();
  }
  UsbReply OnBulkOut(uint8_t, std::string_view bytes) override {
    if (zero_.script.trouble == Trouble::kStallsInRom && expected_ != 24) {
      zero_.script.trouble = Trouble::kNone;
      return UsbReply::Stall();
    }
    got_ += bytes;
    if (got_.size() < expected_) return UsbReply::Taken();
    if (expected_ != 24) zero_.got.emplace("first stage", got_);
    got_.clear();
    return UsbReply::Taken();
  }
  UsbReply OnControlIn(const os::ControlIn&) override {
    zero_.LeaveAndThen(milliseconds(1400), [zero = &zero_] { zero->ShowFileServer(); });
    if (zero_.script.trouble == Trouble::kStatusFails) return UsbReply::Stall();
    return UsbReply::Taken(std::string(4, '\0'));
  }
  void OnReset() override { got_.clear(); }

 private:
  ScriptedZero& zero_;
  uint32_t expected_ = 0;
  std::string got_;
};

class ScriptedZero::FileServer final : public sim::UsbFunction {
 public:
  explicit FileServer(ScriptedZero& zero) : zero_(zero) {}
  std::string Configuration() const override { return Descriptors(2, 3); }

  UsbReply OnControlIn(const os::ControlIn&) override {
    if (zero_.script.trouble == Trouble::kDeafFileServer) return UsbReply::Never();
    if (zero_.script.trouble == Trouble::kTalksNonsense) {
      return UsbReply::Taken(Request(1, "../../etc/shadow"));
    }
    if (at_ == zero_.script.names.size()) return UsbReply::Taken(Request(1, ""));
    return UsbReply::Taken(Request(is_size_known_ ? 1 : 0, zero_.script.names[at_]));
  }
  UsbReply OnControlOut(const os::ControlOut& control) override {
    if (zero_.script.trouble == Trouble::kTalksNonsense) return UsbReply::Taken();
    if (at_ == zero_.script.names.size()) {
      zero_.LeaveAndThen(milliseconds(500), [zero = &zero_] { zero->ShowGadget(); });
      return UsbReply::Taken();
    }
    expected_ = LengthOf(control);
    if (expected_ == 0) {
      ++at_;
    } else {
      is_size_known_ = true;
    }
    return UsbReply::Taken();
  }
  UsbReply OnBulkOut(uint8_t, std::string_view bytes) override {
    got_ += bytes;
    if (zero_.script.trouble == Trouble::kVanishesInFile && at_ == 1) {
      zero_.script.trouble = Trouble::kNone;
      zero_.LeaveAndThen(milliseconds(0), [zero = &zero_] { zero->ShowFileServer(); });
      return UsbReply::Never();
    }
    if (got_.size() < expected_) return UsbReply::Taken();
    zero_.got.emplace(zero_.script.names[at_++], std::exchange(got_, ""));
    is_size_known_ = false;
    return UsbReply::Taken();
  }

 private:
  ScriptedZero& zero_;
  size_t at_ = 0;  // of names; at the end: the empty name
  bool is_size_known_ = false;
  uint32_t expected_ = 0;
  std::string got_;
};

ScriptedZero::ScriptedZero(sim::World& world, const PortPath& port, ZeroScript the_script)
    : script(std::move(the_script)), world_(world), port_(port) {
  world_.usb().WirePower(port_, [this](os::UsbBus::PortPower power) {
    ++power_cycle_;
    if (power == os::UsbBus::PortPower::kOff) {
      if (script.trouble == Trouble::kDeafRom) script.trouble = Trouble::kNone;
    } else {
      PowerOn();
    }
  });
}

void ScriptedZero::PowerOn() {
  ++boots;
  world_.usb().Plug({port_, kBroadcom, kRom, 0, 0}, std::make_shared<Rom>(*this));
}

void ScriptedZero::PlugOut() {
  ++power_cycle_;
  world_.usb().Unplug(port_);
}

void ScriptedZero::ShowFileServer() {
  if (script.trouble == Trouble::kNeverBack) return;
  if (script.trouble == Trouble::kBackAsRom) return PowerOn();
  world_.usb().Plug({port_, kBroadcom, kSecond, 1, 0}, std::make_shared<FileServer>(*this));
}

void ScriptedZero::ShowGadget() {
  if (script.trouble == Trouble::kNoLinux) return;
  world_.usb().Plug({port_, kLinux, kEthernetGadget, 0, 2});
}

void ScriptedZero::LeaveAndThen(milliseconds after, std::function<void()> then) {
  const int cycle = power_cycle_;
  world_.queue().After(after, [this, cycle, then = std::move(then)] {
    if (cycle != power_cycle_) return;
    world_.usb().Unplug(port_);
    world_.queue().After(milliseconds(1300), [this, cycle, then] {
      if (cycle == power_cycle_) then();
    });
  });
}

}  // namespace zprov::scenario
