// Orders through a real socket, from the calls to the words and back.
#include "vm/cluster/cable_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "vm/cable/control_socket.h"
#include "vm/cable/unix_socket.h"

namespace zprov::vm {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

// A cable that writes down its orders, on a thread of its own.
class AControlledCable : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
    auto socket = ControlSocket::At(path());
    ASSERT_TRUE(socket.has_value()) << socket.error().message;
    socket_ = std::move(*socket);
    cable_ = std::thread([this] { Serve(); });
  }
  void TearDown() override {
    EXPECT_TRUE(CableControl(path()).Ask("the end").has_value());
    cable_.join();
    std::filesystem::remove_all(directory_);
  }
  std::string path() const { return directory_ + "/control"; }

  std::vector<std::string> orders_;
  std::string answer_ = "ok";

 private:
  void Serve() {
    for (bool has_ended = false; !has_ended;) {
      std::vector<pollfd> waits;
      socket_.AddInterest(waits);
      poll(waits.data(), waits.size(), -1);
      socket_.Serve([&](std::string_view line) {
        has_ended = line == "the end";
        if (has_ended) return std::string("ok");
        orders_.emplace_back(line);
        return answer_;
      });
    }
  }

  std::string directory_ = "/tmp/zprov-control-XXXXXX";
  ControlSocket socket_;
  std::thread cable_;
};

TEST_F(AControlledCable, IsGivenEachCallAsALineOfWords) {
  CableControl cable(path());
  EXPECT_TRUE(cable.CutPower().has_value());
  EXPECT_TRUE(cable.GivePower().has_value());
  EXPECT_TRUE(cable.Unplug().has_value());
  EXPECT_TRUE(cable.Plug().has_value());
  EXPECT_TRUE(cable.Break(sim::zero::Fault::kRomDeaf, 2).has_value());
  EXPECT_TRUE(cable.Mend().has_value());
  EXPECT_TRUE(cable.SetPatience(std::chrono::minutes(1)).has_value());
  EXPECT_TRUE(cable.Delay(milliseconds(20)).has_value());
  EXPECT_TRUE(cable.DropPercent(3).has_value());
  EXPECT_TRUE(cable.CorruptPercent(4).has_value());
  EXPECT_THAT(orders_, ElementsAre("power off", "power on", "unplug", "plug", "fault rom-deaf 2",
                                   "fault none", "patience 60", "delay 20", "drop 3", "corrupt 4"));
}

TEST_F(AControlledCable, SaysWhatItWasAskedFor) {
  answer_ = "ok file-server";
  EXPECT_EQ(CableControl(path()).Stage(), "file-server");
}

TEST_F(AControlledCable, SaysNoWithItsReason) {
  answer_ = "no: there is no such fault";
  const auto broken = CableControl(path()).Break(sim::zero::Fault::kNoMount);
  ASSERT_FALSE(broken.has_value());
  EXPECT_EQ(broken.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(broken.error().message, HasSubstr("fault no-mount"));
  EXPECT_THAT(broken.error().message, HasSubstr("there is no such fault"));
}

TEST_F(AControlledCable, IsMissedWhereItIsNot) {
  const auto stage = CableControl(path() + "-elsewhere").Stage();
  ASSERT_FALSE(stage.has_value());
  EXPECT_EQ(stage.error().kind, ErrorKind::kFailed);
}

TEST_F(AControlledCable, OutlivesOneWhoLeavesInTheMiddleOfALine) {
  const auto half = ConnectTo(path());
  ASSERT_TRUE(half.has_value());
  ASSERT_EQ(write(*half, "power on\npow", 12), 12);
  close(*half);
  EXPECT_TRUE(CableControl(path()).Ask("power off").has_value());
  EXPECT_THAT(orders_, ElementsAre("power on", "power off"));
}

}  // namespace
}  // namespace zprov::vm
