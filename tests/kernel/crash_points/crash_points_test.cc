// Apply on real btrfs, cut off before every single call to the world: by kill -9, which keeps
// the page cache, and by power cut, which keeps only what was synced. No byte of home is ever
// missing, the next apply goes through, the plan after it is empty, and nothing is left over. The
// same in the simulator, with more hosts: tests/scenario/.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <iostream>

#include "adapters/host_world.h"
#include "engine/apply.h"
#include "kernel/hosts/hosts.h"
#include "kernel/hosts/listing.h"
#include "sim/faults/faulty_system.h"
#include "support/capability.h"
#include "support/loop_btrfs.h"

namespace zprov::tests {
namespace {

constexpr uint64_t kDiskBytes = 128 << 20;

struct Case {
  const char* name;
  void (*make_host)(const std::string& root);
  spec::ClusterSpec spec;
};

void PrintTo(const Case& row, std::ostream* out) { *out << row.name; }

void BareHost(const std::string& root) {
  MakeSmallSystem(root);
  AddRaspberryPiFiles(root);
  MakeStore(root);
  FillHome(root + "/home");
}

void HandMadeHost(const std::string& root) {
  MakeSmallSystem(root);
  AddRaspberryPiFiles(root);
  MakeStore(root);
  FollowProcedure(root);
}

// What is done for one node is done for each.
spec::ClusterSpec TwoNodes(spec::Mode mode) {
  spec::ClusterSpec spec = FiveNodes(mode);
  spec.nodes.resize(2);
  return spec;
}

Result<plan::Plan> Apply(os::System& system, const spec::ClusterSpec& spec) {
  return engine::Apply(system, spec, {.wishes = {}, .holder = "a test"},
                       [](const engine::Progress&) {});
}

std::unique_ptr<adapters::HostWorld> WorldAt(const LoopBtrfs& disk) {
  return adapters::OpenTreeWorld(disk.path()).value();
}

// All of a tree but who held the lock last.
std::string Settled(const std::string& root) {
  std::string listing = Listing(root);
  const size_t lock = listing.find("\nx/.zprov/lock ");
  if (lock != std::string::npos) listing.erase(lock, listing.find('\n', lock + 1) - lock);
  return listing;
}

class RealCrashPoints : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    auto disk = LoopBtrfs::Make(kDiskBytes);
    ZPROV_NEEDS(disk || disk.error().kind != ErrorKind::kNotSupported, disk.error().message);
    ASSERT_TRUE(disk) << disk.error().message;
    GetParam().make_host((*disk)->path());
    ::sync();
    auto copy = (*disk)->CopyOfBackingFile();
    ZPROV_NEEDS(copy || copy.error().kind != ErrorKind::kNotSupported, copy.error().message);
    pristine_ = std::move(*disk);
    ASSERT_NO_FATAL_FAILURE(RunUndisturbed());
  }

  void TearDown() override {
    std::cout << GetParam().name << ": " << tested_ << " crash points of " << calls_
              << " calls tested\n";
  }

  // A disk of its own with the untouched host on it.
  std::unique_ptr<LoopBtrfs> FreshDisk() {
    auto disk = pristine_->CopyOfBackingFile();
    EXPECT_TRUE(disk) << disk.error().message;
    return disk ? std::move(*disk) : nullptr;
  }

  void RunUndisturbed() {
    const auto disk = FreshDisk();
    ASSERT_TRUE(disk);
    home_ = Listing(HomeOf(disk->path()), Times::kOfFiles);
    const auto world = WorldAt(*disk);
    faults::Seam seam;
    faults::FaultySystem watched(world->system(), seam);
    const auto applied = Apply(watched.system(), spec_);
    ASSERT_TRUE(applied) << applied.error().message;
    ASSERT_GT(seam.calls(), 50U);
    calls_ = seam.calls();
    settled_ = Settled(disk->path());
  }

  void ExpectRecovery(const LoopBtrfs& disk) {
    ++tested_;
    const std::string& root = disk.path();
    ASSERT_TRUE(std::filesystem::is_directory(HomeOf(root))) << "home is gone";
    ASSERT_EQ(Listing(HomeOf(root), Times::kOfFiles), home_) << "right after the cut";
    const auto world = WorldAt(disk);
    const auto again = Apply(world->system(), spec_);
    ASSERT_TRUE(again) << again.error().message;
    ASSERT_TRUE(again->refusals.empty()) << again->refusals.front();
    const auto plan = engine::PlanFor(world->system(), spec_, {.wishes = {}, .holder = "a test"});
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_TRUE(plan->steps.empty());
    EXPECT_EQ(Listing(HomeOf(root), Times::kOfFiles), home_) << "after the next apply";
    EXPECT_EQ(Settled(root), settled_) << "as if nothing had happened";
  }

  // In a child that ends itself instead of making that call.
  void ApplyUntilKilled(const LoopBtrfs& disk, uint64_t last) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto world = WorldAt(disk);
      faults::Seam seam;
      seam.BeforeEach([last](uint64_t call, faults::Touch) {
        if (call == last) ::kill(::getpid(), SIGKILL);
      });
      faults::FaultySystem watched(world->system(), seam);
      (void)Apply(watched.system(), spec_);
      ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "call never made";
  }

  spec::ClusterSpec spec_ = GetParam().spec;
  std::unique_ptr<LoopBtrfs> pristine_;
  std::string home_;     // what must never be missing
  std::string settled_;  // the tree after an apply that nobody disturbed
  uint64_t calls_ = 0;   // that such an apply takes
  uint64_t tested_ = 0;
};

TEST_P(RealCrashPoints, AKillBeforeAnyCallLosesNothingAndTheNextApplyFinishes) {
  for (uint64_t call = 1; call <= calls_; ++call) {
    SCOPED_TRACE(::testing::Message() << "killed before call " << call);
    const auto disk = FreshDisk();
    ASSERT_TRUE(disk);
    ASSERT_NO_FATAL_FAILURE(ApplyUntilKilled(*disk, call));
    ExpectRecovery(*disk);
    if (HasFailure()) return;
  }
}

// One run; at each call the disk is copied as it is and the copy goes on by itself.
TEST_P(RealCrashPoints, APowerCutBeforeAnyCallLosesNothingAndTheNextApplyFinishes) {
  const auto disk = FreshDisk();
  ASSERT_TRUE(disk);
  const auto cut_power = [&](const std::string& when) {
    if (HasFailure()) return;
    SCOPED_TRACE("power cut " + when);
    const auto left = disk->CopyOfBackingFile();
    ASSERT_TRUE(left) << left.error().message;
    ExpectRecovery(**left);
  };
  const auto world = WorldAt(*disk);
  faults::Seam seam;
  seam.BeforeEach(
      [&](uint64_t call, faults::Touch) { cut_power("before " + std::to_string(call)); });
  faults::FaultySystem watched(world->system(), seam);
  const auto applied = Apply(watched.system(), spec_);
  ASSERT_TRUE(applied) << applied.error().message;
  cut_power("after the last call");
}

INSTANTIATE_TEST_SUITE_P(
    Hosts, RealCrashPoints,
    ::testing::Values(
        Case{"BareNative", BareHost, TwoNodes(spec::Mode::kNative)},
        Case{"BareCompatible", BareHost, TwoNodes(spec::Mode::kCompatible)},
        Case{"HandMadeNative", HandMadeHost, TwoNodes(spec::Mode::kNative)},
        // The lines of its rc.local are the procedure's only for the procedure's five nodes.
        Case{"HandMadeCompatible", HandMadeHost, FiveNodes(spec::Mode::kCompatible)}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace zprov::tests
