// Apply cut off before every call that can change the world, by kill and by power cut, then started
// again: no byte of home is ever missing, the next apply goes through, and the plan after it is
// empty. (A cut before a call that only reads leaves the same world as one before the next change.)
// The same with a full disk from every change on, and with every single call failing once.
#include <gtest/gtest.h>

#include <ostream>

#include "scenario/rig.h"
#include "sim/faults/faulty_system.h"
#include "sim/scenarios/hosts.h"

namespace zprov::scenario {
namespace {

enum class After { kKill, kPowerCut };

struct CutApply {
  const char* name;
  MakeHost make_host;
  spec::ClusterSpec spec;
  plan::Wishes wishes;
};

void PrintTo(const CutApply& row, std::ostream* out) { *out << row.name; }

// What is done for one node is done for each: two show it, and keep thousands of runs short.
spec::ClusterSpec TwoNodes(spec::Mode mode) {
  spec::ClusterSpec spec = Cluster(mode);
  spec.nodes.resize(2);
  return spec;
}

class CrashPoints : public ::testing::TestWithParam<CutApply> {
 protected:
  spec::ClusterSpec spec_ = GetParam().spec;

  // How a host looks after an apply that nobody disturbed, and how many calls that took.
  struct Undisturbed {
    std::string tree;
    std::string home;
    uint64_t calls = 0;
    std::vector<uint64_t> changes;  // those calls that could change the world
  };

  Undisturbed RunUndisturbed() {
    sim::World world;
    GetParam().make_host(world);
    const std::string home = TreeAt(world, HomeOf(world));
    faults::Seam seam;
    faults::FaultySystem watched(world.system(), seam);
    const auto applied = Apply(watched.system(), spec_, GetParam().wishes);
    EXPECT_TRUE(applied) << applied.error().message;
    return {Settled(world), home, seam.calls(), seam.changes()};
  }

  // Applies until the cut; true when there was one.
  bool ApplyUntilCut(sim::World& world, uint64_t call) {
    faults::Seam seam;
    seam.CutAt(call);
    faults::FaultySystem cut_off(world.system(), seam);
    try {
      (void)Apply(cut_off.system(), spec_, GetParam().wishes);
    } catch (const faults::Cut&) {
      return true;
    }
    return false;
  }

  void ExpectRecovery(sim::World& world, const Undisturbed& undisturbed) {
    EXPECT_EQ(TreeAt(world, HomeOf(world)), undisturbed.home) << "right after the cut";
    const auto again = Apply(world.system(), spec_, GetParam().wishes);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE(again->refusals.empty()) << again->refusals.front();
    const auto plan = PlanOf(world.system(), spec_, GetParam().wishes);
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_TRUE(plan->steps.empty());
    EXPECT_EQ(Settled(world), undisturbed.tree) << "as if nothing had happened";
  }

  void CutEverywhere(After after) {
    const Undisturbed undisturbed = RunUndisturbed();
    ASSERT_GT(undisturbed.changes.size(), 5u);
    for (const uint64_t call : undisturbed.changes) {
      if (HasFailure()) return;
      SCOPED_TRACE(::testing::Message() << "cut before call " << call);
      sim::World world;
      GetParam().make_host(world);
      ASSERT_TRUE(ApplyUntilCut(world, call));
      if (after == After::kPowerCut) world.CutPower();
      ExpectRecovery(world, undisturbed);
    }
  }
};

TEST_P(CrashPoints, AKillBeforeAnyCallLosesNothingAndTheNextApplyFinishes) {
  CutEverywhere(After::kKill);
}

TEST_P(CrashPoints, APowerCutBeforeAnyCallLosesNothingAndTheNextApplyFinishes) {
  CutEverywhere(After::kPowerCut);
}

TEST_P(CrashPoints, AFullDiskAtAnyCallIsAnErrorAndTheNextApplyFinishes) {
  const Undisturbed undisturbed = RunUndisturbed();
  for (const uint64_t call : undisturbed.changes) {
    if (HasFailure()) return;
    SCOPED_TRACE(::testing::Message() << "no space from call " << call);
    sim::World world;
    GetParam().make_host(world);
    faults::Seam seam;
    seam.FailAt(call, ErrorKind::kNoSpace, faults::Repeat::kFromThenOn);
    faults::FaultySystem full(world.system(), seam);
    const auto failed = Apply(full.system(), spec_, GetParam().wishes);
    if (seam.failed() > 0) {
      ASSERT_FALSE(failed);
      EXPECT_EQ(failed.error().kind, ErrorKind::kNoSpace) << failed.error().message;
    }
    ExpectRecovery(world, undisturbed);
  }
}

TEST_P(CrashPoints, AnErrorOfTheMediumAtAnyCallIsReportedAndTheNextApplyFinishes) {
  const Undisturbed undisturbed = RunUndisturbed();
  for (uint64_t call = 1; call <= undisturbed.calls && !HasFailure(); ++call) {
    SCOPED_TRACE(::testing::Message() << "EIO at call " << call);
    sim::World world;
    GetParam().make_host(world);
    faults::Seam seam;
    seam.FailAt(call, ErrorKind::kIo);
    faults::FaultySystem failing(world.system(), seam);
    const auto failed = Apply(failing.system(), spec_, GetParam().wishes);
    ASSERT_FALSE(failed) << "an error was swallowed";
    EXPECT_EQ(failed.error().kind, ErrorKind::kIo) << failed.error().message;
    ExpectRecovery(world, undisturbed);
  }
}

void MovedHost(sim::World& world) {
  sim::BareHost(world);
  ASSERT_TRUE(Apply(world.system(), TwoNodes(spec::Mode::kNative)));
}

INSTANTIATE_TEST_SUITE_P(
    Hosts, CrashPoints,
    ::testing::Values(
        CutApply{"BareNative", sim::BareHost, TwoNodes(spec::Mode::kNative), {}},
        CutApply{"BareCompatible", sim::BareHost, TwoNodes(spec::Mode::kCompatible), {}},
        CutApply{"HandMadeNative", sim::HandMadeHost, TwoNodes(spec::Mode::kNative), {}},
        // The lines of its rc.local are the procedure's only for the procedure's five nodes.
        CutApply{"HandMadeCompatible", sim::HandMadeHost, Cluster(spec::Mode::kCompatible), {}},
        CutApply{"Rig", sim::Rig, TwoNodes(spec::Mode::kNative), {}},
        CutApply{"DropOldHome", MovedHost, TwoNodes(spec::Mode::kNative), {.drop_old_home = true}}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace zprov::scenario
