// Boots that are over, on disk: what the fleet leaves behind, how much of it stays, and what comes
// of files that are not what we wrote.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "core/generations/layout.h"
#include "engine/boots/boot_ring.h"
#include "engine/boots/timeline_text.h"
#include "engine/fleet/fleet.h"
#include "scenario/rig.h"
#include "sim/scenarios/hosts.h"
#include "sim/zero/zero.h"

namespace zprov::scenario {
namespace {

using engine::BootStep;
using engine::BootTimeline;
using engine::FileRecord;
using engine::NodeState;
using std::chrono::seconds;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

BootTimeline Sample() {
  BootTimeline boot;
  boot.node = "s1";
  boot.nonce = "0123456789abcdef0123456789abcdef";
  boot.generation = 8;
  boot.began_ns = 1672628645'000000123;
  boot.took = std::chrono::microseconds(34'200'001);
  boot.ending = "quarantined";
  boot.cause = "serving: \"odd\" \xc3\xa4";
  boot.steps = {{.text = "first stage sent"},
                {seconds(3), BootStep::What::kBus, "file server"},
                {seconds(4), BootStep::What::kState, "recovering", "no answer in time"}};
  boot.files = {{.name = "start.elf", .bytes = 2952928, .at = seconds(3), .took = seconds(1)},
                {.name = "autoboot.txt", .what = FileRecord::What::kExpectedMiss},
                {.name = "kernel.img", .what = FileRecord::What::kSuspiciousMiss},
                {.name = "..", .what = FileRecord::What::kOdd, .oddity = "leads out"}};
  boot.files_left_out = 7;
  return boot;
}

TEST(BootTimeline, IsReadBackAsItWasWritten) {
  EXPECT_EQ(engine::ParseTimeline(engine::TextOf(Sample())), Sample());
  BootTimeline bare;
  bare.node = "s0";
  bare.ending = "failed";
  EXPECT_EQ(engine::ParseTimeline(engine::TextOf(bare)), bare);
}

TEST(BootTimeline, IsNoneWhenAnyPartOfItsEndIsMissing) {
  const std::string text = engine::TextOf(Sample());
  for (size_t length = 0; length + 2 < text.size(); ++length) {
    const auto half = engine::ParseTimeline(text.substr(0, length));
    ASSERT_FALSE(half) << length;
    EXPECT_EQ(half.error().kind, ErrorKind::kInvalid);
  }
}

TEST(BootTimeline, NamesWhatIsWrongWithAFileThatWeDidNotWrite) {
  const std::string text = engine::TextOf(Sample());
  const auto with = [&](const std::string& what, const std::string& instead) {
    std::string changed = text;
    const size_t at = changed.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    const auto parsed = engine::ParseTimeline(changed.replace(at, what.size(), instead));
    return parsed ? "it was taken" : parsed.error().message;
  };
  EXPECT_THAT(with("\"version\": 1", "\"version\": 2"), HasSubstr("another version"));
  EXPECT_THAT(with("\"bytes\": 2952928", "\"bytes\": -1"), HasSubstr("bytes is no whole number"));
  EXPECT_THAT(with("\"took_us\": 34200001", "\"took_us\": 9000000000000000000"),
              HasSubstr("took_us is too large"));
  EXPECT_THAT(with("\"suspicious miss\"", "\"suspicious\""), HasSubstr("unknown kind"));
  EXPECT_THAT(with("\"node\": \"s1\"", "\"node\": [[[[[[]]]]]]"), HasSubstr("it is no boot"));
  EXPECT_THAT(with("\"ending\": \"quarantined\"", "\"ending\": 5"), HasSubstr("ending is no text"));
  EXPECT_THAT(with("\"s1\"", "\"" + std::string(70'000, 'x') + "\""), HasSubstr("too long"));
  EXPECT_FALSE(engine::ParseTimeline(text + std::string(1, '\0')));
}

TEST(BootTimeline, WithMoreLinesThanAnyBootKeepsIsNone) {
  BootTimeline boot = Sample();
  boot.files.resize(engine::NodeView::kMostRecords + 1);
  EXPECT_FALSE(engine::ParseTimeline(engine::TextOf(boot)));
  boot.files.resize(engine::NodeView::kMostRecords);
  boot.steps.resize(BootTimeline::kMostSteps);
  EXPECT_TRUE(engine::ParseTimeline(engine::TextOf(boot)));
}

// A store, and boots put into it by hand.
class BootRing : public testing::Test {
 protected:
  BootRing() : spec_(Cluster(spec::Mode::kNative)) {
    world_.MakeSubvolume("/x");
    world_.MakeSubvolume("/x/.zprov");
  }

  Result<void> Keep(const std::string& nonce) {
    BootTimeline boot = Sample();
    boot.nonce = nonce;
    return engine::KeepBoot(world_.system().files, world_.system().trees, kDirectory,
                            engine::TextOf(boot));
  }

  std::vector<std::string> Names() { return world_.system().trees.List(kDirectory).value(); }

  std::vector<std::string> Nonces() {
    std::vector<std::string> nonces;
    const auto kept = engine::ReadBoots(world_.system(), spec_, "s1");
    EXPECT_TRUE(kept);
    for (const auto& boot : kept->boots) nonces.push_back(boot.timeline.nonce);
    return nonces;
  }

  static constexpr const char* kDirectory = "/x/.zprov/boots/s1";
  sim::World world_;
  spec::ClusterSpec spec_;
};

TEST_F(BootRing, HasNothingOfANodeThatNeverBooted) {
  const auto kept = engine::ReadBoots(world_.system(), spec_, "s1");
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_THAT(kept->boots, IsEmpty());
  EXPECT_THAT(kept->damaged, IsEmpty());
}

TEST_F(BootRing, GivesTheLatestFirstAndKeepsTwenty) {
  for (int i = 1; i <= 23; ++i) ASSERT_TRUE(Keep(std::to_string(i)));
  const auto nonces = Nonces();
  ASSERT_THAT(nonces, SizeIs(20));
  EXPECT_EQ(nonces.front(), "23");
  EXPECT_EQ(nonces.back(), "4");
  EXPECT_THAT(Names(), SizeIs(20));
}

TEST_F(BootRing, LeavesFilesOfOthersAlone) {
  ASSERT_TRUE(Keep("1"));
  world_.Put("/x/.zprov/boots/s1/notes", "mine");
  world_.Put("/x/.zprov/boots/s1/007.json", "mine too");
  world_.Put("/x/.zprov/boots/s1/99999999999999999999.json", "and mine");
  for (int i = 2; i <= 25; ++i) ASSERT_TRUE(Keep(std::to_string(i)));
  EXPECT_THAT(Names(), AllOf(Contains("notes"), Contains("007.json"), SizeIs(23)));
  EXPECT_EQ(Nonces().front(), "25");
}

TEST_F(BootRing, NamesWhatIsDamagedAndGivesTheRest) {
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(Keep(std::to_string(i)));
  world_.Put("/x/.zprov/boots/s1/2.json", "{\"version\": 1, ");
  EXPECT_THAT(Nonces(), ElementsAre("3", "1"));
  EXPECT_THAT(engine::ReadBoots(world_.system(), spec_, "s1")->damaged,
              ElementsAre(HasSubstr("/x/.zprov/boots/s1/2.json: it is no boot's timeline")));
}

TEST_F(BootRing, CanBeReadByNobodyButRoot) {
  ASSERT_TRUE(Keep("1"));
  EXPECT_EQ((*world_.system().files.Status("/x/.zprov/boots"))->mode, 0700u);
  EXPECT_EQ((*world_.system().files.Status(kDirectory))->mode, 0700u);
  EXPECT_EQ((*world_.system().files.Status("/x/.zprov/boots/s1/1.json"))->mode, 0600u);
}

// The rig after apply, its Zeros booted by a fleet.
class KeptBootsOfAFleet : public testing::Test {
 protected:
  KeptBootsOfAFleet() : spec_(Cluster(spec::Mode::kNative)) {}

  void Boot(const sim::TroublesByPort& troubles, std::chrono::nanoseconds time) {
    sim::RigWithZeros(world_, troubles);
    ASSERT_TRUE(Apply(world_.system(), spec_));
    Run(time);
  }

  void Run(std::chrono::nanoseconds time) {
    engine::Fleet fleet(world_.system(), spec_);
    ASSERT_TRUE(fleet.Begin());
    const os::Moment end = world_.clock().Now() + time;
    while (world_.clock().Now() < end) {
      const auto event = world_.system().events.Next(std::min(fleet.NextDeadline(), end));
      ASSERT_TRUE(event);
      fleet.On(*event);
    }
    warnings_ = fleet.Warnings();
    views_ = fleet.Views();
  }

  std::vector<BootTimeline> Of(const std::string& node) {
    std::vector<BootTimeline> boots;
    const auto kept = engine::ReadBoots(world_.system(), spec_, node);
    EXPECT_TRUE(kept && kept->damaged.empty());
    for (const auto& boot : kept->boots) boots.push_back(boot.timeline);
    return boots;
  }

  sim::World world_;
  spec::ClusterSpec spec_;
  std::vector<std::string> warnings_;
  std::vector<engine::NodeView> views_;
};

auto Step(BootStep::What what, const std::string& text) {
  return AllOf(Field(&BootStep::what, what), Field(&BootStep::text, text));
}

TEST_F(KeptBootsOfAFleet, TellHowEachNodeCameToBeHealthy) {
  Boot({}, seconds(120));
  for (const spec::Node& node : spec_.nodes) {
    const auto boots = Of(node.name);
    ASSERT_THAT(boots, SizeIs(1)) << node.name;
    const BootTimeline& boot = boots[0];
    EXPECT_EQ(boot.ending, "healthy");
    EXPECT_EQ(boot.cause, "");
    EXPECT_EQ(boot.generation, 1);
    EXPECT_THAT(boot.steps, AllOf(Contains(Step(BootStep::What::kBus, "boot ROM")),
                                  Contains(Step(BootStep::What::kState, "first stage sent")),
                                  Contains(Step(BootStep::What::kBus, "file server")),
                                  Contains(Step(BootStep::What::kBus, "gadget")),
                                  Contains(Step(BootStep::What::kState, "healthy"))));
    EXPECT_EQ(boot.steps.back().after, boot.took);
    EXPECT_EQ(boot.files.front().name, "bootcode.bin");
    EXPECT_THAT(boot.files, Contains(Field(&FileRecord::name, "kernel.img")));
    for (const FileRecord& file : boot.files) EXPECT_LE(file.at + file.took, boot.took);
  }
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(KeptBootsOfAFleet, TellWhyANodeWasGivenUp) {
  Boot({{"1-1.3", {{sim::zero::Fault::kNeverReturns}}}}, seconds(120));
  const auto boots = Of("s1");
  ASSERT_FALSE(boots.empty());
  EXPECT_EQ(boots[0].ending, "quarantined");
  EXPECT_THAT(boots[0].cause, HasSubstr("first stage sent: "));
  EXPECT_EQ(boots[0].cause, views_[1].cause);
}

TEST_F(KeptBootsOfAFleet, HaveOneBootForAFailureOnThisHostThatIsTriedAgainForEver) {
  sim::RigWithZeros(world_);
  ASSERT_TRUE(Apply(world_.system(), spec_));
  world_.scene().Remove("/x/.zprov/current/s3");
  Run(seconds(120));
  EXPECT_EQ(views_[3].state, NodeState::kFailed);
  const auto boots = Of("s3");
  ASSERT_THAT(boots, SizeIs(1));
  EXPECT_EQ(boots[0].ending, "failed");
  EXPECT_EQ(boots[0].generation, std::nullopt);
}

TEST_F(KeptBootsOfAFleet, CostNoNodeItsBootWhenTheyCannotBeWritten) {
  sim::RigWithZeros(world_);
  ASSERT_TRUE(Apply(world_.system(), spec_));
  world_.Put("/x/.zprov/boots", "a file where the directory should be");
  Run(seconds(120));
  for (const engine::NodeView& view : views_) EXPECT_EQ(view.state, NodeState::kHealthy);
  EXPECT_THAT(warnings_, Contains(HasSubstr("s0: its boot's timeline could not be kept")));
}

TEST_F(KeptBootsOfAFleet, AreOnDiskWhenTheFleetEndsAsSoonAsTheLastNodeRuns) {
  sim::RigWithZeros(world_);
  ASSERT_TRUE(Apply(world_.system(), spec_));
  {
    engine::Fleet fleet(world_.system(), spec_);
    ASSERT_TRUE(fleet.Begin());
    const auto all_run = [&] {
      return std::ranges::all_of(
          fleet.Views(), [](const auto& view) { return view.state == NodeState::kHealthy; });
    };
    const os::Moment end = world_.clock().Now() + seconds(120);
    while (!all_run() && world_.clock().Now() < end) {
      fleet.On(*world_.system().events.Next(std::min(fleet.NextDeadline(), end)));
    }
  }
  for (const spec::Node& node : spec_.nodes) EXPECT_THAT(Of(node.name), SizeIs(1)) << node.name;
}

}  // namespace
}  // namespace zprov::scenario
