// Devices that the kernel shows and has not configured yet: the mocked bus alone can stop there.
#include <chrono>
#include <optional>

#include "adapters/event_loop.h"
#include "adapters/system_clock.h"
#include "adapters/usb_settling.h"
#include "contract/usb_contract.h"
#include "contract/usb_world_real.h"

namespace zprov::tests {
namespace {

using os::DeadlinePassed;
using os::UsbArrived;
using std::chrono::milliseconds;
using testing::_;
using testing::VariantWith;

constexpr milliseconds kLong{5000};

class UnconfiguredUsb : public testing::Test {
 protected:
  void SetUp() override {
    const UsbWorldRow row = RealUsbWorlds();
    ZPROV_NEEDS(row.can_make(), row.needs);
    world_ = MakeMockedUsb();
    ASSERT_TRUE(world_->bus().Watch().has_value());
  }
  os::Event Next(milliseconds within) {
    auto event = world_->events().Next(world_->clock().Now() + within);
    EXPECT_TRUE(event.has_value()) << event.error().message;
    return event.has_value() ? *std::move(event) : os::Event();
  }
  void ExpectArrival(const os::UsbDevice& device) {
    EXPECT_THAT(Next(kLong), VariantWith<UsbArrived>(UsbArrived{device}));
  }
  // Waits many times as long as it takes to say what can be said.
  void ExpectNothing() { EXPECT_THAT(Next(milliseconds(200)), VariantWith<DeadlinePassed>(_)); }

  std::unique_ptr<MockedUsb> world_;
};

TEST_F(UnconfiguredUsb, ArrivesWhenItIsConfigured) {
  const os::UsbDevice board = Board("1-1");
  world_->PlugUnconfigured(board, std::make_shared<ScriptedBoard>());
  ExpectNothing();
  world_->Configure(board);
  ExpectArrival(board);
  const auto opened = world_->bus().Open(board.port);
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  EXPECT_EQ(opened->configuration, ScriptedBoard().Configuration());
}

TEST_F(UnconfiguredUsb, DelaysNobodyElse) {
  const os::UsbDevice other = Board("1-2");
  world_->PlugUnconfigured(Board("1-1"), std::make_shared<ScriptedBoard>());
  world_->Plug(other, nullptr);
  ExpectArrival(other);
}

TEST_F(UnconfiguredUsb, LeavesWithoutAWordWhenItNeverWasSaid) {
  const os::UsbDevice board = Board("1-1");
  world_->PlugUnconfigured(board, std::make_shared<ScriptedBoard>());
  ExpectNothing();
  world_->Unplug(board.port);
  ExpectNothing();
}

// The kernel gives up on a device that refuses its configuration: whoever boots it must hear of it.
TEST(UsbSettling, SaysADeviceThatIsNeverConfiguredAfterAWhile) {
  const auto clock = adapters::MakeSystemClock();
  const auto loop = adapters::MakeEventLoop(*clock);
  std::optional<PortPath> settled;
  adapters::UsbSettling settling(*loop, milliseconds(30), [&](const adapters::SeenUsbDevice& seen) {
    settled = seen.shown.port;
  });
  const os::Moment begun = clock->Now();
  settling.Await({nullptr, Board("9-9")});
  EXPECT_EQ(settled, std::nullopt);
  while (!settled && clock->Now() < begun + kLong) {
    ASSERT_TRUE(loop->Next(clock->Now() + milliseconds(10)).has_value());
  }
  EXPECT_EQ(settled, At("9-9"));
  EXPECT_GE(clock->Now() - begun, milliseconds(30));
}

}  // namespace
}  // namespace zprov::tests
