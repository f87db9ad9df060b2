// Boot sets made from the tree of a simulated host.
#include "engine/boot_set.h"

#include <gmock/gmock.h>

#include "engine/make_generation.h"
#include "scenario/rig.h"
#include "sim/scenarios/boot_files.h"
#include "sim/scenarios/hosts.h"

namespace zprov::scenario {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* kSnapshot = "/x/base";
constexpr const char* kTo = "/x/boot";

// A Raspberry Pi OS whose boot set is made from a snapshot, as an update has it.
class BootSet : public ::testing::Test {
 protected:
  BootSet() { sim::BareHost(world_); }

  sim::Scene& scene() { return world_.scene(); }

  Result<std::string> Make() {
    if (!scene().Has(kSnapshot)) scene().Snapshot("/", kSnapshot);
    before_ = world_.Dump();
    return engine::MakeBootSet(
        world_.system(), spec_, {kSnapshot, kTo},
        [&](const engine::Notice& notice) { notices_.push_back(notice.text); });
  }

  // What an update would say before it makes anything.
  Result<std::string> Find() { return engine::FindKernel(world_.system(), spec_, "/"); }

  std::string Served(const std::string& name) {
    return scene().Content(std::string(kTo) + "/" + name);
  }

  // Both ask for the same and neither leaves anything.
  void ExpectRefused(const ::testing::Matcher<const std::string&>& message) {
    for (const auto& said : {Find(), Make()}) {
      ASSERT_FALSE(said.has_value()) << *said;
      EXPECT_EQ(said.error().kind, ErrorKind::kRefused);
      EXPECT_THAT(said.error().message, message);
    }
    EXPECT_EQ(world_.Dump(), before_);
  }

  // Something instead of mkinitramfs.
  void Mkinitramfs(sim::ProgramRun run) {
    world_.processes().InstallInside("mkinitramfs", [run](const auto&, os::InsideRoot& root) {
      EXPECT_TRUE(root.files().WriteDraft("/var/tmp/mkinitramfs_half", "half", 0600));
      return run;
    });
  }

  sim::World world_;
  spec::ClusterSpec spec_ = Cluster(spec::Mode::kNative);
  std::vector<std::string> notices_;
  std::string before_;
};

TEST_F(BootSet, HasEveryServedNameAndIsReadOnly) {
  ASSERT_EQ(Make().value_or("refused"), "6.1.21+");
  EXPECT_EQ(
      world_.system().trees.List(kTo).value(),
      (std::vector<std::string>{"bcm2708-rpi-zero.dtb", "bcm2835-rpi-zero.dtb", "bootcode.bin",
                                "fixup.dat", "initrd.img", "kernel.img", "overlays", "start.elf"}));
  EXPECT_EQ(Served("kernel.img"), scene().Content("/boot/kernel.img"));
  EXPECT_EQ(Served("overlays/dwc2.dtbo"), scene().Content("/boot/overlays/dwc2.dtbo"));
  EXPECT_THAT(Served("initrd.img"), HasSubstr("6.1.21+"));
  EXPECT_TRUE(world_.system().btrfs.Info(kTo).value()->read_only);
  EXPECT_EQ(Find().value_or("refused"), "6.1.21+");
}

TEST_F(BootSet, LeavesTheBaseAsItIs) {
  scene().Snapshot("/", kSnapshot);
  const std::string base = world_.Dump(kSnapshot);
  ASSERT_TRUE(Make().has_value());
  EXPECT_EQ(world_.Dump(kSnapshot), base);
  EXPECT_EQ(world_.system().trees.List("/x").value(), (std::vector<std::string>{"base", "boot"}));
}

TEST_F(BootSet, IsMadeFromAReadOnlyBase) {
  scene().Snapshot("/", kSnapshot);
  ASSERT_TRUE(world_.system().btrfs.SetAccess(kSnapshot, os::Access::kReadOnly).has_value());
  EXPECT_EQ(Make().value_or("refused"), "6.1.21+");
}

TEST_F(BootSet, HasTheNewestKernelThatHasModules) {
  sim::InstallKernel(scene(), "6.1.29+");
  sim::InstallKernel(scene(), "6.1.9+");
  sim::InstallKernel(scene(), "6.1.30+");
  scene().Remove("/lib/modules/6.1.30+");
  EXPECT_EQ(Find().value_or("refused"), "6.1.29+");
  ASSERT_EQ(Make().value_or("refused"), "6.1.29+");
  EXPECT_EQ(Served("kernel.img"), sim::ArmKernel("6.1.29+\n"));
  EXPECT_THAT(Served("initrd.img"), HasSubstr("6.1.29+"));
  EXPECT_THAT(notices_, Contains(AllOf(HasSubstr("6.1.30+"), HasSubstr("lib/modules/6.1.30+"))));
}

TEST_F(BootSet, IsRefusedForAKernelWithoutModulesInTheRoot) {
  scene().Remove("/boot/kernel.img");
  sim::InstallKernel(scene(), "6.1.30+");
  scene().Remove("/lib/modules/6.1.30+");
  ExpectRefused(AllOf(HasSubstr("6.1.30+"), HasSubstr("no lib/modules/6.1.30+")));
}

TEST_F(BootSet, CountsTheModulesOfTheBaseAndNotOfAnotherSubvolume) {
  scene().Remove("/lib/modules/6.1.21+");
  scene().MakeSubvolume("/lib/modules/6.1.21+");
  scene().Put("/lib/modules/6.1.21+/modules.dep", "");
  scene().Snapshot("/", kSnapshot);
  scene().Remove(std::string(kSnapshot) + "/lib/modules/6.1.21+");
  const auto made = Make();
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().kind, ErrorKind::kRefused);
}

TEST_F(BootSet, OfAPcsKernelIsRefusedUnlessAnyWillDo) {
  scene().Remove("/boot/kernel.img");
  sim::InstallKernel(scene(), "6.1.0-44-amd64");
  scene().Put("/boot/vmlinuz-6.1.0-44-amd64", sim::PcKernel("6.1.0-44-amd64\n"));
  ExpectRefused(AllOf(HasSubstr("6.1.0-44-amd64"), HasSubstr("a kernel for PCs")));
  spec_.boot_arch = spec::BootArch::kAny;
  EXPECT_EQ(Find().value_or("refused"), "6.1.0-44-amd64");
  ASSERT_EQ(Make().value_or("refused"), "6.1.0-44-amd64");
  EXPECT_EQ(Served("kernel.img"), sim::PcKernel("6.1.0-44-amd64\n"));
}

TEST_F(BootSet, PassesOverAPcsKernelWhenThereIsAnother) {
  sim::InstallKernel(scene(), "6.6.0-1-amd64");
  scene().Put("/boot/vmlinuz-6.6.0-1-amd64", sim::PcKernel("6.6.0-1-amd64\n"));
  EXPECT_EQ(Make().value_or("refused"), "6.1.21+");
  EXPECT_THAT(notices_, Contains(AllOf(HasSubstr("6.6.0-1-amd64"), HasSubstr("for PCs"))));
}

TEST_F(BootSet, IsRefusedWithTheNameOfTheFirmwareFileThatIsMissing) {
  scene().Put("/boot/fixup.dat", "");
  ExpectRefused(AllOf(HasSubstr("fixup.dat"), HasSubstr("/boot")));
}

TEST_F(BootSet, IsRefusedWithoutADeviceTreeForEveryBoard) {
  spec_.nodes[2].board = "zero-w";
  scene().Remove("/boot/bcm2708-rpi-zero-w.dtb");
  ExpectRefused(AllOf(HasSubstr("zero-w"), HasSubstr("bcm2708-rpi-zero-w.dtb")));
}

TEST_F(BootSet, ComesFromTheDirectoryThatTheSpecNames) {
  for (const char* name : {"bootcode.bin", "start.elf", "fixup.dat"})
    scene().Put("/srv/pinned/" + std::string(name), "pinned\n");
  spec_.boot_from = "/srv/pinned";
  ASSERT_TRUE(Make().has_value());
  EXPECT_EQ(Served("start.elf"), "pinned\n");
  EXPECT_EQ(Served("kernel.img"), scene().Content("/boot/kernel.img"));
}

TEST_F(BootSet, FollowsTheSymlinksOfTheSourceAndNoneOutOfIt) {
  scene().Put("/srv/real.elf", "the real one\n");
  scene().Put("/srv/fw/bootcode.bin", "first stage\n");
  scene().Symlink("/srv/fw/start.elf", "/srv/real.elf");
  scene().Symlink("/srv/fw/fixup.dat", "../../../../srv/real.elf");
  scene().Snapshot("/", kSnapshot);
  scene().Put("/srv/real.elf", "changed since\n");
  spec_.boot_from = "/srv/fw";
  ASSERT_TRUE(Make().has_value());
  EXPECT_EQ(Served("start.elf"), "the real one\n");
  EXPECT_EQ(Served("fixup.dat"), "the real one\n");
}

TEST_F(BootSet, TakesTheReadyMadeInitramfsWhereNothingCanMakeOne) {
  scene().Remove("/usr/sbin/mkinitramfs");
  scene().Put("/srv/initrd.img", "made elsewhere\n");
  spec_.boot_initramfs = "/srv/initrd.img";
  ASSERT_EQ(Make().value_or("refused"), "6.1.21+");
  EXPECT_EQ(Served("initrd.img"), "made elsewhere\n");
}

TEST_F(BootSet, IsRefusedWhenNothingCanMakeAnInitramfsAndNoneIsNamed) {
  scene().Remove("/usr/sbin/mkinitramfs");
  ExpectRefused(AllOf(HasSubstr("mkinitramfs"), HasSubstr("boot.initramfs")));
}

TEST_F(BootSet, TakesTheReadyMadeInitramfsOfAForeignRoot) {
  scene().Put("/srv/initrd.img", "made elsewhere\n");
  spec_.boot_initramfs = "/srv/initrd.img";
  world_.processes().RefuseForeignRoots();
  ASSERT_TRUE(Make().has_value());
  EXPECT_EQ(Served("initrd.img"), "made elsewhere\n");
}

TEST_F(BootSet, OfAForeignRootSaysWhatToDo) {
  world_.processes().RefuseForeignRoots();
  const auto made = Make();
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(made.error().message,
              AllOf(HasSubstr("qemu-user-static"), HasSubstr("boot.initramfs")));
  EXPECT_EQ(world_.Dump(), before_);
}

TEST_F(BootSet, IsRefusedWhenTheReadyMadeInitramfsIsMissing) {
  spec_.boot_initramfs = "/srv/initrd.img";
  ExpectRefused(HasSubstr("/srv/initrd.img"));
}

TEST_F(BootSet, LeavesNothingWhenMkinitramfsFailsAndTellsItsLastWords) {
  Mkinitramfs({.error = "E: no space in /var/tmp\n", .exit_code = 1});
  const auto made = Make();
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().kind, ErrorKind::kFailed);
  EXPECT_THAT(made.error().message, HasSubstr("E: no space in /var/tmp"));
  EXPECT_EQ(world_.Dump(), before_);
}

TEST_F(BootSet, LeavesNothingWhenMkinitramfsHangsAndTellsItsLastWords) {
  Mkinitramfs({.out = "waiting for the moon\n", .ending = sim::ProgramRun::Ending::kIgnoresTerm});
  const auto made = Make();
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().kind, ErrorKind::kTimedOut);
  EXPECT_THAT(made.error().message, HasSubstr("waiting for the moon"));
  EXPECT_EQ(world_.Dump(), before_);
  EXPECT_THAT(notices_, Contains(HasSubstr("still at work")));
}

TEST_F(BootSet, LeavesNothingWhenMkinitramfsMakesNothing) {
  Mkinitramfs({});
  EXPECT_FALSE(Make().has_value());
  EXPECT_EQ(world_.Dump(), before_);
}

TEST_F(BootSet, StopsMkinitramfsWhenAPersonInterrupts) {
  Mkinitramfs({.ending = sim::ProgramRun::Ending::kHangs});
  world_.queue().After(std::chrono::seconds(30), [&] { world_.queue().Post(os::SignalCame{2}); });
  const auto made = Make();
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().kind, ErrorKind::kFailed);
  EXPECT_THAT(made.error().message, HasSubstr("signal 2"));
  EXPECT_EQ(world_.Dump(), before_);
}

TEST_F(BootSet, CutOffInTheMiddleGoesWithItsGeneration) {
  scene().MakeDirectory("/x/.zprov/gen/8");
  const std::string before = world_.Dump();
  const std::string boot = "/x/.zprov/gen/8/boot";
  scene().Snapshot("/", "/x/.zprov/gen/8/base");
  scene().Snapshot("/", engine::ScratchPath(boot));
  scene().MakeSubvolume(boot);
  scene().Put(boot + "/start.elf", "half");
  ASSERT_TRUE(world_.system().btrfs.SetAccess(boot, os::Access::kReadOnly).has_value());
  ASSERT_TRUE(engine::DiscardGeneration(world_.system(), spec_, 8).has_value());
  scene().MakeDirectory("/x/.zprov/gen/8");
  EXPECT_EQ(world_.Dump(), before);
}

TEST_F(BootSet, IsMadeWhileLinksComeAndGo) {
  for (int second = 1; second < 20; ++second) {
    world_.queue().After(std::chrono::seconds(second),
                         [&] { world_.queue().Post(os::LinkChanged{"eth0"}); });
  }
  EXPECT_TRUE(Make().has_value());
}

}  // namespace
}  // namespace zprov::scenario
