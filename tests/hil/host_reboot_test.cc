// A run that reboots its host at its end, and the next one, which says what became of the nodes.
#include "hil/host_reboot.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <functional>

#include "tests/hil/cycled_rig.h"

namespace zprov::hil {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// What the kernel calls this boot.
constexpr const char* kBootId = "/proc/sys/kernel/random/boot_id";

class RebootedHost : public CycledRig {
 protected:
  RebootedHost() {
    world_.AtBoot([this](sim::World& booted) {
      booted.Put(kBootId, fmt::format("boot {}\n", ++boots_));
      booted.processes().Install("systemctl", [this](const std::vector<std::string>& argv) {
        is_told_ |= argv.at(1) == "reboot" && obeys_;
        return obeys_ ? sim::ProgramRun{}
                      : sim::ProgramRun{.error = "Access denied\n", .exit_code = 1};
      });
    });
    Start({"serve"});
  }

  run::Ended Ask() { return Zprov({"--hil", "--reboot-host", "--yes"}); }
  run::Ended Look() { return Zprov({"--hil"}); }

  // What systemd does with it; with the service enabled or not.
  enum class Serve { kEnabled, kDisabled };
  void Reboot(Serve serve = Serve::kEnabled) {
    ASSERT_TRUE(is_told_);
    host_.KillAll();
    happens_meanwhile_();
    world_.Reboot();
    if (serve == Serve::kEnabled) Start({"serve"});
    host_.RunUntil(world_.clock().Now() + std::chrono::seconds(1));
  }

  bool IsNoted() const { return world_.scene().Has(HostRebootPath(spec_)); }

  int boots_ = 0;
  bool obeys_ = true;
  bool is_told_ = false;
  std::function<void()> happens_meanwhile_ = [] {};
};

TEST_F(RebootedHost, HasItsNodesBackAndSaysSoOnce) {
  const run::Ended asked = Ask();
  EXPECT_EQ(asked.exit, 0) << asked.out << asked.err;
  EXPECT_THAT(asked.err, AllOf(HasSubstr("snail is rebooted: what runs on it ends"),
                               HasSubstr("snail reboots: afterwards zprov --hil says")));
  ASSERT_NO_FATAL_FAILURE(Reboot());
  const run::Ended ended = Look();
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("pass    host-reboot"));
  EXPECT_TRUE(AllAreHealthy()) << "it waits for them";
  EXPECT_FALSE(IsNoted());
  EXPECT_THAT(Look().out, AllOf(HasSubstr("skip    host-reboot"),
                                HasSubstr("zprov --hil --reboot-host does so at its end")));
}

TEST_F(RebootedHost, NamesANodeThatDoesNotRunAgainUntilItDoes) {
  Ask();
  ASSERT_NO_FATAL_FAILURE(Reboot());
  Board(2).Unplug();
  const run::Ended ended = Look();
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("fail    host-reboot"),
                               HasSubstr("s2: does not run again since the host rebooted, at stage "
                                         "\"quarantined\": first stage sent: "),
                               HasSubstr("cure: zprov status s2 "),
                               HasSubstr("rm /x/.zprov/hil.reboot: nobody asks any more"),
                               Not(HasSubstr("s1: does not run"))));
  EXPECT_TRUE(IsNoted());
  Board(2).PlugIn();
  host_.RunUntil(world_.clock().Now() + std::chrono::seconds(1));
  EXPECT_THAT(Look().out, HasSubstr("pass    host-reboot"));
}

TEST_F(RebootedHost, NamesBoardsThatChangedPlacesMeanwhile) {
  Ask();
  happens_meanwhile_ = [this] {
    for (const size_t node : {0, 1}) Board(node).Unplug();
    Board(0).ChangePlacesWith(Board(1));
    for (const size_t node : {0, 1}) Board(node).PlugIn();
  };
  ASSERT_NO_FATAL_FAILURE(Reboot());
  EXPECT_THAT(Look().out,
              AllOf(HasSubstr("fail    host-reboot"), HasSubstr("s0: came back as another board"),
                    HasSubstr("s1: came back as another board")));
}

TEST_F(RebootedHost, SaysThatNobodyBootsTheNodes) {
  Ask();
  ASSERT_NO_FATAL_FAILURE(Reboot(Serve::kDisabled));
  EXPECT_THAT(Look().out, AllOf(HasSubstr("snail: no serve runs since the host rebooted"),
                                HasSubstr("cure: systemctl enable --now zprov")));
}

TEST_F(RebootedHost, IsNotJudgedBeforeItRebooted) {
  Ask();
  EXPECT_THAT(Look().out, AllOf(HasSubstr("skip    host-reboot"),
                                HasSubstr("it did not yet: systemctl reboot")));
  EXPECT_TRUE(IsNoted());
}

TEST_F(RebootedHost, IsNotRebootedWhenSomethingFailed) {
  Board(1).Unplug();
  const run::Ended asked = Ask();
  EXPECT_EQ(asked.exit, 1);
  EXPECT_THAT(asked.err, HasSubstr("snail is not rebooted: the run did not pass"));
  EXPECT_FALSE(is_told_);
  EXPECT_FALSE(IsNoted());
}

TEST_F(RebootedHost, IsNotRebootedWithoutConsent) {
  const run::Ended asked = Zprov({"--hil", "--reboot-host"});
  EXPECT_EQ(asked.exit, 3);
  EXPECT_THAT(asked.err, HasSubstr("say --yes if it may do that"));
  EXPECT_FALSE(is_told_);
}

// systemd may have ended systemctl, and this run, before either heard of it.
TEST_F(RebootedHost, WhoseSystemctlFailsMayRebootAllTheSame) {
  obeys_ = false;
  const run::Ended asked = Ask();
  EXPECT_EQ(asked.exit, 1);
  EXPECT_THAT(asked.err, AllOf(HasSubstr("whether the host reboots is not known: "),
                               HasSubstr("Access denied"), HasSubstr("the next zprov --hil says")));
  EXPECT_THAT(Look().out, HasSubstr("it did not yet: systemctl reboot"));
  is_told_ = true;
  ASSERT_NO_FATAL_FAILURE(Reboot());
  EXPECT_THAT(Look().out, HasSubstr("pass    host-reboot"));
}

// As soon as a person can log in.
TEST_F(RebootedHost, IsAskedBeforeItsServeHasStarted) {
  Ask();
  ASSERT_NO_FATAL_FAILURE(Reboot(Serve::kDisabled));
  const run::Pid look = Start({"--hil"});
  host_.RunUntil(world_.clock().Now() + std::chrono::seconds(30));
  Start({"serve"});
  EXPECT_THAT(WaitFor(look).out, HasSubstr("pass    host-reboot"));
}

// Boards that the first look does not see yet, as while their hub is still enumerated.
TEST_F(RebootedHost, WaitsForBoardsThatShowLate) {
  Ask();
  ASSERT_NO_FATAL_FAILURE(Reboot(Serve::kDisabled));
  for (const size_t node : {0, 1, 2, 3, 4}) Board(node).Unplug();
  Start({"serve"});
  host_.RunUntil(world_.clock().Now() + std::chrono::seconds(1));
  const run::Pid look = Start({"--hil"});
  host_.RunUntil(world_.clock().Now() + std::chrono::seconds(20));
  for (const size_t node : {0, 1, 2, 3, 4}) Board(node).PlugIn();
  EXPECT_THAT(WaitFor(look).out, HasSubstr("pass    host-reboot"));
}

TEST_F(RebootedHost, NamesANodeWhoseBoardIsGone) {
  Ask();
  ASSERT_NO_FATAL_FAILURE(Reboot(Serve::kDisabled));
  Board(2).Unplug();
  Start({"serve"});
  const os::Moment before = world_.clock().Now();
  EXPECT_THAT(Look().out, HasSubstr("s2: does not run again since the host rebooted, at stage "
                                    "\"absent\""));
  EXPECT_LT(world_.clock().Now() - before, std::chrono::minutes(3));
}

TEST_F(RebootedHost, WithANoteThatCannotBeReadIsNotJudged) {
  Ask();
  world_.Put(HostRebootPath(spec_), "zprov --hil --reboot-host 1\n");
  const run::Ended ended = Look();
  EXPECT_EQ(ended.exit, 5) << ended.out;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("infra   host-reboot"), HasSubstr("remove that file")));
}

// No serve knows anything of the nodes.
class RebootedHostOfRpiboot : public AcceptedRig {
 protected:
  RebootedHostOfRpiboot() {
    world_.Put(kBootId, "boot 2\n");
    spec_.mode = spec::Mode::kCompatible;
    spec_.boot_server = spec::BootServer::kRpiboot;
    world_.Put(HostRebootPath(spec_),
               "zprov --hil --reboot-host 1\nboot 1\n"
               "s0 - -\ns1 - -\n");
  }
};

TEST_F(RebootedHostOfRpiboot, HasItsNodesBackWhenTheyAnswer) {
  const Row row = Run("host-reboot");
  EXPECT_EQ(row.outcome, Outcome::kPass) << ::testing::PrintToString(row.findings);
  EXPECT_EQ(row.summary, "2 nodes run again");
}

// A root that a hand made tells nothing, before and after.
TEST_F(RebootedHostOfRpiboot, IsNotFailedByNodesThatNeverSayAnythingOfTheirBoot) {
  for (const char* node : {"s0", "s1"}) {
    world_.scene().Remove(fmt::format("/x/.zprov/gen/1/{}/root/var/lib/zprov/boot.json", node));
  }
  const Row row = Run("host-reboot");
  EXPECT_EQ(row.outcome, Outcome::kPass) << ::testing::PrintToString(row.findings);
}

TEST_F(RebootedHostOfRpiboot, NamesANodeThatDoesNotAnswer) {
  world_.usb().Unplug(*PortPath::Parse("1-1.3"));
  world_.network().Unplug("s1");
  EXPECT_THAT(
      Run("host-reboot").findings,
      ::testing::ElementsAre(Finding{
          Grade::kBad, "s1", "does not run again since the host rebooted: port 1-1.3 is empty",
          "see that rpiboot runs, and the node's console; if that is as it should be, rm "
          "/x/.zprov/hil.reboot: nobody asks any more"}));
}

}  // namespace
}  // namespace zprov::hil
