// The Zero's serial line, with a person at its socket.
#include "vm/cable/console.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

#include "sim/clock.h"
#include "vm/cable/unix_socket.h"

namespace zprov::vm {
namespace {

class AConsole : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(mkdtemp(directory.data()), nullptr);
    ASSERT_TRUE(console.Open(directory).has_value());
    PlugIn();
  }
  void TearDown() override {
    close(machine);
    std::filesystem::remove_all(directory);
  }
  void PlugIn() {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    machine = ends[0];
    console.Attach(ends[1]);
  }
  int Person() {
    const auto person = ConnectTo(directory + "/console");
    EXPECT_TRUE(person.has_value());
    console.Carry();
    return person.value_or(-1);
  }
  static void Say(int fd, const std::string& text) {
    EXPECT_EQ(write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  static std::string Heard(int fd) {
    char buffer[100];
    const ssize_t got = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
    return got < 0 ? "" : std::string(buffer, static_cast<size_t>(got));
  }
  std::string Log() const {
    std::ostringstream all;
    all << std::ifstream(directory + "/console.log").rdbuf();
    return all.str();
  }

  std::string directory = "/tmp/zprov-console-XXXXXX";
  sim::VirtualClock clock;
  Console console{clock};
  int machine = -1;
};

TEST_F(AConsole, IsALogWithAStampInEachLine) {
  Say(machine, "Linux\r\nlogin: ");
  console.Carry();
  const std::string stamp = Stamp(clock.WallTime());
  EXPECT_EQ(Log(), stamp + " Linux\n" + stamp + " login: ");
}

TEST_F(AConsole, IsHeardByAllWhoListenAndTypedOnByEach) {
  const int one = Person();
  const int other = Person();
  Say(machine, "login: ");
  console.Carry();
  EXPECT_EQ(Heard(one), "login: ");
  EXPECT_EQ(Heard(other), "login: ");
  Say(one, "root\n");
  console.Carry();
  EXPECT_EQ(Heard(machine), "root\n");
  close(one);
  console.Carry();
  Say(other, "ls\n");
  console.Carry();
  EXPECT_EQ(Heard(machine), "ls\n");
  close(other);
}

TEST_F(AConsole, KeepsTheLastWordsOfAMachineAndServesTheNext) {
  Say(machine, "reboot: Restarting system\n");
  console.Detach();
  EXPECT_THAT(Log(), testing::HasSubstr("Restarting system"));
  const int person = Person();
  close(machine);
  PlugIn();
  Say(machine, "again\n");
  console.Carry();
  EXPECT_EQ(Heard(person), "again\n");
  EXPECT_THAT(Log(), testing::HasSubstr("Restarting system"));
  close(person);
}

}  // namespace
}  // namespace zprov::vm
