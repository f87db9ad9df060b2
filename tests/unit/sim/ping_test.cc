// The simulated ping: which packets come back, how long it takes, and how it ends.
#include "sim/ping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zprov::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::StartsWith;

// One Zero at a port of a bridge, with room for large packets.
class SimPing : public testing::Test {
 protected:
  void SetUp() override {
    port_ = network_.PlugUsb({.port = *PortPath::Parse("1-1.3"), .driver = UsbDriver::kCdcSubset});
    network_.SetNeighbour(port_, Neighbour{*Mac::Parse("02:34:33:3c:50:22"), node_, 7418});
    ASSERT_TRUE(network_.EnsureBridge("san", {.mtu = 7418}).has_value());
    ASSERT_TRUE(network_.AddAddress("san", *InterfaceAddress::Parse("192.168.7.1/24")).has_value());
    ASSERT_TRUE(network_.SetLink(port_, {.mtu = 7418, .master = "san", .up = true}).has_value());
  }

  ProgramRun Ping(const std::vector<std::string>& options) {
    std::vector<std::string> argv = {"ping", "-n", "-q"};
    argv.insert(argv.end(), options.begin(), options.end());
    argv.push_back(node_.ToString());
    return sim::Ping(network_, argv);
  }
  ProgramRun PingOf(const std::string& bytes) { return Ping({"-c", "3", "-s", bytes}); }

  VirtualClock clock_;
  EventQueue queue_{clock_};
  Network network_{queue_, *KernelRules::Of("6.1.177")};
  Ipv4 node_ = *Ipv4::Parse("192.168.7.33");
  std::string port_;
};

TEST_F(SimPing, EndsWithZeroWhenItsPacketsComeBack) {
  const ProgramRun run = PingOf("56");
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.out, StartsWith("3 packets transmitted, 3 received, 0% packet loss"));
}

TEST_F(SimPing, EndsWithOneWhenNobodyAnswers) {
  network_.SetNeighbour(port_, std::nullopt);
  const ProgramRun run = PingOf("56");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.out, StartsWith("3 packets transmitted, 0 received, 100% packet loss"));
}

TEST_F(SimPing, EndsWithTwoWhenItDoesNotUnderstand) {
  EXPECT_EQ(Ping({"-c", "3"}).exit_code, 2);
  EXPECT_EQ(Ping({"-s", "56"}).exit_code, 2);
  EXPECT_EQ(Ping({"-c", "3", "-s", "many"}).exit_code, 2);
  EXPECT_EQ(Ping({"-c", "3", "-s", "65508"}).exit_code, 2) << "more than a packet holds";
}

TEST_F(SimPing, FillsAPacketWithItsBytesAndTwoHeaders) {
  EXPECT_EQ(PingOf("7390").exit_code, 0);
  EXPECT_EQ(PingOf("7391").exit_code, 1);
}

TEST_F(SimPing, LosesWhatIsLargerThanThePortOrTheBridgeOrTheFarEndTakes) {
  ASSERT_TRUE(network_.SetLink(port_, {.mtu = 1500}).has_value());
  EXPECT_EQ(PingOf("1473").exit_code, 1) << "the port's";
  EXPECT_EQ(PingOf("1472").exit_code, 0);
  ASSERT_TRUE(network_.SetLink(port_, {.mtu = 7418}).has_value());
  ASSERT_TRUE(network_.SetLink("san", {.mtu = 1500}).has_value());
  EXPECT_EQ(PingOf("1473").exit_code, 1) << "the bridge's";
  ASSERT_TRUE(network_.SetLink("san", {.mtu = 7418}).has_value());
  network_.SetNeighbour(port_, Neighbour{*Mac::Parse("02:34:33:3c:50:22"), node_, 1500});
  EXPECT_EQ(PingOf("1473").exit_code, 1) << "the far end's";
}

TEST_F(SimPing, TakesASecondForEachPacketAndInAFloodWhatTheWireTakes) {
  EXPECT_EQ(PingOf("56").takes, seconds(3));
  // 2 * 1000 * 1500 bytes at 13 * 512 * 8 bytes in a millisecond, and one for the rest.
  EXPECT_EQ(Ping({"-f", "-c", "1000", "-s", "1472"}).takes, milliseconds(57));
}

TEST_F(SimPing, IsSlowerAtFullSpeed) {
  network_.Unplug(port_);
  const std::string slow = network_.PlugUsb({.port = *PortPath::Parse("1-1.3"), .bulk_packet = 64});
  network_.SetNeighbour(slow, Neighbour{*Mac::Parse("02:34:33:3c:50:22"), node_});
  ASSERT_TRUE(network_.SetLink(slow, {.master = "san", .up = true}).has_value());
  // 2 * 100 * 1500 bytes at 19 * 64 bytes in a millisecond, and one for the rest.
  EXPECT_EQ(Ping({"-f", "-c", "100", "-s", "1472"}).takes, milliseconds(247));
}

}  // namespace
}  // namespace zprov::sim
