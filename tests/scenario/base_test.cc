// The base of a generation: what all roots of it share.
#include "engine/base.h"

#include "core/node_files/node_files.h"
#include "scenario/store_test_base.h"

namespace zprov::scenario {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

constexpr char kBase[] = "/x/.zprov/gen/1/base";

class BaseTest : public StoreTest {
 protected:
  engine::Base Make() {
    MakeGenerationDirectory(1);
    auto base = engine::MakeBase(world_.system(), spec_, 1, Notices());
    EXPECT_TRUE(base) << base.error().message;
    return base.value_or(engine::Base{});
  }

  std::string InBase(const std::string& path) { return kBase + path; }
};

TEST_F(BaseTest, HasADirectoryLikeTheSubvolumesRootForEachStub) {
  Start(sim::BareHost);
  sim::Scene& scene = world_.scene();
  scene.MakeSubvolume("/x/scratch");
  scene.SetMode("/x/scratch", 01777);
  scene.SetOwner("/x/scratch", {1000, 100});
  scene.SetXattr("/x/scratch", "system.posix_acl_default", "an ACL");
  scene.MakeSubvolume("/var/lib/deep/er", 0700);
  Make();
  const os::FileStatus scratch = Status(InBase("/x/scratch"));
  EXPECT_EQ(scratch.mode, 01777u);
  EXPECT_EQ(scratch.uid, 1000u);
  EXPECT_EQ(scratch.gid, 100u);
  EXPECT_EQ(scene.Xattr(InBase("/x/scratch"), "system.posix_acl_default"), "an ACL");
  EXPECT_EQ(Status(InBase("/var/lib/deep/er")).mode, 0700u);
  EXPECT_THAT(world_.system().roots.Stubs(kBase).value(), IsEmpty());
}

TEST_F(BaseTest, IsReadFromTheSourceAndLeavesItAsItWas) {
  Start(sim::HandMadeHost);
  const std::string etc = world_.Dump("/etc");
  const std::string var = world_.Dump("/var");
  Make();
  EXPECT_EQ(world_.Dump("/etc"), etc);
  EXPECT_EQ(world_.Dump("/var"), var);
}

TEST_F(BaseTest, NamesInOneNoticeWhatNodesWillNotHave) {
  Start(sim::BareHost);
  world_.scene().MakeSubvolume("/var/lib/docker");
  world_.scene().MakeDirectory("/srv/data");
  world_.scene().MountNew("/srv/data", {.type = "xfs"});
  world_.scene().MakeDirectory("/run/user/1000");
  world_.scene().MountNew("/run/user/1000", {.type = "tmpfs"});
  world_.scene().MakeDirectory("/var/volatile");
  world_.scene().MountNew("/var/volatile", {.type = "tmpfs"});
  Make();
  EXPECT_THAT(Warnings(),
              ElementsAre(AllOf(HasSubstr("/srv/data (xfs), /var/lib/docker (a subvolume):"),
                                HasSubstr("below /x/snaa"), Not(HasSubstr("/proc")),
                                Not(HasSubstr("/boot")), Not(HasSubstr("/run")),
                                Not(HasSubstr("volatile")), Not(HasSubstr(".zprov")))));
}

TEST_F(BaseTest, NamesNothingOfTheProceduresOwnSubvolumes) {
  Start(sim::HandMadeHost);
  Make();
  EXPECT_THAT(Warnings(), IsEmpty());
}

TEST_F(BaseTest, NamesEightOfManySubvolumesAndCountsTheRest) {
  Start(sim::BareHost);
  for (int i = 10; i < 50; ++i) {
    world_.scene().MakeSubvolume("/var/lib/docker/" + std::to_string(i));
  }
  Make();
  EXPECT_THAT(Warnings(), ElementsAre(AllOf(HasSubstr("/var/lib/docker/17 (a subvolume), and 32"),
                                            Not(HasSubstr("docker/18")))));
}

TEST_F(BaseTest, NamesAPathAsTheNodeSeesItWhenTheSourceIsNotTheHostsRoot) {
  Start(sim::BareHost);
  spec_.storage.source = "/x/system";
  world_.scene().MakeSubvolume("/x/system");
  world_.scene().MakeSubvolume("/x/system/opt");
  world_.scene().MakeDirectory("/x/system/srv");
  world_.scene().MountNew("/x/system/srv", {.type = "ext4"});
  world_.scene().Put("/x/system/etc/hostname", "master\n");
  Make();
  EXPECT_THAT(Warnings(), ElementsAre(HasSubstr("in /opt (a subvolume), /srv (ext4):")));
}

TEST_F(BaseTest, KeepsAMountPointAsAnEmptyDirectory) {
  Start(sim::BareHost);
  Make();
  EXPECT_THAT(world_.system().trees.List(InBase("/boot")).value(), IsEmpty());
  EXPECT_THAT(world_.system().trees.List(InBase("/proc")).value(), IsEmpty());
}

TEST_F(BaseTest, HasThePlaceForTheHomeAlsoWhenTheSnapshotHasNothingOfTheStore) {
  Start(sim::BareHost);
  spec_.storage.source = "/x/system";
  world_.scene().MakeSubvolume("/x/system");
  world_.scene().MakeSubvolume("/x/snaa", 0751);
  Make();
  EXPECT_EQ(Status(InBase("/x/snaa")).mode, 0751u);
}

TEST_F(BaseTest, HasNothingThatIsTheHostsAlone) {
  Start(sim::HandMadeHost);
  for (const char* path :
       {"/etc/systemd/system/multi-user.target.wants/nfs-server.service",
        "/etc/systemd/system/multi-user.target.wants/zprov.service",
        "/etc/systemd/system/zprov.service", "/var/lib/systemd/random-seed", "/var/swap",
        "/etc/dhcpcd.duid", "/var/lib/dhcpcd/eth0.lease", "/root/.ssh/id_ed25519",
        "/var/log/journal/0123/system.journal", "/etc/zprov/cluster.toml"}) {
    world_.Put(path, "the host's");
  }
  world_.Put("/root/.ssh/id_ed25519.pub", "public");
  world_.Put("/root/.ssh/authorized_keys", "others");
  world_.Put("/var/log/apt/history.log", "installed");
  world_.Put("/.home.before-zprov/pi/notes.txt", "old");
  Make();
  const std::string dump = world_.Dump(kBase);
  for (const char* gone :
       {"/etc/exports", "nfs-server.service", "zprov.service", "random-seed", "/var/swap", "duid",
        ".lease", "id_ed25519 ", "journal/0123", "cluster.toml", "/etc/machine-id",
        "ssh_host_ed25519_key", "70-gadget.rules", "interfaces.d/zeros", "rpiboot.log", "syslog",
        "history.log", ".home.before-zprov"}) {
    EXPECT_THAT(dump, Not(HasSubstr(gone)));
  }
  for (const char* stays : {"id_ed25519.pub", "authorized_keys", "/var/log/apt", "/etc/hosts",
                            "/etc/systemd/system/multi-user.target.wants", "/root/.ssh"}) {
    EXPECT_THAT(dump, HasSubstr(stays));
  }
}

TEST_F(BaseTest, LeavesUsb0ToTheRootThatComesOverIt) {
  Start(sim::HandMadeHost);
  world_.Put("/etc/NetworkManager/NetworkManager.conf", "[main]\n");
  Make();
  EXPECT_THAT(Content(InBase("/etc/dhcpcd.conf")),
              AllOf(HasSubstr("denyinterfaces usb0"), Not(HasSubstr("interface san"))));
  EXPECT_EQ(Status(InBase("/etc/dhcpcd.conf")).mode, 0664u);
  EXPECT_THAT(Content(InBase("/etc/NetworkManager/conf.d/zprov.conf")), HasSubstr("usb0"));
}

TEST_F(BaseTest, MakesNoFileForAManagerThatTheSourceHasNot) {
  Start(sim::BareHost);
  world_.scene().Remove("/etc/dhcpcd.conf");
  world_.scene().Remove("/etc/rc.local");
  Make();
  EXPECT_FALSE(Has(InBase("/etc/NetworkManager")));
  EXPECT_FALSE(Has(InBase("/etc/dhcpcd.conf")));
  EXPECT_FALSE(Has(InBase("/etc/rc.local")));
}

TEST_F(BaseTest, HasWhatRunsOnTheNodesAndItsUnitEnabled) {
  Start(sim::HandMadeHost);
  const std::string source = world_.Dump("/usr") + world_.Dump("/etc");
  Make();
  for (const node_files::NodeFile& file : node_files::NodeFiles()) {
    const std::string path = InBase(std::string(file.path));
    EXPECT_EQ(Content(path), node_files::Script(file.script)) << path;
    EXPECT_EQ(Status(path).mode, file.mode) << path;
    EXPECT_NE(Content(path), "") << path;
  }
  EXPECT_THAT(Content(InBase("/usr/lib/systemd/system/zprov-node.service")),
              HasSubstr("ExecStart=/usr/lib/zprov/zprov-node\n"));
  EXPECT_EQ(world_.system().files.ReadSymlink(InBase(std::string(node_files::kUnitLink))).value(),
            "/usr/lib/systemd/system/zprov-node.service");
  EXPECT_EQ(Status(InBase("/var/lib/zprov")).mode, 0755u);
  EXPECT_THAT(world_.system().trees.List(InBase("/etc/zprov")).value(), IsEmpty());
  EXPECT_THAT(Content(InBase("/etc/rc.local")), Not(HasSubstr("zprov-node")));
  EXPECT_EQ(world_.Dump("/usr") + world_.Dump("/etc"), source) << "the host itself gets none of it";
}

TEST_F(BaseTest, StartsWhatRunsOnTheNodesFromRcLocalWhereNoSystemdIs) {
  Start(sim::HandMadeHost, spec::Mode::kCompatible);
  world_.scene().Remove("/lib/systemd/systemd");
  Make();
  const std::string rc_local = Content(InBase("/etc/rc.local"));
  const size_t start = rc_local.find("\n/usr/lib/zprov/zprov-node &\n");
  EXPECT_LT(start, rc_local.rfind("exit 0")) << rc_local;
  EXPECT_THAT(rc_local,
              AllOf(HasSubstr("ip link set usb0 mtu 7418"), Not(HasSubstr("rpiboot -m"))));
  EXPECT_FALSE(Has(InBase(std::string(node_files::kUnitLink))));
}

TEST_F(BaseTest, MakesAnRcLocalForWhatRunsOnTheNodesWhereNothingElseWouldStartIt) {
  Start(sim::BareHost);
  world_.scene().Remove("/lib/systemd/systemd");
  world_.scene().Remove("/etc/rc.local");
  Make();
  EXPECT_THAT(Content(InBase("/etc/rc.local")),
              AllOf(StartsWith("#!/bin/sh"), HasSubstr("\n/usr/lib/zprov/zprov-node &\n"),
                    Not(HasSubstr("case"))));
  EXPECT_EQ(Status(InBase("/etc/rc.local")).mode, 0755u);
}

TEST_F(BaseTest, StartsNothingOfTheHostsFromRcLocal) {
  Start(sim::HandMadeHost, spec::Mode::kCompatible);
  Make();
  EXPECT_THAT(Content(InBase("/etc/rc.local")),
              AllOf(Not(HasSubstr("rpiboot -m")), HasSubstr("ip link set usb0 mtu 7418"),
                    HasSubstr("My IP address is")));
  EXPECT_EQ(Status(InBase("/etc/rc.local")).mode, 0755u);
}

TEST_F(BaseTest, GivesNodesTheHostsFileWithTheirOwnNameForTheHosts) {
  Start(sim::HandMadeHost);
  const std::string hosts = Make().hosts.Of("s3");
  EXPECT_THAT(hosts, AllOf(HasSubstr("127.0.1.1\ts3"), HasSubstr("192.168.7.2 snail"),
                           Not(HasSubstr("127.0.1.1\tsnail"))));
}

TEST_F(BaseTest, SaysWhichFileOfTheSourceCannotBeUnderstood) {
  Start(sim::BareHost);
  world_.Put("/etc/rc.local", "#!/bin/sh -e\n# zprov begin rc.local (managed: half)\nexit 0\n");
  MakeGenerationDirectory(1);
  const auto failed = engine::MakeBase(world_.system(), spec_, 1, Notices());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(failed.error().message, HasSubstr("the source's /etc/rc.local"));
}

TEST_F(BaseTest, RemovesASymlinkAndNothingThatItMeansInsideOrOutside) {
  Start(sim::BareHost);
  sim::Scene& scene = world_.scene();
  world_.Put("/outside/exports", "/data *(ro)\n");
  scene.Remove("/etc/exports");
  scene.Symlink("/etc/exports", "/outside/exports");
  Make();
  EXPECT_FALSE(Has(InBase("/etc/exports")));
  EXPECT_TRUE(Has(InBase("/outside/exports")));
  EXPECT_EQ(Content("/outside/exports"), "/data *(ro)\n");
}

TEST_F(BaseTest, FollowsADirectorysAbsoluteSymlinkInsideTheBaseAlone) {
  Start(sim::BareHost);
  sim::Scene& scene = world_.scene();
  scene.Move("/var/log", "/data-log");
  scene.Symlink("/var/log", "/data-log");
  world_.Put("/data-log/apt/history.log", "installed");
  Make();
  EXPECT_EQ(Content("/data-log/apt/history.log"), "installed");
  EXPECT_FALSE(Has(InBase("/data-log/apt/history.log")));
  EXPECT_TRUE(Has(InBase("/data-log/apt")));
}

TEST_F(BaseTest, HasNoIdentityOfANodeWhereTheStoresStateIsAPlainDirectory) {
  sim::BareHost(world_);
  spec_ = Cluster(spec::Mode::kNative);
  world_.Put("/x/.zprov/identity/s0/ssh_host_rsa_key", "secret", 0600);
  Make();
  EXPECT_TRUE(Has(InBase("/x/.zprov")));
  EXPECT_FALSE(Has(InBase("/x/.zprov/identity")));
  EXPECT_EQ(Content("/x/.zprov/identity/s0/ssh_host_rsa_key"), "secret");
}

TEST_F(BaseTest, HasTheFstabThatTheOperatorKeepsForTheNodes) {
  Start(sim::BareHost);
  world_.Put("/x/sproto/fstab", "/dev/nfs / nfs noatime 1 1\n");
  world_.scene().SetMode("/etc/fstab", 0640);
  Make();
  EXPECT_EQ(Content(InBase("/etc/fstab")), "/dev/nfs / nfs noatime 1 1\n");
  EXPECT_EQ(Status(InBase("/etc/fstab")).mode, 0640u);
}

TEST_F(BaseTest, HasTheRenderedFstabWhereTheOperatorKeepsNone) {
  Start(sim::BareHost);
  Make();
  EXPECT_THAT(Content(InBase("/etc/fstab")), HasSubstr("snail:/x/snaa /x/snaa nfs"));
}

TEST_F(BaseTest, SaysWhichHostKeysTheSourceHad) {
  Start(sim::BareHost);
  world_.Put("/etc/ssh/ssh_host_rsa_key", "an RSA key", 0600);
  EXPECT_THAT(Make().key_kinds,
              UnorderedElementsAre(os::HostKeyKind::kRsa, os::HostKeyKind::kEd25519));
}

TEST_F(BaseTest, KnowsNoHostKeysWithoutSshd) {
  Start(sim::BareHost);
  world_.scene().Remove("/etc/ssh");
  EXPECT_THAT(Make().key_kinds, IsEmpty());
  EXPECT_FALSE(Has(InBase("/etc/ssh")));
}

TEST_F(BaseTest, GivesDbusTheNodesOwnMachineId) {
  Start(sim::BareHost);
  world_.Put("/var/lib/dbus/machine-id", "0123456789abcdef0123456789abcdef\n");
  Make();
  EXPECT_EQ(world_.system().files.ReadSymlink(InBase("/var/lib/dbus/machine-id")).value(),
            "../../../etc/machine-id");
}

TEST_F(BaseTest, SaysThatItTakesASnapshot) {
  Start(sim::BareHost);
  Make();
  EXPECT_EQ(notices_.at(0),
            (engine::Notice{engine::Notice::Kind::kProgress, "snapshot of / as generation 1"}));
}

TEST_F(BaseTest, RefusesASourceThatIsNoSubvolume) {
  Start(sim::BareHost);
  spec_.storage.source = "/opt";
  const auto refused = engine::CheckSource(world_.system(), spec_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("/opt is no btrfs subvolume"));
}

}  // namespace
}  // namespace zprov::scenario
