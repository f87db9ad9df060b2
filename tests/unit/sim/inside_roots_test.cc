// What is particular to the simulator's roots: its programs in there, its identities, its record
// locks and its seam. What they share with real ones is in tests/contract/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/faults/faulty_system.h"
#include "sim/world.h"

namespace zprov::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class InsideRoots : public testing::Test {
 protected:
  InsideRoots() {
    world_.MakeSubvolume("/base");
    world_.Put("/base/usr/sbin/mkinitramfs", "a program\n", 0755);
    world_.Put("/base/lib/modules/6.1.0/modules.dep", "");
    world_.scene().MakeDirectory("/base/boot");
  }

  // Until the program ends.
  int ExitCode(const Result<os::ProcessId>& process) {
    EXPECT_TRUE(process.has_value());
    for (;;) {
      const auto event = world_.system().events.Next(world_.clock().Now() + std::chrono::hours(1));
      if (!event || std::holds_alternative<os::DeadlinePassed>(*event)) return -1;
      if (const auto* ended = std::get_if<os::ProcessEnded>(&*event)) return ended->exit_code;
    }
  }

  Result<os::ProcessId> Start(const std::vector<std::string>& argv) {
    return world_.system().processes.StartIn("/base", argv);
  }

  World world_;
};

TEST_F(InsideRoots, MkinitramfsWritesItsFileInTheRoot) {
  EXPECT_EQ(ExitCode(Start({"mkinitramfs", "-o", "/boot/initrd", "6.1.0"})), 0);
  EXPECT_THAT(world_.scene().Content("/base/boot/initrd"),
              HasSubstr("simulated initramfs of 6.1.0\n"));
  EXPECT_THAT(
      world_.processes().Started(),
      ElementsAre(ElementsAre("chroot", "/base", "mkinitramfs", "-o", "/boot/initrd", "6.1.0")));
}

TEST_F(InsideRoots, AnInitramfsHasEveryModuleOfItsKernel) {
  const std::string modules = "/base/lib/modules/6.1.0/";
  world_.Put(modules + "modules.dep", "kernel/a.ko:\nkernel/b.ko: kernel/a.ko\n");
  world_.Put(modules + "kernel/a.ko", "the first module");
  world_.Put(modules + "kernel/b.ko", "the second module");
  EXPECT_EQ(ExitCode(Start({"mkinitramfs", "-o", "/boot/initrd", "6.1.0"})), 0);
  const std::string made = world_.scene().Content("/base/boot/initrd");
  const auto entries = world_.system().archives.List(made, {.entries = 9, .bytes = 1 << 16});
  ASSERT_TRUE(entries.has_value());
  EXPECT_THAT(
      *entries,
      ElementsAre(os::ArchiveEntry{"init", os::FileType::kRegular, 29},
                  os::ArchiveEntry{"lib/modules/6.1.0/kernel/a.ko", os::FileType::kRegular, 16},
                  os::ArchiveEntry{"lib/modules/6.1.0/kernel/b.ko", os::FileType::kRegular, 17}));
}

TEST_F(InsideRoots, MkinitramfsFailsForAVersionWithoutModules) {
  EXPECT_EQ(ExitCode(Start({"mkinitramfs", "-o", "/boot/initrd", "6.2.0"})), 1);
  EXPECT_FALSE(world_.scene().Has("/base/boot/initrd"));
}

TEST_F(InsideRoots, WhatGoesToTmpIsGoneWithTheProgram) {
  world_.scene().MakeDirectory("/base/tmp");
  EXPECT_EQ(ExitCode(Start({"mkinitramfs", "-o", "/tmp/initrd", "6.1.0"})), 0);
  EXPECT_FALSE(world_.scene().Has("/base/tmp/initrd"));
}

TEST_F(InsideRoots, AProgramThatNobodySimulatedFailsLoudly) {
  world_.Put("/base/usr/bin/frobnicate", "a program\n", 0755);
  const auto process = Start({"frobnicate"});
  ASSERT_FALSE(process.has_value());
  EXPECT_EQ(process.error().kind, ErrorKind::kNotSupported);
  EXPECT_NE(process.error().message.find("nobody simulated it"), std::string::npos);
  EXPECT_TRUE(world_.processes().Started().empty());
}

TEST_F(InsideRoots, IdentitiesDependOnNothingButSeedAndOrder) {
  World same;
  World other({.seed = 2});
  const std::string first = *world_.system().identities.NewMachineId();
  EXPECT_EQ(*same.system().identities.NewMachineId(), first);
  EXPECT_NE(*other.system().identities.NewMachineId(), first);
  const auto key = world_.system().identities.NewHostKey(os::HostKeyKind::kEd25519);
  EXPECT_EQ(key, same.system().identities.NewHostKey(os::HostKeyKind::kEd25519));
  EXPECT_NE(key, other.system().identities.NewHostKey(os::HostKeyKind::kEd25519));
}

TEST_F(InsideRoots, APowerCutMakesNobodyASecondTime) {
  const std::string before = *world_.system().identities.NewMachineId();
  world_.CutPower();
  EXPECT_NE(*world_.system().identities.NewMachineId(), before);
}

TEST_F(InsideRoots, ARecordLockEndsWithItsHoldersPower) {
  world_.Put("/var/lib/dpkg/lock-frontend", "");
  world_.scene().SyncAll();
  world_.scene().HoldRecordLock("/var/lib/dpkg/lock-frontend");
  EXPECT_EQ(world_.system().locks.IsHeld("/var/lib/dpkg/lock-frontend"), true);
  world_.CutPower();
  EXPECT_EQ(world_.system().locks.IsHeld("/var/lib/dpkg/lock-frontend"), false);
}

TEST_F(InsideRoots, EachCallInARootGoesThroughTheSeamAndSaysWhere) {
  faults::Seam seam;
  seam.KeepLog();
  faults::FaultySystem faulty(world_.system(), seam);
  const auto root = faulty.system().roots.Open("/base");
  ASSERT_TRUE(root.has_value());
  ASSERT_TRUE((*root)->files().WriteDraft("/f", "x", 0644).has_value());
  ASSERT_TRUE((*root)->trees().MakeDirectory("/d", 0755).has_value());
  ASSERT_TRUE(faulty.system().identities.NewMachineId().has_value());
  ASSERT_TRUE(faulty.system().files.WriteDraft("/f", "x", 0644).has_value());
  EXPECT_THAT(seam.log(),
              ElementsAre("1 open root /base", "2 write draft /f in /base",
                          "3 make directory /d in /base", "4 new machine id", "5 write draft /f"));
  EXPECT_THAT(seam.changes(), ElementsAre(2, 3, 5));
  seam.CutAt(6);
  EXPECT_THROW((void)(*root)->files().WriteDraft("/g", "x", 0644), faults::Cut);
  EXPECT_FALSE(world_.scene().Has("/base/g"));
}

TEST_F(InsideRoots, ADeletedRootHasNothingInIt) {
  const auto root = world_.system().roots.Open("/base");
  world_.Put("/base/f", "x");
  ASSERT_TRUE(world_.system().btrfs.Delete("/base").has_value());
  EXPECT_EQ((*root)->files().Read("/f", 9).error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace zprov::sim
