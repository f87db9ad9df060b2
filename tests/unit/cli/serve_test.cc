// zprov serve, and what other commands show while one runs.
#include "engine/serve/serve.h"

#include <gmock/gmock.h>

#include <csignal>
#include <sstream>

#include "core/spec/parse.h"
#include "sim/scenarios/hosts.h"
#include "support/beside_serve.h"
#include "unit/cli/console.h"
#include "unit/cli/schemas.h"

namespace zprov::cli {
namespace {

using nlohmann::json;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class ServedRig {
 public:
  explicit ServedRig(const sim::TroublesByPort& troubles = {})
      : zeros(sim::RigWithZeros(world, troubles)) {
    EXPECT_EQ(RunOn(world, {"apply"}).exit, 0);
  }
  void After(std::chrono::nanoseconds time, std::function<void()> happening) {
    world.queue().After(time, std::move(happening));
  }
  void SignalAfter(std::chrono::nanoseconds time, int number) {
    After(time, [this, number] { world.queue().Post(os::SignalCame{number}); });
  }

  sim::World world;
  std::vector<std::shared_ptr<sim::zero::Zero>> zeros;
};

TEST(Serve, BootsWhatIsPluggedInUntilItIsToldToEndAndSaysEachStage) {
  ServedRig rig;
  rig.SignalAfter(minutes(2), SIGTERM);
  const Said serve = RunOn(rig.world, {"serve"});
  EXPECT_EQ(serve.exit, 0) << serve.err;
  EXPECT_EQ(serve.out, "");
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(serve.err, HasSubstr("s" + std::to_string(i) + ": healthy\n"));
  }
}

TEST(Serve, IsRefusedBesideRpiboot) {
  ServedRig rig;
  rig.world.process_table().Add({700, "rpiboot", "rpiboot -d /x/sboot", {}});
  const Said serve = RunOn(rig.world, {"serve"});
  EXPECT_EQ(serve.exit, 3);
  EXPECT_THAT(serve.err, HasSubstr("rpiboot runs as pid 700"));
}

TEST(Serve, NamesWhatIsWrongWithASpecThatItIsToldToReadAgainAndGoesOn) {
  ServedRig rig;
  rig.After(minutes(1), [&] { rig.world.Put("/etc/zprov/cluster.toml", "[bridge]\nmtu = 1\n"); });
  rig.SignalAfter(minutes(1), SIGHUP);
  rig.SignalAfter(minutes(2), SIGTERM);
  const Said serve = RunOn(rig.world, {"serve"});
  EXPECT_EQ(serve.exit, 0) << serve.err;
  EXPECT_THAT(serve.err,
              AllOf(HasSubstr("/etc/zprov/cluster.toml:"), HasSubstr("the cluster has no nodes")));
}

TEST(Serve, OfARigThatIsMadeForOneCommandIsRefused) {
  const Said serve = RunOnRig({"serve"});
  EXPECT_EQ(serve.exit, 3);
  EXPECT_THAT(serve.err, HasSubstr("zprov --rig sim boot"));
}

TEST(Watch, WithoutAServeIsRefusedAndSaysWhatToDo) {
  ServedRig rig;
  const Said watch = RunOn(rig.world, {"status", "--watch"});
  EXPECT_EQ(watch.exit, 3);
  EXPECT_THAT(watch.err, AllOf(HasSubstr("systemctl start zprov"), HasSubstr("zprov boot")));
}

// Commands beside a serve that runs already.
class BesideServe : public ::testing::Test {
 protected:
  void Begin(const sim::TroublesByPort& troubles = {}) {
    rig_ = std::make_unique<ServedRig>(troubles);
    os::System& system = rig_->world.system();
    auto spec = spec::ParseSpec(rig_->world.scene().Content("/etc/zprov/cluster.toml"));
    ASSERT_TRUE(spec.spec);
    auto server = engine::Server::Begin(system, *spec.spec,
                                        {.holder = "serve",
                                         .read_spec = {},
                                         .on_notices = [](const auto&) {},
                                         .on_trouble = [](const auto&) {}});
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
    beside_ = std::make_unique<tests::BesideServe>(
        system,
        tests::ServeEnd{[this](const os::Event& event) { Hear(event); },
                        [this] { return server_ ? server_->NextDeadline() : os::Moment::max(); }});
  }

  // Its process ends when it is over.
  void Hear(const os::Event& event) {
    if (!server_) return;
    server_->On(event);
    if (!server_->IsOver()) return;
    rig_->world.control().ListenerDies();
    server_.reset();
  }

  Said operator()(const std::vector<std::string>& args) {
    return RunWith(args, WiringOf({.host = &beside_->system()}));
  }

  std::unique_ptr<ServedRig> rig_;
  std::unique_ptr<engine::Server> server_;
  std::unique_ptr<tests::BesideServe> beside_;
};

TEST_F(BesideServe, BootAsksItAndTellsHowItWent) {
  Begin({{"1-1.3", {{sim::zero::Fault::kRomDeaf}}}});
  const Said boot = (*this)({"boot"});
  EXPECT_EQ(boot.exit, 1) << boot.err;
  EXPECT_THAT(boot.err, HasSubstr("s0: healthy\n"));
  EXPECT_THAT(boot.out, AllOf(HasSubstr("\ns1 failed, at stage \"quarantined\""),
                              EndsWith("5 nodes: 4 healthy, 1 failed\n")));
  const Said again = (*this)({"boot", "s0", "--json"});
  EXPECT_EQ(again.exit, 0);
  EXPECT_EQ(Faults("boot", again.out), "");
}

TEST_F(BesideServe, StatusShowsStageMtuAndWhyANodeFailed) {
  Begin({{"1-1.3", {{sim::zero::Fault::kRomDeaf}}}});
  ASSERT_EQ((*this)({"boot"}).exit, 1);
  const Said status = (*this)({"status"});
  EXPECT_EQ(status.exit, 0) << status.err;
  EXPECT_THAT(status.out, AllOf(HasSubstr("  STAGE        MTU   EVIDENCE\n"),
                                HasSubstr("  healthy      7418  "), HasSubstr("\ns1: boot ROM: ")));
  EXPECT_THAT((*this)({"status", "s0"}).out, HasSubstr("\n  serve says   healthy for "));
  EXPECT_THAT((*this)({"status", "s1"}).out, HasSubstr("\n  serve says   quarantined for "));
}

TEST_F(BesideServe, StatusHasItInItsDocument) {
  Begin();
  ASSERT_EQ((*this)({"boot"}).exit, 0);
  const Said status = (*this)({"status", "--json"});
  EXPECT_EQ(Faults("status", status.out), "");
  const json node = json::parse(status.out)["nodes"][2];
  EXPECT_EQ(node["live"]["stage"], "healthy");
  EXPECT_EQ(node["live"]["mtu"], 7418);
  EXPECT_EQ(node["live"]["generation"], 1);
  EXPECT_TRUE(json::parse(RunOnRig({"status", "--json"}).out)["nodes"][2]["live"].is_null());
}

TEST_F(BesideServe, WatchTellsWhereAllAreAndThenEachChangeUntilServeEnds) {
  Begin();
  rig_->SignalAfter(minutes(2), SIGTERM);
  const Said watch = (*this)({"status", "--watch"});
  EXPECT_EQ(watch.exit, 1);
  EXPECT_THAT(watch.out, AllOf(HasSubstr("s4: serving\n"), HasSubstr("s4: healthy\n")));
  EXPECT_THAT(watch.err, HasSubstr("serve ended"));
}

TEST_F(BesideServe, WatchIsADocumentPerLine) {
  Begin();
  rig_->SignalAfter(minutes(2), SIGTERM);
  const Said watch = (*this)({"status", "--watch", "--json"});
  std::istringstream lines(watch.out);
  std::vector<std::string> documents;
  for (std::string line; std::getline(lines, line);) documents.push_back(line);
  ASSERT_GT(documents.size(), 10u);
  EXPECT_EQ(Faults("watch", documents.front()), "");
  EXPECT_EQ(Faults("watch", documents[documents.size() / 2]), "");
  EXPECT_EQ(Faults("watch", documents.back()), "");
  EXPECT_EQ(json::parse(documents.back())["nodes"][0]["stage"], "healthy");
}

TEST_F(BesideServe, HaltShutsNodesDownAndRebootBringsThemBack) {
  Begin();
  ASSERT_EQ((*this)({"boot"}).exit, 0);
  const Said halt = (*this)({"halt", "s0", "s3"});
  EXPECT_EQ(halt.exit, 0) << halt.out << halt.err;
  EXPECT_THAT(halt.out, AllOf(StartsWith("NODE  HALT  STAGE\n"), EndsWith("2 nodes: 2 done\n")));
  EXPECT_EQ(rig_->zeros[0]->stage(), sim::zero::Stage::kHalted);
  const Said reboot = (*this)({"reboot", "s1", "--json"});
  EXPECT_EQ(reboot.exit, 0) << reboot.err;
  EXPECT_EQ(Faults("halt", reboot.out), "");
  EXPECT_EQ(rig_->zeros[1]->boots(), 2);
  EXPECT_EQ(rig_->zeros[2]->boots(), 1);
}

TEST_F(BesideServe, RebootOfANodeThatIsOffIsRefusedAndSaysHowToBootIt) {
  Begin();
  ASSERT_EQ((*this)({"boot"}).exit, 0);
  ASSERT_EQ((*this)({"halt", "s0"}).exit, 0);
  const Said reboot = (*this)({"reboot", "s0", "s1"});
  EXPECT_EQ(reboot.exit, 3);
  EXPECT_THAT(reboot.err, HasSubstr("zprov boot s0"));
  EXPECT_EQ(rig_->zeros[1]->boots(), 1);
}

TEST_F(BesideServe, ANodeThatDoesNotObeyIsNamedAndTheOthersHaveObeyed) {
  Begin({{"1-1.3", {{sim::zero::Fault::kIgnoresOrders}}}});
  ASSERT_EQ((*this)({"boot"}).exit, 0);
  const Said halt = (*this)({"halt", "s0", "s1"});
  EXPECT_EQ(halt.exit, 1);
  EXPECT_THAT(halt.out, AllOf(HasSubstr("\ns1: halt failed: it did not leave the bus"),
                              EndsWith("2 nodes: 1 done, 1 failed\n")));
}

TEST_F(BesideServe, UpdateWithRebootLeavesAllOnTheNewGeneration) {
  Begin();
  ASSERT_EQ((*this)({"boot"}).exit, 0);
  rig_->world.Put("/usr/local/bin/blink", "a program\n", 0755);
  const Said update = (*this)({"update", "--reboot"});
  EXPECT_EQ(update.exit, 0) << update.err;
  EXPECT_THAT(update.out,
              AllOf(HasSubstr("generation 2 made for 5 nodes"), EndsWith("5 nodes: 5 done\n")));
  const Said again = (*this)({"update", "--reboot", "--json"});
  EXPECT_EQ(Faults("update", again.out), "");
}

TEST(HaltWithoutAServe, ShutsDownANodeThatRunsAndIsNotFooledByNotHavingLookedYet) {
  ServedRig rig;
  ASSERT_EQ(RunOn(rig.world, {"boot"}).exit, 0);
  const Said halt = RunOn(rig.world, {"halt", "s2"});
  EXPECT_EQ(halt.exit, 0) << halt.out << halt.err;
  EXPECT_EQ(rig.zeros[2]->stage(), sim::zero::Stage::kHalted);
  EXPECT_EQ(rig.zeros[1]->stage(), sim::zero::Stage::kHealthy);
}

TEST_F(BesideServe, BootDrawsATableOverItselfOnATerminalAndTakesItAway) {
  Begin();
  std::ostringstream out;
  std::ostringstream err;
  const int exit =
      cli::Run({"boot"}, WiringOf({.host = &beside_->system()}),
               Streams{out, err, std::nullopt, TerminalSize{.columns = 100, .rows = 30}});
  EXPECT_EQ(exit, 0);
  EXPECT_THAT(err.str(), AllOf(StartsWith("NODE  STAGE"), HasSubstr("s1    first stage sent"),
                               HasSubstr("\x1b[6A\x1b[J"), EndsWith("\x1b[6A\x1b[J")));
  EXPECT_THAT(err.str(), Not(HasSubstr("s0: healthy")));
  EXPECT_THAT(out.str(), EndsWith("5 nodes: 5 healthy\n"));
}

}  // namespace
}  // namespace zprov::cli
