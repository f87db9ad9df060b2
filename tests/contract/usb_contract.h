// What the files of the contract of os::UsbBus share: boards to plug in, and a test that has a
// world.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "contract/usb_world.h"
#include "support/capability.h"

namespace zprov::tests {

// Not a board's own numbers: the bus does not care, and they have their one place elsewhere.
// pid.codes keeps these for tests: no kernel has a driver for them.
inline constexpr uint16_t kVendor = 0x1209;
inline constexpr uint16_t kFirstStage = 0x0001;
inline constexpr uint16_t kSecondStage = 0x0002;
inline constexpr uint8_t kVendorOut = 0x40;  // bmRequestType, USB 2.0, table 9-2
inline constexpr uint8_t kVendorIn = 0xc0;

inline PortPath At(const char* port) { return *PortPath::Parse(port); }

inline os::UsbDevice Board(const char* port, uint16_t product = kFirstStage,
                           uint8_t serial_index = 0) {
  return {At(port), kVendor, product, serial_index, 0};
}

// Keeps what it was sent, says what it was told to say, and then takes everything but kHang.
inline constexpr std::string_view kHang = "hang";

class ScriptedBoard final : public sim::UsbFunction {
 public:
  explicit ScriptedBoard(std::deque<sim::UsbReply> says = {}) : says_(std::move(says)) {}

  // One vendor interface, 0, with bulk OUT 1.
  std::string Configuration() const override {
    return {"\x09\x02\x19\0\x01\x01\0\x80\x32\x09\x04\0\0\x01\xff\0\0\0\x07\x05\x01\x02\0\x02\0",
            25};
  }
  sim::UsbReply OnControlOut(const os::ControlOut& asked) override {
    const std::lock_guard lock(mutex_);
    controls_.push_back(asked);
    return Say();
  }
  sim::UsbReply OnControlIn(const os::ControlIn& asked) override {
    const std::lock_guard lock(mutex_);
    questions_.push_back(asked);
    return Say();
  }
  sim::UsbReply OnBulkOut(uint8_t /*endpoint*/, std::string_view bytes) override {
    if (bytes == kHang) return sim::UsbReply::Never();
    const std::lock_guard lock(mutex_);
    sim::UsbReply said = Say();
    if (said.kind == sim::UsbReply::Kind::kTaken) got_ += bytes;
    return said;
  }
  void OnReset() override {
    const std::lock_guard lock(mutex_);
    ++resets_;
  }

  std::string got() const { return Copy(got_); }
  std::vector<os::ControlOut> controls() const { return Copy(controls_); }
  std::vector<os::ControlIn> questions() const { return Copy(questions_); }
  int resets() const { return Copy(resets_); }

 private:
  template <typename T>
  T Copy(const T& value) const {
    const std::lock_guard lock(mutex_);
    return value;
  }
  sim::UsbReply Say() {
    if (says_.empty()) return sim::UsbReply::Taken();
    sim::UsbReply said = says_.front();
    says_.pop_front();
    return said;
  }

  mutable std::mutex mutex_;
  std::deque<sim::UsbReply> says_;
  std::string got_;
  std::vector<os::ControlOut> controls_;
  std::vector<os::ControlIn> questions_;
  int resets_ = 0;
};

class UsbContract : public testing::TestWithParam<UsbWorldRow> {
 protected:
  void SetUp() override {
    ZPROV_NEEDS(GetParam().can_make(), GetParam().needs);
    world_ = GetParam().make();
  }

  bool Shows(UsbFact fact) const { return !GetParam().cannot.contains(fact); }
  std::string WhyNot(UsbFact fact) const { return Shows(fact) ? "" : GetParam().cannot.at(fact); }

  os::UsbBus& bus() { return world_->bus(); }
  os::UsbDevice Hub(const char* port) const { return world_->HubAt(At(port)); }
  void Plug(const os::UsbDevice& device, std::shared_ptr<sim::UsbFunction> function = nullptr) {
    world_->Plug(device, std::move(function));
  }
  std::shared_ptr<ScriptedBoard> PlugBoard(const char* port, std::deque<sim::UsbReply> says = {}) {
    auto board = std::make_shared<ScriptedBoard>(std::move(says));
    Plug(Board(port), board);
    return board;
  }

  // Open and ready for bulk.
  os::UsbHandle Claimed(const char* port) {
    const auto opened = bus().Open(At(port));
    EXPECT_TRUE(opened.has_value()) << opened.error().message;
    if (!opened.has_value()) return 0;
    EXPECT_TRUE(bus().Claim(opened->handle, 0).has_value());
    return opened->handle;
  }
  os::UsbTransferId Submit(os::UsbHandle handle, const os::UsbTransfer& transfer) {
    const auto id = bus().Submit(handle, transfer);
    EXPECT_TRUE(id.has_value()) << id.error().message;
    return id.value_or(0);
  }

  // What happens, until `count` events came.
  std::vector<os::Event> Next(size_t count) {
    std::vector<os::Event> events;
    // Only a test that hangs waits that long.
    const os::Moment late = world_->clock().Now() + std::chrono::minutes(5);
    while (events.size() < count) {
      auto event = world_->events().Next(late);
      if (!event.has_value() || std::holds_alternative<os::DeadlinePassed>(*event)) {
        ADD_FAILURE() << "only " << events.size() << " of " << count << " events came";
        break;
      }
      auto* completed = std::get_if<os::UsbCompleted>(&*event);
      const bool is_over = completed != nullptr && completed->outcome != os::UsbOutcome::kDone;
      if (is_over && !Shows(UsbFact::kTakenBytes)) completed->transferred = 0;
      events.push_back(*std::move(event));
    }
    return events;
  }
  os::UsbCompleted Completion() {
    const auto events = Next(1);
    const auto* completed =
        events.empty() ? nullptr : std::get_if<os::UsbCompleted>(&events.front());
    EXPECT_NE(completed, nullptr) << "another event came";
    return completed == nullptr ? os::UsbCompleted{} : *completed;
  }
  // What is under way had time to show itself, and nothing did.
  void ExpectNothingMore() {
    const auto event =
        world_->events().Next(world_->clock().Now() + std::chrono::milliseconds(100));
    EXPECT_TRUE(event.has_value() && std::holds_alternative<os::DeadlinePassed>(*event));
  }

  std::unique_ptr<UsbWorld> world_;
};

template <typename T>
void ExpectFails(const Result<T>& outcome, ErrorKind kind) {
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().kind, kind) << outcome.error().message;
}

}  // namespace zprov::tests
