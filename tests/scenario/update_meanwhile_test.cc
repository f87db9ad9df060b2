// Compatibly a node that runs must keep its root whenever it came up: while a generation is made,
// while the pointers move, and between an update that was cut off and whoever finishes it.
#include <gmock/gmock.h>

#include <optional>

#include "scenario/rig.h"
#include "sim/faults/faulty_system.h"
#include "sim/programs.h"
#include "sim/scenarios/hosts.h"

namespace zprov::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

spec::ClusterSpec TwoNodes() {
  spec::ClusterSpec spec = Cluster(spec::Mode::kCompatible);
  const spec::ClusterSpec native = Cluster(spec::Mode::kNative);
  for (size_t i = 0; i < spec.nodes.size(); ++i) spec.nodes[i].usb = native.nodes[i].usb;
  spec.nodes.resize(2);
  return spec;
}

// Two nodes that are down, with two generations.
struct Host {
  Host() : spec(TwoNodes()) {
    sim::Rig(world);
    EXPECT_TRUE(Apply(world.system(), spec));
    EXPECT_TRUE(Update(world.system(), spec));
  }

  // s1 comes up, and mounts the root to which its name leads now, if the server lets it.
  void Boot() {
    BootNode(world, spec.nodes[1], Answers::kYes);
    const auto mounted = world.nfs().Mount(sim::NfsVersion::k3, spec.nodes[1].address, "/x/s1");
    if (mounted) mount = *mounted;
  }

  // Whoever could mount none keeps none.
  bool HasItsRoot() {
    return !mount || world.nfs().Read(*mount, "/etc/hostname").value_or("") == "s1\n";
  }

  sim::World world;
  spec::ClusterSpec spec;
  std::optional<sim::NfsMount> mount;
};

using Operation = void (*)(os::System&, const spec::ClusterSpec&);

void UpdateAll(os::System& system, const spec::ClusterSpec& spec) { (void)Update(system, spec); }
void RollBackAll(os::System& system, const spec::ClusterSpec& spec) {
  (void)Rollback(system, spec);
}

// The calls that change something from shortly before run.json is written: about 30.
std::vector<uint64_t> LastChanges(Operation operation) {
  constexpr size_t kLast = 60;
  Host host;
  faults::Seam seam;
  faults::FaultySystem watched(host.world.system(), seam);
  operation(watched.system(), host.spec);
  std::vector<uint64_t> changes = seam.changes();
  if (changes.size() > kLast) changes.erase(changes.begin(), changes.end() - kLast);
  EXPECT_GT(changes.size(), 5U);
  return changes;
}

void ExpectToKeepItsRootWhileOthersCall(Operation operation) {
  int mounts = 0;
  for (const uint64_t call : LastChanges(operation)) {
    SCOPED_TRACE(::testing::Message() << "it comes up before call " << call);
    Host host;
    faults::Seam seam;
    faults::FaultySystem watched(host.world.system(), seam);
    seam.BeforeEach([&](uint64_t number, faults::Touch) {
      if (number == call) host.Boot();
    });
    operation(watched.system(), host.spec);
    EXPECT_TRUE(host.HasItsRoot());
    ExpectSound(host.world, host.spec);
    mounts += host.mount ? 1 : 0;
  }
  EXPECT_GT(mounts, 0);
}

void ExpectToKeepItsRootWhenACutOffOneIsFinished(Operation operation) {
  int mounts = 0;
  for (const uint64_t call : LastChanges(operation)) {
    SCOPED_TRACE(::testing::Message() << "cut before call " << call);
    Host host;
    faults::Seam seam;
    seam.CutAt(call);
    faults::FaultySystem cut_off(host.world.system(), seam);
    EXPECT_THROW(operation(cut_off.system(), host.spec), faults::Cut);
    host.Boot();
    ASSERT_TRUE(Prune(host.world.system(), host.spec));  // as every command does first
    EXPECT_FALSE(host.world.scene().Has("/x/.zprov/run.json"));
    EXPECT_TRUE(host.HasItsRoot());
    ExpectSound(host.world, host.spec);
    mounts += host.mount ? 1 : 0;
  }
  EXPECT_GT(mounts, 0);
}

TEST(Update, MovesNobodyWhoComesUpWhileThePointersMove) {
  ExpectToKeepItsRootWhileOthersCall(UpdateAll);
}

TEST(Update, ThatWasInterruptedMovesNobodyThatRuns) {
  ExpectToKeepItsRootWhenACutOffOneIsFinished(UpdateAll);
}

TEST(Rollback, MovesNobodyWhoComesUpWhileThePointersMove) {
  ExpectToKeepItsRootWhileOthersCall(RollBackAll);
}

TEST(Rollback, ThatWasInterruptedMovesNobodyThatRuns) {
  ExpectToKeepItsRootWhenACutOffOneIsFinished(RollBackAll);
}

// s1 comes up in the middle of the work.
struct HostWithANodeThatComesUp : Host {
  HostWithANodeThatComesUp() {
    world.processes().InstallInside("mkinitramfs", [this](const auto& argv, auto& root) {
      Boot();
      return sim::MakeInitramfs(argv, root);
    });
  }
};

TEST(Update, IsRefusedForANodeThatComesUpWhileItsGenerationIsMade) {
  HostWithANodeThatComesUp host;
  const auto refused = Update(host.world.system(), host.spec);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("s1 is up (its link s1 is there)"));
  EXPECT_EQ(Pointers(host.world, host.spec), "s0:2 s1:2");
  EXPECT_FALSE(host.world.scene().Has("/x/.zprov/gen/3"));
  ASSERT_TRUE(host.mount);
  EXPECT_TRUE(host.HasItsRoot());
}

TEST(Update, LeavesOutANodeThatComesUpMeanwhileWhereItMay) {
  HostWithANodeThatComesUp host;
  const auto updated = Update(host.world.system(), host.spec, {.skip_up = true});
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_THAT(updated->skipped, ElementsAre(HasSubstr("s1 is up")));
  EXPECT_THAT(updated->moved, ElementsAre(generations::Move{"s0", 2, 3}));
  EXPECT_EQ(Pointers(host.world, host.spec), "s0:3 s1:2");
  ASSERT_TRUE(host.mount);
  EXPECT_TRUE(host.HasItsRoot());
}

TEST(Update, MovesANodeThatComesUpMeanwhileAndIsAssumedDown) {
  HostWithANodeThatComesUp host;
  const auto updated = Update(host.world.system(), host.spec, {.assume_down = {"s1"}});
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_EQ(Pointers(host.world, host.spec), "s0:3 s1:3");
}

}  // namespace
}  // namespace zprov::scenario
