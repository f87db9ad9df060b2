// One port of the cable, with the machine's half of usbredir on the other side.
#include "vm/cable/redir_port.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/clock.h"
#include "unit/vm/machine_port.h"

namespace zprov::vm {
namespace {

using sim::UsbReply;
using testing::ElementsAre;
using testing::IsEmpty;
using tests::MachinePort;
using Done = MachinePort::Done;

constexpr int kSuccess = 0;  // usbredirproto.h
constexpr int kCancelled = 1;
constexpr int kStalled = 4;

// One vendor interface with bulk OUT 1 and IN 2 of 64 bytes.
constexpr std::string_view kConfiguration{
    "\x09\x02\x20\x00\x01\x01\x00\x80\x32"
    "\x09\x04\x00\x00\x02\xff\x00\x00\x00"
    "\x07\x05\x01\x02\x40\x00\x00"
    "\x07\x05\x82\x02\x40\x00\x00",
    32};

class Recorder : public sim::UsbFunction {
 public:
  std::string Configuration() const override { return std::string(kConfiguration); }
  sim::UsbSpeed Speed() const override { return sim::UsbSpeed::kFull; }
  UsbReply OnControlOut(const os::ControlOut& request) override {
    announced = request.value;
    return reply;
  }
  UsbReply OnControlIn(const os::ControlIn& request) override {
    return reply.kind == UsbReply::Kind::kTaken
               ? UsbReply::Taken(std::string(request.length + 3U, 'x'))
               : reply;
  }
  UsbReply OnBulkOut(uint8_t, std::string_view bytes) override {
    if (reply.kind == UsbReply::Kind::kTaken) received += bytes;
    return reply;
  }
  void OnReset() override { ++resets; }

  UsbReply reply = UsbReply::Taken();
  std::string received;
  uint16_t announced = 0;
  int resets = 0;
};

class APort : public testing::Test {
 protected:
  void Plug() { port.Plug(TheDevice()); }
  Device TheDevice() {
    return {.descriptor = {.vendor = 0x1234,
                           .product = 0x5678,
                           .manufacturer_index = 1,
                           .serial_index = 2},
            .strings = {"maker", "7"},
            .function = function,
            .bulk_in = [this](size_t most) {
              return to_host.empty() ? UsbReply::Never() : UsbReply::Taken(to_host.substr(0, most));
            }};
  }
  // What GET_DESCRIPTOR brings.
  Done Descriptor(uint8_t type, uint8_t index, uint16_t length) {
    const auto value = static_cast<uint16_t>(type << 8 | index);
    return machine.ResultOf(machine.ControlIn({0x80, 6, value, 0, length})).value_or(Done{-1});
  }

  sim::VirtualClock clock;
  RedirPort port{clock};
  MachinePort machine{port};
  std::shared_ptr<Recorder> function = std::make_shared<Recorder>();
  std::string to_host;
};

TEST_F(APort, ShowsADeviceWithItsSpeedAndItsEndpoints) {
  Plug();
  machine.Pump();
  EXPECT_THAT(machine.plugged(), ElementsAre("1234:5678 full"));
  EXPECT_THAT(machine.endpoints(), ElementsAre("OUT 1 64", "IN 2 64"));
}

TEST_F(APort, ShowsTheNextDeviceOnlyOnceTheLastOnesDepartureIsAcknowledged) {
  Plug();
  machine.Pump();
  Plug();
  EXPECT_THAT(machine.plugged(), ElementsAre("1234:5678 full"));
  machine.Pump();
  EXPECT_THAT(machine.plugged(), ElementsAre("1234:5678 full", "-", "1234:5678 full"));
}

TEST_F(APort, AnswersTheStandardRequestsFromTheDescriptors) {
  Plug();
  const std::string device(
      "\x12\x01\x00\x02\x00\x00\x00\x40\x34\x12\x78\x56\x00\x01\x01\x00\x02\x01", 18);
  EXPECT_EQ(Descriptor(1, 0, 18), (Done{kSuccess, device}));
  EXPECT_EQ(Descriptor(1, 0, 8), (Done{kSuccess, device.substr(0, 8)}));
  EXPECT_EQ(Descriptor(2, 0, 9), (Done{kSuccess, std::string(kConfiguration.substr(0, 9))}));
  EXPECT_EQ(Descriptor(3, 2, 255), (Done{kSuccess, std::string("\x04\x03\x37\x00", 4)}));
  EXPECT_EQ(Descriptor(3, 3, 255), (Done{kStalled, ""}));
}

TEST_F(APort, GivesNoMoreBytesThanWereAskedFor) {
  Plug();
  EXPECT_EQ(machine.ResultOf(machine.ControlIn({0xc0, 0, 4, 0, 4})), (Done{kSuccess, "xxxx"}));
}

TEST_F(APort, CarriesBulkBytesOfAnySizeToTheDevice) {
  Plug();
  const std::string large(100'000, 'b');
  EXPECT_EQ(machine.ResultOf(machine.BulkOut(1, large)), (Done{kSuccess, ""}));
  EXPECT_EQ(function->received, large);
}

TEST_F(APort, KeepsTheOrderOfAnEndpointWhileTheDeviceWantsToBeAskedLater) {
  Plug();
  function->reply = UsbReply::Later(std::chrono::milliseconds(5));
  const uint64_t first = machine.BulkOut(1, "1");
  const uint64_t second = machine.BulkOut(1, "2");
  EXPECT_EQ(port.NextDeadline(), std::chrono::milliseconds(5));
  clock.Advance(std::chrono::milliseconds(4));
  function->reply = UsbReply::Taken();
  port.CatchUp();
  EXPECT_EQ(machine.ResultOf(first), std::nullopt);
  clock.Advance(std::chrono::milliseconds(1));
  port.CatchUp();
  EXPECT_EQ(machine.ResultOf(first), Done{kSuccess});
  EXPECT_EQ(machine.ResultOf(second), Done{kSuccess});
  EXPECT_EQ(function->received, "12");
  EXPECT_EQ(port.NextDeadline(), os::Moment::max());
}

TEST_F(APort, HoldsAReadUntilTheDeviceHasSomething) {
  Plug();
  const uint64_t read = machine.BulkIn(2, 3);
  EXPECT_EQ(machine.ResultOf(read), std::nullopt);
  to_host = "frame";
  port.Poke();
  EXPECT_EQ(machine.ResultOf(read), (Done{kSuccess, "fra"}));
}

TEST_F(APort, EndsATransferThatTheMachineCancels) {
  Plug();
  function->reply = UsbReply::Never();
  const uint64_t stuck = machine.ControlOut({0x40, 0, 1, 0});
  const uint64_t next = machine.ControlOut({0x40, 0, 2, 0});
  function->reply = UsbReply::Taken();
  machine.Cancel(stuck);
  EXPECT_EQ(machine.ResultOf(stuck), Done{kCancelled});
  EXPECT_EQ(machine.ResultOf(next), Done{kSuccess});
  EXPECT_EQ(function->announced, 2);
}

TEST_F(APort, EndsEveryTransferBeforeTheDeviceLeaves) {
  Plug();
  const uint64_t read = machine.BulkIn(2, 64);
  port.Unplug();
  EXPECT_EQ(machine.ResultOf(read), Done{kCancelled});
  EXPECT_THAT(machine.plugged(), ElementsAre("1234:5678 full", "-"));
}

TEST_F(APort, TellsTheDeviceOfAResetOnlyWhenItIsInUse) {
  Plug();
  machine.Reset();
  EXPECT_EQ(function->resets, 0);
  machine.Configure();
  machine.Reset();
  EXPECT_EQ(function->resets, 1);
}

TEST_F(APort, SaysOnceThatTheHostChoseTheConfiguration) {
  int told = 0;
  Device device = TheDevice();
  device.configured = [&] { ++told; };
  port.Plug(std::move(device));
  machine.Configure();
  machine.Configure();
  EXPECT_EQ(told, 1);
}

TEST_F(APort, HasNoSettingsButThoseOfItsDescriptors) {
  Plug();
  EXPECT_EQ(machine.ResultOf(machine.Set(0, 0)), Done{kSuccess});
  EXPECT_EQ(machine.ResultOf(machine.Set(0, 1)), Done{kStalled});
  EXPECT_EQ(machine.ResultOf(machine.Listen(3)), Done{kStalled});
}

TEST_F(APort, HasNoConfigurationButItsOwn) {
  Plug();
  EXPECT_EQ(Descriptor(2, 1, 255), (Done{kStalled, ""}));
  EXPECT_EQ(machine.ResultOf(machine.Configure(2)), Done{kStalled});
  EXPECT_EQ(machine.ResultOf(machine.Configure(1)), Done{kSuccess});
}

TEST_F(APort, HasTheEndpointsOfTheConfigurationInUse) {
  Device device = TheDevice();
  std::string other(kConfiguration);
  other[5] = 7;   // its value
  other[20] = 3;  // OUT 3
  device.further = {other};
  port.Plug(device);
  EXPECT_EQ(Descriptor(2, 1, 255), (Done{kSuccess, other}));
  EXPECT_EQ(machine.ResultOf(machine.Configure(7)), Done{kSuccess});
  EXPECT_THAT(machine.endpoints(), ElementsAre("OUT 3 64", "IN 2 64"));
  machine.Configure(1);
  EXPECT_THAT(machine.endpoints(), ElementsAre("OUT 1 64", "IN 2 64"));
}

TEST_F(APort, HasNoOtherSpeedUnlessTheDeviceSaysSo) {
  Plug();
  EXPECT_EQ(Descriptor(6, 0, 255), (Done{kStalled, ""}));
  EXPECT_EQ(Descriptor(7, 0, 255), (Done{kStalled, ""}));
}

TEST_F(APort, TellsTheDeviceOfARequestWithItsBytesAndTheConfigurationInUse) {
  std::string heard;
  Device device = TheDevice();
  device.on_request = [&](const Request& request) {
    heard = std::to_string(request.configuration) + " " + std::string(request.bytes);
    return UsbReply::Taken("answer");
  };
  port.Plug(device);
  machine.Configure();
  EXPECT_EQ(machine.ResultOf(machine.ControlOut({0x21, 0, 0, 0}, "message")), Done{kSuccess});
  EXPECT_EQ(heard, "1 message");
  EXPECT_EQ(machine.ResultOf(machine.ControlIn({0xa1, 1, 0, 0, 4})), (Done{kSuccess, "answ"}));
}

// With an interrupt endpoint, 2, in place of bulk IN.
class AnInterruptEndpoint : public APort {
 protected:
  class Listened : public Recorder {
   public:
    std::string Configuration() const override {
      std::string bytes(kConfiguration);
      bytes[28] = 3;
      return bytes;
    }
  };
  void PlugWithNotices() {
    function = std::make_shared<Listened>();
    Device device = TheDevice();
    device.notices = [this](uint8_t configuration) {
      listened_in = configuration;
      return notices;
    };
    device.news = [this] { return std::exchange(news, {}); };
    device.on_request = [](const Request&) { return UsbReply::Taken(); };
    port.Plug(device);
    machine.Configure();
  }
  std::vector<std::string> notices = {"begin"};
  std::vector<std::string> news;
  uint8_t listened_in = 0;
};

TEST_F(AnInterruptEndpoint, SaysItsNoticesToAHostThatBeginsToListen) {
  PlugWithNotices();
  EXPECT_THAT(machine.notices(), IsEmpty());
  EXPECT_EQ(machine.ResultOf(machine.Listen(2)), Done{kSuccess});
  EXPECT_THAT(machine.notices(), ElementsAre("begin"));
  EXPECT_EQ(listened_in, 1);
}

// A busy guest that hears both in a row stays without carrier.
TEST_F(AnInterruptEndpoint, SaysOnlyTheLastNoticeOfAKind) {
  PlugWithNotices();
  notices = {"link down", "link up", "speed"};
  machine.Listen(2);
  EXPECT_THAT(machine.notices(), ElementsAre("link up", "speed"));
}

TEST_F(AnInterruptEndpoint, SaysItsNewsAfterARequestOnceTheHostListens) {
  PlugWithNotices();
  news = {"early"};
  machine.ControlOut({0x21, 0, 0, 0});
  EXPECT_THAT(machine.notices(), IsEmpty());
  machine.Listen(2);
  news = {"late"};
  machine.ControlOut({0x21, 0, 0, 0});
  EXPECT_THAT(machine.notices(), ElementsAre("begin", "early", "late"));
}

TEST_F(APort, RefusesWhatIsNoUsbredir) {
  const auto received = port.Receive(std::string(64, '\xff'));
  ASSERT_FALSE(received.has_value());
  EXPECT_EQ(received.error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace zprov::vm
