// What we say to systemd, heard on a notify socket of the test's own.
#include "adapters/sd_daemon.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "adapters/fd.h"

namespace zprov::tests {
namespace {

using os::Supervisor;

class SdDaemon : public testing::Test {
 protected:
  // An abstract name, given by the kernel: nothing is left behind.
  void SetUp() override {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socklen_t size = sizeof(sa_family_t);
    ASSERT_EQ(::bind(socket_.number(), reinterpret_cast<sockaddr*>(&address), size), 0);
    size = sizeof(address);
    ASSERT_EQ(::getsockname(socket_.number(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    const size_t length = size - sizeof(sa_family_t);
    std::string name(address.sun_path, length);
    name[0] = '@';
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  void TearDown() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  }

  std::string Heard() {
    std::string text(4096, '\0');
    const ssize_t size = ::recv(socket_.number(), text.data(), text.size(), MSG_DONTWAIT);
    return size < 0 ? "nothing" : text.substr(0, static_cast<size_t>(size));
  }

  adapters::Fd socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
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
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
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
