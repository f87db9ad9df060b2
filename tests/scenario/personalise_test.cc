// What makes a snapshot of the base the root of one node.
#include "engine/personalise.h"

#include "engine/base.h"
#include "scenario/store_test_base.h"

namespace zprov::scenario {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPersonalRoot[] = "/x/.zprov/gen/1/s0/root";
constexpr char kBoot[] = "/x/.zprov/gen/1/s0/boot";

class PersonaliseTest : public StoreTest {
 protected:
  void Make() {
    MakeGenerationDirectory(1);
    ASSERT_TRUE(engine::MakeBase(world_.system(), spec_, 1, Notices()));
    world_.MakeSubvolume("/x/.zprov/gen/1/boot");
    world_.Put("/x/.zprov/gen/1/boot/kernel.img", "a kernel");
    for (const char* path : {"/x/.zprov/gen/1/base", "/x/.zprov/gen/1/boot"}) {
      ASSERT_TRUE(world_.system().btrfs.SetAccess(path, os::Access::kReadOnly));
    }
    engine::Identity identity{{{"/etc/machine-id", "11111111111111111111111111111111\n", 0444},
                               {"/etc/ssh/ssh_host_rsa_key", "s0's own", 0600},
                               {"/etc/ssh/ssh_host_rsa_key.pub", "its public half", 0644}}};
    ASSERT_TRUE(engine::MakeNodeSnapshots(world_.system(), spec_, 1, {"s0"}));
    const auto made = engine::Personalise(
        world_.system(), spec_, 1, {spec_.nodes.at(0), "127.0.1.1\ts0\n", std::move(identity)});
    ASSERT_TRUE(made) << made.error().message;
  }

  std::string InRoot(const std::string& path) { return kPersonalRoot + path; }
};

TEST_F(PersonaliseTest, GivesTheNodeItsNameAndIdentity) {
  Start(sim::BareHost);
  Make();
  EXPECT_EQ(Content(InRoot("/etc/hostname")), "s0\n");
  EXPECT_EQ(Content(InRoot("/etc/hosts")), "127.0.1.1\ts0\n");
  EXPECT_EQ(Content(InRoot("/etc/zprov/generation")), "1\n");
  EXPECT_EQ(Content(InRoot("/etc/machine-id")), "11111111111111111111111111111111\n");
  EXPECT_EQ(Content(InRoot("/etc/ssh/ssh_host_rsa_key")), "s0's own");
  EXPECT_EQ(Status(InRoot("/etc/ssh/ssh_host_rsa_key")).mode, 0600u);
  EXPECT_EQ(Status(InRoot("/etc/ssh/ssh_host_rsa_key.pub")).mode, 0644u);
  EXPECT_FALSE(Has(InRoot("/etc/ssh/ssh_host_ed25519_key")));
}

TEST_F(PersonaliseTest, MakesAWritableSubvolumeWithNoOtherChanges) {
  Start(sim::HandMadeHost);
  Make();
  const auto subvolume = world_.system().btrfs.Info(kPersonalRoot).value();
  ASSERT_TRUE(subvolume);
  EXPECT_FALSE(subvolume->read_only);
  const auto compared =
      world_.system().trees.Compare("/x/.zprov/gen/1/base", kPersonalRoot).value();
  std::vector<std::string> paths;
  for (const os::Difference& difference : compared.differences) paths.push_back(difference.path);
  EXPECT_THAT(paths, ::testing::UnorderedElementsAre(
                         "etc/hostname", "etc/hosts", "etc/machine-id", "etc/ssh/ssh_host_rsa_key",
                         "etc/ssh/ssh_host_rsa_key.pub", "etc/zprov/generation"));
}

TEST_F(PersonaliseTest, KeepsUnusualModesAndOwners) {
  Start(sim::BareHost);
  world_.scene().SetMode("/etc/hosts", 0604);
  world_.scene().SetOwner("/etc/hosts", {7, 8});
  Make();
  const os::FileStatus hosts = Status(InRoot("/etc/hosts"));
  EXPECT_EQ(hosts.mode, 0604u);
  EXPECT_EQ(hosts.uid, 7u);
  EXPECT_EQ(hosts.gid, 8u);
}

TEST_F(PersonaliseTest, WritesThroughASymlinkInsideTheRoot) {
  Start(sim::BareHost);
  world_.Put("/etc/names/host", "snail\n");
  world_.scene().Remove("/etc/hostname");
  world_.scene().Symlink("/etc/hostname", "/etc/names/host");
  Make();
  EXPECT_EQ(Content(InRoot("/etc/names/host")), "s0\n");
  EXPECT_EQ(Content("/etc/names/host"), "snail\n");
}

TEST_F(PersonaliseTest, PutsAFileWhereASymlinkLeadsToNowhereOrToWhatNoNodeWouldSee) {
  Start(sim::BareHost);
  world_.scene().Remove("/etc/hostname");
  world_.scene().Symlink("/etc/hostname", "/nowhere/at/all");
  world_.scene().Remove("/etc/hosts");
  world_.Put("/run/hosts", "127.0.0.1 localhost\n");
  world_.scene().Symlink("/etc/hosts", "/run/hosts");
  Make();
  EXPECT_EQ(Status(InRoot("/etc/hostname")).type, os::FileType::kRegular);
  EXPECT_EQ(Content(InRoot("/etc/hostname")), "s0\n");
  EXPECT_EQ(Status(InRoot("/etc/hosts")).type, os::FileType::kRegular);
}

TEST_F(PersonaliseTest, MakesTheFilesThatTheSourceLacks) {
  Start(sim::BareHost);
  world_.scene().Remove("/etc/hostname");
  world_.scene().Remove("/etc/hosts");
  Make();
  EXPECT_EQ(Content(InRoot("/etc/hostname")), "s0\n");
  EXPECT_EQ(Status(InRoot("/etc/hosts")).mode, 0644u);
}

TEST_F(PersonaliseTest, LinksTheNodesBootToTheGenerationsNatively) {
  Start(sim::BareHost);
  Make();
  EXPECT_EQ(world_.system().files.ReadSymlink(kBoot).value(), "../boot");
}

TEST_F(PersonaliseTest, GivesTheNodeABootDirectoryOfItsOwnInTheCompatibleMode) {
  Start(sim::BareHost, spec::Mode::kCompatible);
  Make();
  const auto subvolume = world_.system().btrfs.Info(kBoot).value();
  ASSERT_TRUE(subvolume);
  EXPECT_TRUE(subvolume->read_only);
  const std::string boot = kBoot;
  EXPECT_EQ(Content(boot + "/kernel.img"), "a kernel");
  EXPECT_THAT(Content(boot + "/cmdline.txt"),
              AllOf(HasSubstr("nfsroot=192.168.7.2:/x/s0,"), HasSubstr("zprov.node=s0")));
  EXPECT_THAT(Content(boot + "/config.txt"), HasSubstr("kernel=kernel.img"));
  EXPECT_FALSE(Has("/x/.zprov/gen/1/boot/cmdline.txt"));
}

}  // namespace
}  // namespace zprov::scenario
