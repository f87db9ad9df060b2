// Update, rollback and prune on real btrfs, cut off before every single call to the world, by kill
// and by power cut. Right after a cut each node has a whole root and the boot set that was made
// with it, and every export is there; the next run finishes what was begun, and after a prune
// nothing is left over. The same in the simulator, with errors too: tests/scenario/.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <iostream>
#include <regex>
#include <set>
#include <sstream>

#include "engine/apply.h"
#include "engine/update.h"
#include "kernel/crash_points/cut.h"
#include "kernel/hosts/hosts.h"
#include "kernel/hosts/listing.h"
#include "sim/faults/faulty_system.h"
#include "support/capability.h"

namespace zprov::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

constexpr uint64_t kDiskBytes = 256 << 20;

using Operation = Result<void> (*)(os::System&, const spec::ClusterSpec&);

void Ignore(const engine::Notice&) {}

Result<void> Update(os::System& system, const spec::ClusterSpec& spec) {
  return engine::Update(system, spec, {.nodes = {}, .assume_down = {}, .holder = "a test"}, Ignore)
      .map([](const auto&) {});
}

Result<void> Rollback(os::System& system, const spec::ClusterSpec& spec) {
  return engine::Rollback(system, spec, {.nodes = {}, .assume_down = {}, .holder = "a test"},
                          Ignore)
      .map([](const auto&) {});
}

Result<void> PruneToOne(os::System& system, const spec::ClusterSpec& spec) {
  return engine::Prune(system, spec, {.keep = 1, .assume_down = {}, .holder = "a test"}, Ignore)
      .map([](const auto&) {});
}

struct Case {
  const char* name;
  spec::Mode mode;
  bool by_hand;                   // the procedure was followed before zprov came
  std::vector<Operation> before;  // what was done since apply
  Operation operation;
};

void PrintTo(const Case& row, std::ostream* out) { *out << row.name; }

// What an operator changes between two updates: told from root and boot set alike.
void ChangeSource(const std::string& root, int times) {
  WriteFile(root + "/etc/marker", fmt::format("{}\n", times));
  WriteFile(root + "/boot/firmware/start.elf", fmt::format("{}\n", times));
}

// The names that a store may have when nothing is under way and nothing is left over.
bool IsOfTheLayout(const std::string& path) {
  static const std::regex kKnown(
      "lock|gen|current|current/s[0-4]|identity|identity/.*|retired|retired/.*|"
      "gen/[0-9]+|gen/[0-9]+/(base|boot|record\\.json|content\\.hash|unwritten\\.transid|s[0-4]|"
      "s[0-4]/(root|boot))");
  return std::regex_match(path, kKnown);
}

std::vector<std::string> LeftOver(const std::string& store) {
  std::vector<std::string> left;
  auto entry = fs::recursive_directory_iterator(store);
  for (; entry != fs::recursive_directory_iterator(); ++entry) {
    const std::string path = entry->path().lexically_relative(store);
    if (!IsOfTheLayout(path)) left.push_back(path);
    const std::string name = entry->path().filename();
    if (path.starts_with("gen/") && (name == "base" || name == "boot" || name == "root")) {
      entry.disable_recursion_pending();
    }
  }
  return left;
}

class GenerationCrashPoints : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    auto disk = LoopBtrfs::Make(kDiskBytes);
    ZPROV_NEEDS(disk || disk.error().kind != ErrorKind::kNotSupported, disk.error().message);
    ASSERT_TRUE(disk) << disk.error().message;
    ASSERT_NO_FATAL_FAILURE(MakeHost((*disk)->path()));
    ASSERT_NO_FATAL_FAILURE(DoWhatWasBefore(**disk));
    auto copy = (*disk)->CopyOfBackingFile();
    ZPROV_NEEDS(copy || copy.error().kind != ErrorKind::kNotSupported, copy.error().message);
    pristine_ = std::move(*disk);
    ASSERT_NO_FATAL_FAILURE(RunUndisturbed());
  }

  void TearDown() override {
    std::cout << GetParam().name << ": " << tested_ << " changes in " << calls_
              << " calls were cut off\n";
  }

  void MakeHost(const std::string& root) {
    MakeSmallSystem(root);
    AddRaspberryPiFiles(root);
    MakeStore(root);
    ChangeSource(root, 1);
    if (GetParam().by_hand) {
      const std::string rc_local = ContentOf(root + "/etc/rc.local");
      FollowProcedure(root);
      // Its lines are the procedure's only for the procedure's five nodes.
      WriteFile(root + "/etc/rc.local", rc_local);
    } else {
      FillHome(root + "/home");
    }
  }

  void DoWhatWasBefore(const LoopBtrfs& disk) {
    const auto world = WorldAt(disk);
    const auto applied = engine::Apply(world->system(), spec_, {.wishes = {}, .holder = "a test"},
                                       [](const engine::Progress&) {});
    ASSERT_TRUE(applied) << applied.error().message;
    ASSERT_THAT(applied->refusals, IsEmpty());
    int times = 1;
    for (const Operation operation : GetParam().before) {
      ChangeSource(disk.path(), ++times);
      const auto done = operation(world->system(), spec_);
      ASSERT_TRUE(done) << done.error().message;
    }
    ChangeSource(disk.path(), ++times);
    ASSERT_TRUE(world->system().trees.Sync("/"));
  }

  std::unique_ptr<LoopBtrfs> FreshDisk() {
    auto disk = pristine_->CopyOfBackingFile();
    EXPECT_TRUE(disk) << disk.error().message;
    return disk ? std::move(*disk) : nullptr;
  }

  void RunUndisturbed() {
    const auto disk = FreshDisk();
    ASSERT_TRUE(disk);
    const auto world = WorldAt(*disk);
    faults::Seam seam;
    faults::FaultySystem watched(world->system(), seam);
    const auto done = GetParam().operation(watched.system(), spec_);
    ASSERT_TRUE(done) << done.error().message;
    ASSERT_GT(seam.calls(), 20U);
    calls_ = seam.calls();
    changes_ = seam.changes();
    // A rollback moves a pointer per node between two lines of its journal; others do more.
    const bool is_rollback = std::string_view(GetParam().name).starts_with("Rollback");
    ASSERT_GT(changes_.size(), is_rollback ? 5U : 10U);
    ExpectWholeNodes(disk->path());
    ExpectTidiedUp(*disk);
  }

  // What every moment owes each node, before anything was repaired.
  void ExpectWholeNodes(const std::string& root) {
    for (const spec::Node& node : spec_.nodes) {
      SCOPED_TRACE(node.name);
      const fs::path pointer = root + "/x/.zprov/current/" + node.name;
      ASSERT_TRUE(fs::is_symlink(pointer));
      const std::string named = root + "/x/.zprov/current/" + fs::read_symlink(pointer).string();
      const fs::path of_hand = "0";
      if (fs::path(named).parent_path().filename() != of_hand) {
        EXPECT_TRUE(fs::exists(fs::path(named).parent_path() / "record.json")) << named;
        EXPECT_EQ(ContentOf(named + "/root/etc/marker"), ContentOf(named + "/boot/start.elf"));
      }
      // What was made by hand has a directory per port until it makes room.
      const std::string port = "/boot/" + node.usb->ToString() + "/kernel.img";
      EXPECT_FALSE((ContentOf(named + "/boot/kernel.img") + ContentOf(named + port)).empty());
      EXPECT_EQ(ContentOf(named + "/root/etc/hostname"), node.name + "\n") << named;
      EXPECT_EQ(ContentOf(root + "/x/" + node.name + "/etc/hostname"), node.name + "\n");
    }
    ExpectExportsThere(root);
  }

  static void ExpectExportsThere(const std::string& root) {
    std::istringstream exports(ContentOf(root + "/etc/exports"));
    for (std::string line; std::getline(exports, line);) {
      if (!line.starts_with('/')) continue;
      const std::string path = line.substr(0, line.find(' '));
      EXPECT_TRUE(fs::is_directory(root + path)) << "exported, and not there: " << path;
    }
  }

  // After the next run: nothing half done anywhere, all nodes alike.
  void ExpectTidiedUp(const LoopBtrfs& disk) {
    const auto world = WorldAt(disk);
    const auto pruned = PruneToOne(world->system(), spec_);
    ASSERT_TRUE(pruned) << pruned.error().message;
    const std::string store = disk.path() + "/x/.zprov";
    ASSERT_NO_FATAL_FAILURE(ExpectWholeNodes(disk.path()));
    EXPECT_THAT(LeftOver(store), IsEmpty());
    std::set<std::string> currents;
    for (const spec::Node& node : spec_.nodes) {
      currents.insert(
          fs::read_symlink(store + "/current/" + node.name).parent_path().filename().string());
    }
    EXPECT_EQ(currents.size(), 1U) << "the pointers of a run move together";
    for (const auto& generation : fs::directory_iterator(store + "/gen")) {
      if (generation.path().filename() == "0") continue;
      EXPECT_TRUE(fs::exists(generation.path() / "record.json")) << generation.path();
    }
  }

  void ExpectRecovery(const LoopBtrfs& disk) {
    ++tested_;
    ASSERT_NO_FATAL_FAILURE(ExpectWholeNodes(disk.path())) << "right after the cut";
    ASSERT_NO_FATAL_FAILURE(ExpectTidiedUp(disk));
    const auto world = WorldAt(disk);
    const auto updated = Update(world->system(), spec_);
    ASSERT_TRUE(updated) << updated.error().message;
    ExpectTidiedUp(disk);
    const std::string marker = ContentOf(disk.path() + "/etc/marker");
    for (const spec::Node& node : spec_.nodes) {
      EXPECT_EQ(ContentOf(disk.path() + "/x/" + node.name + "/etc/marker"), marker);
    }
  }

  spec::ClusterSpec spec_ = WithPorts(TwoNodes(GetParam().mode));
  std::unique_ptr<LoopBtrfs> pristine_;
  uint64_t calls_ = 0;             // that the operation takes
  std::vector<uint64_t> changes_;  // those of them before which a cut leaves a world of its own
  uint64_t tested_ = 0;
};

TEST_P(GenerationCrashPoints, AKillBeforeAnyChangeLeavesWholeNodesAndTheNextRunFinishes) {
  for (const uint64_t call : changes_) {
    SCOPED_TRACE(::testing::Message() << "killed before call " << call);
    const auto disk = FreshDisk();
    ASSERT_TRUE(disk);
    ASSERT_NO_FATAL_FAILURE(RunUntilKilled(
        *disk, call, [this](os::System& system) { (void)GetParam().operation(system, spec_); }));
    ExpectRecovery(*disk);
    if (HasFailure()) return;
  }
}

// One run; at each call the disk is copied as it is and the copy goes on by itself.
TEST_P(GenerationCrashPoints, APowerCutBeforeAnyChangeLeavesWholeNodesAndTheNextRunFinishes) {
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
  const auto done = GetParam().operation(watched.system(), spec_);
  ASSERT_TRUE(done) << done.error().message;
  cut_power("after the last call");
}

constexpr spec::Mode kNative = spec::Mode::kNative;
constexpr spec::Mode kCompatible = spec::Mode::kCompatible;

INSTANTIATE_TEST_SUITE_P(
    Runs, GenerationCrashPoints,
    ::testing::Values(
        Case{"UpdateNative", kNative, false, {}, Update},
        Case{"UpdateCompatible", kCompatible, false, {}, Update},
        Case{"FirstUpdateOfAHandMadeHostNative", kNative, true, {}, Update},
        Case{"FirstUpdateOfAHandMadeHostCompatible", kCompatible, true, {}, Update},
        Case{"RollbackNative", kNative, false, {Update}, Rollback},
        Case{"RollbackToTheHandMadeRootsCompatible", kCompatible, true, {Update}, Rollback},
        Case{"Prune", kNative, false, {Update, Update, Update}, PruneToOne},
        Case{"PruneCompatible", kCompatible, true, {Update, Update, Update}, PruneToOne}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace zprov::tests
