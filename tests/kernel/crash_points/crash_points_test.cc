// Apply on real btrfs, cut off before every single call that changes the world: by kill -9, which
// keeps the page cache, and by power cut, which keeps only what was synced. No byte of home is ever
// missing, the next apply goes through, the plan after it is empty, and nothing is left over. The
// same in the simulator, with more hosts: tests/scenario/.
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "engine/apply.h"
#include "engine/observe.h"
#include "kernel/crash_points/cut.h"
#include "kernel/hosts/hosts.h"
#include "kernel/hosts/listing.h"
#include "sim/faults/faulty_system.h"
#include "support/capability.h"
#include "util/strings.h"

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

Result<plan::Plan> Apply(os::System& system, const spec::ClusterSpec& spec) {
  return engine::Apply(system, spec, {.wishes = {}, .holder = "a test"},
                       [](const engine::Progress&) {});
}

// All of a tree but who held the lock last.
// The part of a listing's line that two runs have in common: identities are made at random, a
// record holds the time, and hints beside generations only save work.
std::string_view Common(std::string_view line) {
  const auto has = [&](std::string_view part) { return line.find(part) != std::string_view::npos; };
  if (has("x/.zprov/lock ") || has("/unwritten.transid ") || has("/content.hash ")) return {};
  const bool is_random = has("/ssh_known_hosts ") || has("x/.zprov/identity/") ||
                         has("/record.json ") ||
                         (has("x/.zprov/gen/") && (has("/machine-id ") || has("/ssh_host_")));
  return is_random ? line.substr(0, line.find(' ')) : line;
}

std::string Settled(const std::string& root) {
  std::string settled;
  const std::string listing = Listing(root);
  for (std::string_view line : LinesWithEndings(listing)) settled += Common(line);
  return settled;
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
    std::cout << GetParam().name << ": " << tested_ << " changes in " << calls_
              << " calls were cut off\n";
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
    changes_ = seam.changes();
    ASSERT_GT(changes_.size(), 10U);
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
    const auto plan = engine::MakePlan(world->system(), spec_, {});
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_TRUE(plan->steps.empty());
    EXPECT_EQ(Listing(HomeOf(root), Times::kOfFiles), home_) << "after the next apply";
    EXPECT_EQ(Settled(root), settled_) << "as if nothing had happened";
  }

  spec::ClusterSpec spec_ = GetParam().spec;
  std::unique_ptr<LoopBtrfs> pristine_;
  std::string home_;               // what must never be missing
  std::string settled_;            // the tree after an apply that nobody disturbed
  uint64_t calls_ = 0;             // that such an apply takes
  std::vector<uint64_t> changes_;  // those of them before which a cut leaves a world of its own
  uint64_t tested_ = 0;
};

TEST_P(RealCrashPoints, AKillBeforeAnyChangeLosesNothingAndTheNextApplyFinishes) {
  for (const uint64_t call : changes_) {
    SCOPED_TRACE(::testing::Message() << "killed before call " << call);
    const auto disk = FreshDisk();
    ASSERT_TRUE(disk);
    ASSERT_NO_FATAL_FAILURE(
        RunUntilKilled(*disk, call, [this](os::System& system) { (void)Apply(system, spec_); }));
    ExpectRecovery(*disk);
    if (HasFailure()) return;
  }
}

// One run; at each call the disk is copied as it is and the copy goes on by itself.
TEST_P(RealCrashPoints, APowerCutBeforeAnyChangeLosesNothingAndTheNextApplyFinishes) {
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
  seam.BeforeEach([&](uint64_t call, faults::Touch touch) {
    if (touch != faults::Touch::kReads) cut_power("before " + std::to_string(call));
  });
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
