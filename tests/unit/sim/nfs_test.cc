// The NFS server's facts (fixtures/kernels/README.md, NFS), measured on a real one and witnessed by
// QEMU in part 4: tests/contract/README.md.
#include "sim/nfs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/world.h"

namespace zprov::sim {
namespace {

using testing::ElementsAre;

constexpr Ipv4 kS0{0xc0a80721};  // 192.168.7.33
constexpr Ipv4 kS1{0xc0a80725};  // 192.168.7.37
constexpr NfsVersion kBoth[] = {NfsVersion::k3, NfsVersion::k4};

class Nfs : public testing::Test {
 protected:
  Nfs() {
    for (const char* root : {"/x/old", "/x/new"}) {
      world_.MakeSubvolume(root);
      world_.Put(std::string(root) + "/etc/hostname", std::string(root));
    }
    Export("/x/old 192.168.7.33(rw,async)\n");
    world_.scene().SyncAll();
  }

  void Export(std::string_view text) {
    world_.Put("/etc/exports", text);
    ASSERT_TRUE(world_.system().processes.Start({"exportfs", "-ra"}).has_value());
  }

  NfsMount Mounted(NfsVersion version, std::string_view path, Ipv4 client = kS0) {
    const auto mount = world_.nfs().Mount(version, client, path);
    EXPECT_TRUE(mount.has_value()) << mount.error().message;
    return mount.value_or(NfsMount{});
  }

  std::string Hostname(const NfsMount& mount) {
    const auto text = world_.nfs().Read(mount, "/etc/hostname");
    if (text.has_value()) return *text;
    return text.error().kind == ErrorKind::kGone ? "ESTALE" : text.error().message;
  }

  void Exchange() { ASSERT_TRUE(world_.system().trees.Exchange("/x/old", "/x/new").has_value()); }

  World world_;
};

TEST_F(Nfs, AnExchangedRootIsReadAsItWasUntilExportsAreAppliedAgain) {
  for (const NfsVersion version : kBoth) {
    const NfsMount mount = Mounted(version, "/x/old");
    Exchange();
    EXPECT_EQ(Hostname(mount), "/x/old");
    EXPECT_EQ(Hostname(Mounted(version, "/x/old")), "/x/new") << "who mounts now gets the other";
    EXPECT_EQ(Hostname(mount), "/x/old");
    ASSERT_TRUE(world_.system().processes.Start({"exportfs", "-ra"}).has_value());
    EXPECT_EQ(Hostname(mount), "ESTALE");
    Exchange();
  }
}

TEST_F(Nfs, AnExchangedRootGoesStaleWhenTheExportCacheExpires) {
  const NfsMount mount = Mounted(NfsVersion::k3, "/x/old");
  Exchange();
  world_.clock().Advance(std::chrono::seconds(1799));
  EXPECT_EQ(Hostname(mount), "/x/old");
  world_.clock().Advance(std::chrono::seconds(1));
  EXPECT_EQ(Hostname(mount), "ESTALE");
}

TEST_F(Nfs, ExportingTheOldTreeAtItsNewPathKeepsItAlive) {
  for (const NfsVersion version : kBoth) {
    const NfsMount mount = Mounted(version, "/x/old");
    Exchange();
    Export("/x/old 192.168.7.33(rw)\n/x/new 192.168.7.33(rw)\n");
    EXPECT_EQ(Hostname(mount), "/x/old");
    world_.clock().Advance(std::chrono::hours(1));
    EXPECT_EQ(Hostname(mount), "/x/old");
    Exchange();
  }
}

TEST_F(Nfs, AMountThatStaysExportedOutlivesTheCacheAndTheServersBoot) {
  const NfsMount mount = Mounted(NfsVersion::k4, "/x/old");
  world_.clock().Advance(std::chrono::hours(10));
  EXPECT_EQ(Hostname(mount), "/x/old");
  world_.Reboot();
  EXPECT_EQ(Hostname(mount), "/x/old");
}

TEST_F(Nfs, ADeletedSubvolumeIsStaleAtOnceAndForGood) {
  const NfsMount mount = Mounted(NfsVersion::k3, "/x/old");
  ASSERT_TRUE(world_.system().btrfs.Delete("/x/old").has_value());
  EXPECT_EQ(Hostname(mount), "ESTALE");
  world_.MakeSubvolume("/x/old");
  world_.Put("/x/old/etc/hostname", "made anew");
  EXPECT_EQ(Hostname(mount), "ESTALE");
  EXPECT_EQ(Hostname(Mounted(NfsVersion::k3, "/x/old")), "made anew");
}

TEST_F(Nfs, Version3FollowsASymlinkOnTheServerAndVersion4DoesNot) {
  world_.scene().Symlink("/x/s0", "old");
  EXPECT_EQ(Hostname(Mounted(NfsVersion::k3, "/x/s0")), "/x/old");
  const auto refused = world_.nfs().Mount(NfsVersion::k4, kS0, "/x/s0");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(Hostname(Mounted(NfsVersion::k4, "/x/old")), "/x/old");
}

TEST_F(Nfs, AMountKeepsItsTreeWhenTheSymlinkIsPointedElsewhere) {
  world_.scene().Symlink("/x/s0", "old");
  Export("/x/old 192.168.7.33(rw)\n/x/new 192.168.7.33(rw)\n");
  const NfsMount mount = Mounted(NfsVersion::k3, "/x/s0");
  ASSERT_TRUE(world_.system().files.ReplaceSymlink("/x/s0", "new").has_value());
  ASSERT_TRUE(world_.system().processes.Start({"exportfs", "-ra"}).has_value());
  EXPECT_EQ(Hostname(mount), "/x/old");
  EXPECT_EQ(Hostname(Mounted(NfsVersion::k3, "/x/s0")), "/x/new");
}

TEST_F(Nfs, ASymlinkInExportsMeansWhereItPointedWhenTheyWereApplied) {
  world_.scene().Symlink("/x/s0", "old");
  Export("/x/s0 192.168.7.33(rw)\n");
  EXPECT_THAT(world_.nfs().exports(), ElementsAre(NfsExport{"/x/old", "192.168.7.33"}));
  const NfsMount mount = Mounted(NfsVersion::k3, "/x/s0");
  ASSERT_TRUE(world_.system().files.ReplaceSymlink("/x/s0", "new").has_value());
  EXPECT_EQ(Hostname(mount), "/x/old");
  ASSERT_TRUE(world_.system().processes.Start({"exportfs", "-ra"}).has_value());
  EXPECT_EQ(Hostname(mount), "ESTALE");
}

TEST_F(Nfs, NobodyElseMayMountANodesRoot) {
  EXPECT_EQ(world_.nfs().Mount(NfsVersion::k3, kS1, "/x/old").error().kind, ErrorKind::kPermission);
  EXPECT_EQ(world_.nfs().Mount(NfsVersion::k4, kS1, "/x/old").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(world_.nfs().Mount(NfsVersion::k3, kS0, "/x/new").error().kind, ErrorKind::kPermission);
  Export("/x/old *(rw)\n/x/new 192.168.7.32/30(rw)\n");
  EXPECT_EQ(Hostname(Mounted(NfsVersion::k3, "/x/old", kS1)), "/x/old");
  EXPECT_EQ(Hostname(Mounted(NfsVersion::k3, "/x/new", kS0)), "/x/new");
  EXPECT_FALSE(world_.nfs().Mount(NfsVersion::k3, kS1, "/x/new").has_value());
}

TEST_F(Nfs, WhatANodeWritesIsInItsRoot) {
  const NfsMount mount = Mounted(NfsVersion::k4, "/x/old");
  ASSERT_TRUE(world_.nfs().Write(mount, "/etc/hostname", "changed").has_value());
  EXPECT_EQ(world_.scene().Content("/x/old/etc/hostname"), "changed");
}

TEST_F(Nfs, ExportsThatPointToNothingAreListedWithAWarning) {
  const ProgramRun run = (world_.Put("/etc/exports", "/x/gone 192.168.7.33(rw)\n"),
                          world_.nfs().Exportfs({"exportfs", "-ra"}));
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.error, "exportfs: Failed to stat /x/gone\n");
  EXPECT_THAT(world_.nfs().exports(), ElementsAre(NfsExport{"/x/gone", "192.168.7.33"}));
}

TEST_F(Nfs, WhatIsNotSimulatedFailsLoudly) {
  for (const char* text : {"/x/old some-name(rw)\n", "/x/old 192.168.7.33(rw,fsid=1)\n",
                           "\"/x/old\" 192.168.7.33(rw)\n", "/x/old\n"}) {
    world_.Put("/etc/exports", text);
    EXPECT_EQ(world_.nfs().Exportfs({"exportfs", "-ra"}).exit_code, 1) << text;
  }
  EXPECT_EQ(world_.nfs().Exportfs({"exportfs", "-u"}).exit_code, 1);
}

}  // namespace
}  // namespace zprov::sim
