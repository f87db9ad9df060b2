// What os::Supervisor promises, for the simulator and for systemd's notify protocol alike. Its
// words: unit/adapters/sd_daemon_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>

#include "adapters/sd_daemon.h"
#include "sim/clock.h"
#include "sim/supervisor.h"
#include "support/notify_socket.h"

namespace zprov::tests {
namespace {

using Phase = os::Supervisor::Phase;

// Who watches: what it heard, the last of it each time.
class SupervisorWorld {
 public:
  virtual ~SupervisorWorld() = default;
  virtual os::Supervisor& supervisor() = 0;
  // It takes us for hung after 30 s without a word.
  virtual void Watch() = 0;
  virtual bool HeardPhase(Phase phase) = 0;
  virtual bool HeardAlive() = 0;
  virtual bool HeardStatus(const std::string& status) = 0;
};

class SimSupervisorWorld final : public SupervisorWorld {
 public:
  os::Supervisor& supervisor() override { return supervisor_; }
  void Watch() override { supervisor_.Watch(std::chrono::seconds(15)); }
  bool HeardPhase(Phase phase) override { return supervisor_.phase() == phase; }
  bool HeardAlive() override { return supervisor_.last_alive() == clock_.Now(); }
  bool HeardStatus(const std::string& status) override { return supervisor_.status() == status; }

 private:
  sim::VirtualClock clock_;
  sim::Supervisor supervisor_{clock_};
};

class RealSupervisorWorld final : public SupervisorWorld {
 public:
  os::Supervisor& supervisor() override { return *supervisor_; }
  void Watch() override { socket_.Watch("30000000"); }
  bool HeardPhase(Phase phase) override { return socket_.Heard().starts_with(WordOf(phase)); }
  bool HeardAlive() override { return socket_.Heard() == "WATCHDOG=1"; }
  bool HeardStatus(const std::string& status) override {
    return socket_.Heard() == "STATUS=" + status;
  }

 private:
  static std::string WordOf(Phase phase) {
    switch (phase) {
      case Phase::kReady:
        return "READY=1";
      case Phase::kReloading:
        return "RELOADING=1";
      case Phase::kStopping:
        return "STOPPING=1";
    }
    return "";
  }

  NotifySocket socket_;
  std::unique_ptr<os::Supervisor> supervisor_ = adapters::MakeSdDaemon();
};

struct Row {
  std::string name;
  std::unique_ptr<SupervisorWorld> (*make)();
};

void PrintTo(const Row& row, std::ostream* stream) { *stream << row.name; }

class SupervisorContract : public testing::TestWithParam<Row> {
 protected:
  os::Supervisor& supervisor() { return world_->supervisor(); }

  std::unique_ptr<SupervisorWorld> world_ = GetParam().make();
};

TEST_P(SupervisorContract, WantsToHearTwiceWithinItsPatienceThatWeAreAlive) {
  EXPECT_EQ(supervisor().AliveInterval(), std::nullopt) << "nobody watches yet";
  world_->Watch();
  EXPECT_EQ(supervisor().AliveInterval(), std::chrono::seconds(15));
}

TEST_P(SupervisorContract, HearsThatWeAreAlive) {
  EXPECT_FALSE(world_->HeardAlive());
  supervisor().Alive();
  EXPECT_TRUE(world_->HeardAlive());
}

TEST_P(SupervisorContract, HearsEachPhaseThatWeEnter) {
  for (const Phase phase : {Phase::kReady, Phase::kReloading, Phase::kReady, Phase::kStopping}) {
    supervisor().Enter(phase);
    EXPECT_TRUE(world_->HeardPhase(phase));
  }
}

TEST_P(SupervisorContract, HearsOneLineOfHowWeAre) {
  supervisor().Describe("3 of 5 nodes healthy");
  EXPECT_TRUE(world_->HeardStatus("3 of 5 nodes healthy"));
  supervisor().Describe("4 of 5 nodes healthy\nREADY=1");
  EXPECT_TRUE(world_->HeardStatus("4 of 5 nodes healthy"));
}

INSTANTIATE_TEST_SUITE_P(, SupervisorContract,
                         testing::Values(Row{"Sim",
                                             []() -> std::unique_ptr<SupervisorWorld> {
                                               return std::make_unique<SimSupervisorWorld>();
                                             }},
                                         Row{"Real",
                                             []() -> std::unique_ptr<SupervisorWorld> {
                                               return std::make_unique<RealSupervisorWorld>();
                                             }}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace zprov::tests
