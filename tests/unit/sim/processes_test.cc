// What is particular to simulated programs: who is installed, how long they take. What they share
// with real ones is in tests/contract/processes_contract.cc.
#include "sim/processes.h"

#include <gtest/gtest.h>

namespace zprov::sim {
namespace {

using std::chrono::seconds;

class SimProcesses : public testing::Test {
 protected:
  VirtualClock clock_;
  EventQueue queue_{clock_};
  Processes processes_{queue_};
};

TEST_F(SimProcesses, HaveTheProgramsThatEveryHostHas) {
  for (const char* name : {"systemctl", "udevadm", "exportfs"}) {
    const auto process = processes_.Start({name, "anything"});
    ASSERT_TRUE(process.has_value()) << name;
    EXPECT_EQ(queue_.Next(seconds(60)), os::Event(os::ProcessEnded{*process, 0})) << name;
  }
  EXPECT_EQ(processes_.Started().size(), 3U);
}

TEST_F(SimProcesses, FailLoudlyForAProgramNobodySimulated) {
  const auto process = processes_.Start({"frobnicate"});
  ASSERT_FALSE(process.has_value());
  EXPECT_EQ(process.error().kind, ErrorKind::kNotFound);
  EXPECT_NE(process.error().message.find("the simulated host has no program frobnicate"),
            std::string::npos);
  EXPECT_TRUE(processes_.Started().empty());
}

TEST_F(SimProcesses, CanLackAProgramThatAHostUsuallyHas) {
  processes_.Remove("exportfs");
  EXPECT_EQ(processes_.Start({"exportfs", "-ra"}).error().kind, ErrorKind::kNotFound);
}

TEST_F(SimProcesses, AreTheSameByNameAndByTheSystemsPath) {
  EXPECT_TRUE(processes_.Start({"/usr/sbin/exportfs", "-ra"}).has_value());
  EXPECT_FALSE(processes_.Start({"/opt/exportfs", "-ra"}).has_value());
}

TEST_F(SimProcesses, BehaveByTheirArgumentsAndTakeVirtualTime) {
  processes_.Install("systemctl", [](const std::vector<std::string>& argv) {
    const bool fails = argv.size() > 1 && argv[1] == "restart";
    return ProgramRun{
        .error = fails ? "no such unit\n" : "", .exit_code = fails ? 5 : 0, .takes = seconds(30)};
  });
  const auto process = processes_.Start({"systemctl", "restart"});
  ASSERT_TRUE(process.has_value());
  EXPECT_EQ(
      queue_.Next(seconds(60)),
      os::Event(os::ProcessOutput{*process, os::ProcessOutput::Stream::kError, "no such unit\n"}));
  EXPECT_EQ(queue_.Next(seconds(60)), os::Event(os::ProcessEnded{*process, 5}));
  EXPECT_EQ(clock_.Now(), seconds(30));
}

}  // namespace
}  // namespace zprov::sim
