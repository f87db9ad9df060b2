// What we say to systemd, heard on a notify socket of the test's own.
#include "adapters/sd_daemon.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "support/notify_socket.h"

namespace zprov::tests {
namespace {

using os::Supervisor;

class SdDaemon : public testing::Test {
 protected:
  std::string Heard() { return socket_.Heard(); }

  NotifySocket socket_;
  std::unique_ptr<Supervisor> supervisor_ = adapters::MakeSdDaemon();
};

TEST_F(SdDaemon, SaysWhenItIsReadyAndWhenItStops) {
  supervisor_->Enter(Supervisor::Phase::kReady);
  EXPECT_EQ(Heard(), "READY=1");
  supervisor_->Enter(Supervisor::Phase::kStopping);
  EXPECT_EQ(Heard(), "STOPPING=1");
}

TEST_F(SdDaemon, SaysWhenAReloadBegan) {
  supervisor_->Enter(Supervisor::Phase::kReloading);
  EXPECT_EQ(Heard().substr(0, 27), "RELOADING=1\nMONOTONIC_USEC=");
}

TEST_F(SdDaemon, SaysThatItIsAlive) {
  supervisor_->Alive();
  EXPECT_EQ(Heard(), "WATCHDOG=1");
}

TEST_F(SdDaemon, SaysOneLineOfStatusAndNoOtherVariable) {
  supervisor_->Describe("3 of 5 nodes healthy\nREADY=1");
  EXPECT_EQ(Heard(), "STATUS=3 of 5 nodes healthy");
}

TEST_F(SdDaemon, WantsToBeHeardTwiceWithinTheWatchdogsTime) {
  socket_.Watch("30000000");
  EXPECT_EQ(supervisor_->AliveInterval(), std::chrono::seconds(15));
}

TEST_F(SdDaemon, SaysNothingWhereNobodyWatches) {
  ::unsetenv("NOTIFY_SOCKET");
  supervisor_->Alive();
  EXPECT_EQ(Heard(), "nothing");
  EXPECT_EQ(supervisor_->AliveInterval(), std::nullopt);
}

}  // namespace
}  // namespace zprov::tests
