// What the simulator's NFS server does (unit/sim/nfs_test.cc) is what the real one does: the same
// facts, witnessed on the B+, which is its own client here (fixtures/kernels/README.md, NFS).
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "qemu/stories/story.h"

namespace zprov::tests {
namespace {

using std::chrono::seconds;

constexpr seconds kRetried{180};
constexpr const char* kBoth[] = {"3", "4.2"};
constexpr const char* kStale = "Stale file handle";

class NfsFacts : public Story {
 protected:
  void SetUp() override {
    Story::SetUp();
    if (IsSkipped() || HasFailure()) return;
    ASSERT_NO_FATAL_FAILURE(PowerOn(0));
    Expect("systemctl start nfs-server && mkdir -p /x /mnt/1 /mnt/2", kRetried);
  }

  // Two subvolumes, of which the first is exported. Each answers by its own name.
  void MakeTrees() {
    Expect(
        "umount -l /mnt/1 /mnt/2 2>/dev/null; rm -rf /x/link; "
        "for each in old new; do [ ! -e /x/$each ] || btrfs -q subvolume delete /x/$each; "
        "btrfs -q subvolume create /x/$each && for n in 1 2 3 4 5; do echo $each >/x/$each/$n; "
        "done; done; ln -s old /x/link",
        kRetried);
    Export("/x/old");
  }

  void Export(const std::string& paths) {
    Expect(fmt::format("for each in {}; do echo \"$each "
                       "127.0.0.1(rw,no_root_squash,async,no_subtree_check)\"; done >/etc/exports "
                       "&& exportfs -ra",
                       paths),
           kRetried);
  }

  bool Mount(const std::string& version, const std::string& path, int place = 1) {
    return Run(fmt::format("mount -t nfs -o vers={},soft,timeo=50,nosharecache 127.0.0.1:{} "
                           "/mnt/{}",
                           version, path, place),
               kRetried)
               .exit_code == 0;
  }

  // Each time another file, which the client has not seen: it must ask.
  std::string Ask(int file, int place = 1) {
    const vm::Ran ran = Run(fmt::format("cat /mnt/{}/{}", place, file), kRetried);
    if (ran.exit_code == 0) return ran.out.substr(0, ran.out.find('\n'));
    return ran.err.find(kStale) != std::string::npos ? kStale : ran.err;
  }

  void Exchange() {
    // renameat2(2) with RENAME_EXCHANGE, by its number on x86-64.
    Expect(
        "perl -e 'my ($old, $new) = @ARGV; exit(syscall(316, -100, $old, -100, $new, 2) != 0)' "
        "/x/old /x/new",
        kRetried);
  }
};

TEST_F(NfsFacts, AreWhatTheSimulatorMakesOfThem) {
  for (const std::string version : kBoth) {
    SCOPED_TRACE("NFS version " + version);
    ASSERT_NO_FATAL_FAILURE(Chapter("an exchanged root, version " + version));
    MakeTrees();
    ASSERT_TRUE(Mount(version, "/x/old"));
    EXPECT_EQ(Ask(1), "old");
    Exchange();
    EXPECT_EQ(Ask(2), "old") << "the export cache still knows it";
    Expect("exportfs -ra", kRetried);
    EXPECT_EQ(Ask(3), kStale);

    ASSERT_NO_FATAL_FAILURE(
        Chapter("an exchanged root that is exported at its new path, version " + version));
    MakeTrees();
    ASSERT_TRUE(Mount(version, "/x/old"));
    Exchange();
    Export("/x/old /x/new");
    EXPECT_EQ(Ask(1), "old");
    ASSERT_TRUE(Mount(version, "/x/old", 2)) << "who mounts now gets the other";
    EXPECT_EQ(Ask(1, 2), "new");

    ASSERT_NO_FATAL_FAILURE(Chapter("a deleted subvolume, version " + version));
    MakeTrees();
    ASSERT_TRUE(Mount(version, "/x/old"));
    Expect("btrfs subvolume delete /x/old", kRetried);
    EXPECT_NE(Ask(1), "old") << "by name it may be gone already";
    Export("/x/new");
    EXPECT_EQ(Ask(2), kStale);

    ASSERT_NO_FATAL_FAILURE(Chapter("a symlink on the server, version " + version));
    MakeTrees();
    EXPECT_EQ(Mount(version, "/x/link"), version == "3");
    EXPECT_EQ(Ask(1) == "old", version == "3");
    ASSERT_TRUE(Mount(version, "/x/old", 2));
    EXPECT_FALSE(Mount(version, "/x/new", 1)) << "not exported";

    ASSERT_NO_FATAL_FAILURE(Chapter("a symlink in exports, version " + version));
    MakeTrees();
    Export("/x/link");
    EXPECT_THAT(Expect("exportfs -s", kRetried), testing::StartsWith("/x/old "));
    ASSERT_TRUE(Mount(version, "/x/old"));
    Expect("ln -sfn new /x/link", kRetried);
    EXPECT_EQ(Ask(1), "old");
    Expect("exportfs -ra", kRetried);
    EXPECT_EQ(Ask(2), kStale);
  }
  Chapter("");
}

}  // namespace
}  // namespace zprov::tests
