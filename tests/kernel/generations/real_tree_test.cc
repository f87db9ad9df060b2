// Generations with the real program on a real Debian tree: from `init` to `prune`, each root and
// boot set judged by content; and a rig made by hand, to its first own generation and back.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "kernel/generations/lived_in.h"
#include "kernel/generations/node_roots.h"
#include "kernel/hosts/debian_test.h"
#include "kernel/hosts/listing.h"
#include "sim/scenarios/seed_files.h"

namespace zprov::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr std::array kKeys = {"rsa", "ecdsa", "ed25519"};

uint64_t InodeOf(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

bool IsReadOnly(const std::string& subvolume) {
  return RunShell("btrfs property get " + subvolume + " ro").out == "ro=true\n";
}

std::set<std::string> Distinct(const std::map<std::string, std::string>& by_node) {
  std::set<std::string> values;
  for (const auto& [node, value] : by_node) values.insert(value);
  return values;
}

class Generations : public DebianTest {
 protected:
  void SetUp() override {
    DebianTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    LiveOn(root_);
    firmware_ = root_ + "/boot/firmware/";
    version_ = fs::directory_iterator(root_ + "/lib/modules")->path().filename();
  }

  void Update(int number) {
    const Ran ran = Zprov("update");
    ASSERT_EQ(ran.exit_code, 0) << ran.out;
    for (const char* node : kNodes) ExpectCurrent(node, number);
  }

  void ExpectCurrent(const std::string& node, int number) {
    EXPECT_EQ(roots().Current(node), fmt::format("../gen/{}/{}", number, node));
    EXPECT_EQ(fs::read_symlink(roots().Stable(node)), ".zprov/current/" + node + "/root");
    EXPECT_EQ(ContentOf(roots().Stable(node) + "/etc/hostname"), node + "\n");
  }

  // What makes each node itself, in a generation of all five.
  void ExpectFiveSelves(int number) {
    std::set<std::string> subvolumes;
    for (const char* node : kNodes) {
      SCOPED_TRACE(node);
      const std::string root = roots().Root(number, node);
      EXPECT_EQ(InodeOf(root), 256U);
      subvolumes.insert(RunShell("btrfs subvolume show " + root + " | grep UUID: | head -1").out);
      EXPECT_EQ(ContentOf(root + "/etc/hostname"), std::string(node) + "\n");
      const std::string hosts = ContentOf(root + "/etc/hosts");
      EXPECT_THAT(hosts, AllOf(HasSubstr(fmt::format("127.0.1.1\t{}\n", node)),
                               Not(HasSubstr("127.0.1.1\tsnail")), HasSubstr("192.168.7.2 snail"),
                               HasSubstr("192.168.7.49 s4")));
      const std::string fstab = ContentOf(root + "/etc/fstab");
      EXPECT_THAT(fstab, AllOf(HasSubstr("snail:/x/snaa"), Not(HasSubstr("LABEL=ROOT"))));
      EXPECT_THAT(ContentOf(root + "/etc/machine-id"), MatchesRegex("[0-9a-f]{32}\n"));
      for (const char* kind : kKeys) ExpectKeyPair(root, kind);
      EXPECT_THAT(StubsBelow(root), IsEmpty());
    }
    EXPECT_THAT(subvolumes, SizeIs(kNodes.size()));
    EXPECT_THAT(Distinct(roots().EachHas(number, "/etc/machine-id")), SizeIs(kNodes.size()));
    EXPECT_THAT(Distinct(roots().EachHas(number, "/etc/hosts")), SizeIs(kNodes.size()));
  }

  void ExpectKeyPair(const std::string& root, const std::string& kind) {
    const std::string key = root + "/etc/ssh/ssh_host_" + kind + "_key";
    EXPECT_EQ(fs::status(key).permissions(), fs::perms(0600)) << key;
    const std::string its_public = RunShell("ssh-keygen -y -f " + key).out;
    const std::string written = ContentOf(key + ".pub");
    const std::string bare = its_public.substr(0, its_public.find_last_not_of(" \n") + 1);
    EXPECT_FALSE(bare.empty()) << key;
    EXPECT_TRUE(written.starts_with(bare.substr(0, bare.find(' ', bare.find(' ') + 1)))) << written;
    EXPECT_NE(written, ContentOf(root_ + "/etc/ssh/ssh_host_" + kind + "_key.pub"));
    EXPECT_THAT(ContentOf(root_ + "/etc/ssh/ssh_known_hosts"),
                HasSubstr(written.substr(0, written.find(' ', written.find(' ') + 1))));
  }

  void ExpectSameSelves(int one, int other) {
    for (const std::string path :
         {"/etc/machine-id", "/etc/hostname", "/etc/hosts", "/etc/fstab"}) {
      EXPECT_EQ(roots().EachHas(one, path), roots().EachHas(other, path)) << path;
    }
    for (const char* kind : kKeys) {
      const std::string path = fmt::format("/etc/ssh/ssh_host_{}_key", kind);
      EXPECT_EQ(roots().EachHas(one, path), roots().EachHas(other, path)) << path;
      EXPECT_THAT(Distinct(roots().EachHas(one, path)), SizeIs(kNodes.size())) << path;
    }
  }

  // The served names, each from where it belongs.
  void ExpectBootSet(int number) {
    const std::string boot = roots().Generation(number) + "/boot";
    EXPECT_TRUE(IsReadOnly(boot));
    for (const std::string name : {"bootcode.bin", "start.elf", "fixup.dat"}) {
      EXPECT_EQ(ContentOf(boot + "/" + name), ContentOf(firmware_ + name)) << name;
    }
    const std::string dtbs = root_ + "/usr/lib/linux-image-" + version_;
    const std::string dtb = ContentOf(boot + "/bcm2835-rpi-zero.dtb");
    EXPECT_EQ(dtb, ContentOf(dtbs + "/bcm2835-rpi-zero.dtb"));
    EXPECT_TRUE(dtb.starts_with("\xd0\x0d\xfe\xed")) << "no flattened device tree";
    EXPECT_EQ(ContentOf(boot + "/kernel.img"), ContentOf(root_ + "/boot/vmlinuz-" + version_));
    const std::string inside = boot.substr(root_.size()) + "/initrd.img";
    const Ran initramfs = RunShell("chroot " + root_ + " lsinitramfs " + inside);
    EXPECT_EQ(initramfs.exit_code, 0);
    EXPECT_THAT(
        initramfs.out,
        AllOf(HasSubstr("\ninit\n"), HasSubstr("\nscripts/nfs\n"),
              HasSubstr("lib/modules/" + version_ + "/"), HasSubstr("\nscripts/zprov\n"),
              HasSubstr("\nscripts/zprov-functions\n"), HasSubstr("\nconf/conf.d/zprov\n")));
    ExpectNodesModules(initramfs.out);
    for (const char* node : kNodes) {
      EXPECT_EQ(fs::read_symlink(roots().Boot(number, node)), "../boot");
    }
  }

  // Each module that nodes need and that this kernel has.
  void ExpectNodesModules(const std::string& listing) {
    std::istringstream names(ContentOf(ZPROV_SOURCE_DIR "/src/node/modules"));
    size_t found = 0;
    for (std::string name; std::getline(names, name);) {
      if (name.empty() || name.starts_with("#")) continue;
      const std::string file = "/" + name + ".ko";
      const Ran has =
          RunShell(fmt::format("find {}/lib/modules/{} -name {}.ko", root_, version_, name));
      if (has.out.empty()) continue;
      EXPECT_THAT(listing, HasSubstr(file + "\n"));
      ++found;
    }
    EXPECT_GT(found, 2U) << "at least NFS";
    EXPECT_TRUE(fs::exists(root_ + "/lib/modules/" + version_ + "/kernel/drivers/ata/libata.ko"));
    EXPECT_THAT(listing, Not(HasSubstr("/libata.ko"))) << "a driver that no Zero needs";
  }

  NodeRoots roots() const { return NodeRoots(root_); }

  std::string firmware_;  // of the host, with a "/" at the end
  std::string version_;   // of its kernel
};

// Entries that belong to the host alone, or to other subvolumes, by the beginning of their path.
bool IsExpectedGone(const std::string& path) {
  for (const std::string_view beginning :
       {".home.before-zprov",
        "x/.zprov",
        "x/snaa/",
        "x/scratch/",
        "x/s0",
        "x/s1",
        "x/s2",
        "x/s3",
        "x/s4",
        "x/sproto/",
        "x/sboot/",
        "srv/data/",
        "etc/zprov",
        "etc/exports",
        "etc/systemd/system/zprov",
        "etc/systemd/system/multi-user.target.wants/nfs-server.service",
        "etc/systemd/system/multi-user.target.wants/zprov",
        "etc/rc2.d/S01nfs-kernel-server",
        "etc/rc3.d/S01nfs-kernel-server",
        "etc/rc4.d/S01nfs-kernel-server",
        "etc/rc5.d/S01nfs-kernel-server",
        "etc/systemd/network/70-zprov-",
        "etc/udev/rules.d/70-zprov.rules",
        "root/.ssh/id_ed25519",
        "var/lib/systemd/random-seed",
        "var/swap",
        "var/lib/dhcpcd/duid",
        "var/lib/nfs/",
        "var/log/"}) {
    if (path.starts_with(beginning)) return path != "root/.ssh/id_ed25519.pub";
  }
  return false;
}

// The node's own, and what was a subvolume and is a directory.
constexpr std::array kChanged = {"etc/dhcpcd.conf",
                                 "etc/fstab",
                                 "etc/hostname",
                                 "etc/hosts",
                                 "etc/machine-id",
                                 "etc/ssh/ssh_host_ecdsa_key",
                                 "etc/ssh/ssh_host_ecdsa_key.pub",
                                 "etc/ssh/ssh_host_ed25519_key",
                                 "etc/ssh/ssh_host_ed25519_key.pub",
                                 "etc/ssh/ssh_host_rsa_key",
                                 "etc/ssh/ssh_host_rsa_key.pub",
                                 "srv/data",
                                 "var/lib/machines",
                                 "var/lib/portables",
                                 "x/.zprov",
                                 "x/scratch",
                                 "x/snaa"};

TEST_F(Generations, GoFromAFreshDebianTreeToFiveNodesAndBack) {
  WriteFile(root_ + kSpec, NativeSpec());
  const Ran check = RunShell(fmt::format("{} --root {} check 2>&1", ZPROV_PROGRAM, root_));
  EXPECT_EQ(check.exit_code, 0) << check.out;
  EXPECT_THAT(check.out, HasSubstr("arch"));
  EXPECT_EQ(Zprov("plan").exit_code, 4);
  ASSERT_EQ(Zprov("apply").exit_code, 0);
  for (const char* node : kNodes) ExpectCurrent(node, 1);
  ExpectFiveSelves(1);
  ExpectBootSet(1);
  const Ran again = Zprov("apply");
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.out, HasSubstr("nothing to do"));
  EXPECT_THAT(roots().Generations(), ElementsAre("1"));

  ASSERT_NO_FATAL_FAILURE(Update(2));
  ExpectFiveSelves(2);
  ExpectSameSelves(1, 2);
  ExpectBootSet(2);
  const Ran unchanged = Zprov("update --if-changed");
  EXPECT_EQ(unchanged.exit_code, 0);
  EXPECT_THAT(unchanged.out, HasSubstr("nothing to do")) << "its initramfs is the same again";
  EXPECT_THAT(roots().Generations(), ElementsAre("1", "2"));
  WriteFile(root_ + "/usr/bin/new-tool", "a package's program\n");
  WriteFile(root_ + "/var/lib/dpkg/status", ContentOf(root_ + "/var/lib/dpkg/status") + "\n");
  fs::remove(root_ + "/usr/bin/passwd");
  const auto second = roots().EachHas(2, "/var/lib/dpkg/status");
  ASSERT_NO_FATAL_FAILURE(Update(3));
  ExpectSameSelves(2, 3);
  EXPECT_THAT(Distinct(roots().EachHas(3, "/usr/bin/new-tool")),
              ElementsAre("a package's program\n"));
  EXPECT_FALSE(fs::exists(roots().Root(3, "s2") + "/usr/bin/passwd"));
  EXPECT_TRUE(fs::exists(roots().Root(2, "s2") + "/usr/bin/passwd"));
  EXPECT_FALSE(fs::exists(roots().Root(2, "s4") + "/usr/bin/new-tool"));
  EXPECT_EQ(roots().EachHas(2, "/var/lib/dpkg/status"), second);

  ASSERT_EQ(Zprov("rollback").exit_code, 0);
  for (const char* node : kNodes) ExpectCurrent(node, 2);
  EXPECT_FALSE(fs::exists(roots().Stable("s0") + "/usr/bin/new-tool"));
  EXPECT_THAT(roots().Generations(), ElementsAre("1", "2", "3"));
  ASSERT_NO_FATAL_FAILURE(Update(4));
  ASSERT_EQ(Zprov("prune --keep 1").exit_code, 0);
  EXPECT_THAT(roots().Generations(), ElementsAre("3", "4"));
  EXPECT_THAT(roots().NodesOf(3), ElementsAreArray(kNodes));
  ExpectBootSet(4);
  ExpectFiveSelves(4);
}

TEST_F(Generations, HoldTheSourceAndNothingThatIsTheHostsAlone) {
  WriteFile(root_ + kSpec, NativeSpec());
  ASSERT_EQ(Zprov("apply").exit_code, 0);
  ASSERT_NO_FATAL_FAILURE(Update(2));
  const std::string source = Listing(root_);
  const std::string scratch = root_ + "/x/scratch";
  for (const char* node : {"s0", "s4"}) {
    SCOPED_TRACE(node);
    const std::string root = roots().Root(2, node);
    const ListingDiff diff = DiffOf(source, Listing(root));
    for (const std::string& path : diff.gone) EXPECT_TRUE(IsExpectedGone(path)) << path;
    EXPECT_THAT(diff.gone,
                ::testing::IsSupersetOf(
                    {"etc/exports", "etc/zprov/cluster.toml", "root/.ssh/id_ed25519", "var/swap",
                     "etc/systemd/system/multi-user.target.wants/nfs-server.service",
                     "var/lib/systemd/random-seed", "var/lib/dhcpcd/duid", "var/log/rpiboot.log",
                     "var/log/journal/5f1e/system.journal", "x/.zprov/gen", "var/lib/nfs/rmtab"}));
    EXPECT_THAT(
        diff.added,
        UnorderedElementsAre(
            "etc/systemd/network/05-zprov-usb0.network",
            "etc/systemd/system/multi-user.target.wants/zprov-node.service", "etc/zprov/generation",
            "usr/lib/systemd/system/zprov-node.service", "usr/lib/zprov", "usr/lib/zprov/modules",
            "usr/lib/zprov/zprov-node", "usr/share/initramfs-tools/conf.d/zprov-drivers.conf",
            "usr/share/initramfs-tools/hooks/zprov", "usr/share/initramfs-tools/scripts/zprov",
            "usr/share/initramfs-tools/scripts/zprov-functions", "var/lib/zprov"));
    EXPECT_EQ(ContentOf(root + "/etc/zprov/generation"), "2\n");
    EXPECT_EQ(RunShell("chroot " + root + " systemctl is-enabled zprov-node.service").out,
              "enabled\n");
    EXPECT_THAT(diff.changed, ElementsAreArray(kChanged));

    for (const char* kind : {"system.posix_acl_access", "system.posix_acl_default"}) {
      EXPECT_EQ(XattrOf(root + "/x/scratch", kind), XattrOf(scratch, kind)) << kind;
    }
    EXPECT_EQ(fs::status(root + "/x/scratch").permissions(), fs::perms(01777));
    EXPECT_EQ(fs::status(root + "/var/lib/machines").permissions(), fs::perms(0700));
    EXPECT_EQ(fs::status(root + "/srv/data").permissions(), fs::perms(02750));
    EXPECT_TRUE(fs::is_empty(root + "/x/scratch"));
    WriteFile(root + "/x/scratch/written", "by the node\n");  // a stub takes no file
  }
}

TEST_F(Generations, AreToldByStatusInWordsAndAsADocument) {
  WriteFile(root_ + kSpec, NativeSpec());
  ASSERT_EQ(Zprov("apply").exit_code, 0);
  ASSERT_NO_FATAL_FAILURE(Update(2));
  WriteFile(roots().Root(2, "s3") + "/var/lib/counter", std::string(5000, '1'));
  ASSERT_EQ(Zprov("rollback s1").exit_code, 0);

  const Ran words = Zprov("status");
  EXPECT_EQ(words.exit_code, 0);
  EXPECT_THAT(words.out, AllOf(HasSubstr("5 down"), HasSubstr(version_)));
  const std::string schema = ZPROV_SOURCE_DIR "/src/cli/schemas/status.schema.json";
  const Ran document = Zprov("--json status");
  EXPECT_EQ(document.exit_code, 0);
  WriteFile(root_ + "/tmp/status.json", document.out);
  EXPECT_EQ(RunShell(fmt::format("{}/tests/support/validate_json {} <{}/tmp/status.json",
                                 ZPROV_SOURCE_DIR, schema, root_))
                .out,
            "");
  const auto nodes = nlohmann::json::parse(document.out).at("nodes");
  ASSERT_EQ(nodes.size(), kNodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    SCOPED_TRACE(kNodes.at(i));
    EXPECT_EQ(nodes[i].at("node"), kNodes.at(i));
    EXPECT_EQ(nodes[i].at("life"), "down");
    EXPECT_EQ(nodes[i].at("next"), i == 1 ? 1 : 2);
    EXPECT_EQ(nodes[i].at("generations"), nlohmann::json({1, 2}));
    EXPECT_EQ(nodes[i].at("record").at("kernel"), version_);
    EXPECT_EQ(nodes[i].at("wrote").at("files"), i == 3 ? 1 : 0);
  }
  EXPECT_EQ(nodes[3].at("wrote").at("largest")[0].at("path"), "var/lib/counter");
}

class HandMadeRig : public Generations {
 protected:
  void Adopt(const std::string& spec) {
    FollowProcedure(root_);
    WriteFile(root_ + kSpec, spec);
    for (const char* node : kNodes) by_hand_[node] = Listing(roots().Stable(node), Times::kOfFiles);
    ASSERT_EQ(Zprov("apply").exit_code, 0);
    for (const char* node : kNodes) {
      EXPECT_EQ(roots().Current(node), fmt::format("../gen/0/{}", node));
      ids_[node] = SubvolumeId(roots().Stable(node));
      ASSERT_NE(ids_[node], "") << node;
    }
  }

  static std::string SubvolumeId(const std::string& path) {
    return RunShell(fmt::format("btrfs subvolume show {} | sed -n 's/.*Subvolume ID: *//p'", path))
        .out;
  }

  // As the hand left them, the very subvolumes.
  void ExpectHandMadeRoots() {
    for (const char* node : kNodes) {
      SCOPED_TRACE(node);
      EXPECT_EQ(roots().Current(node), fmt::format("../gen/0/{}", node));
      EXPECT_EQ(SubvolumeId(roots().Root(0, node)), ids_[node]);
      EXPECT_EQ(Listing(roots().Stable(node) + "/", Times::kOfFiles), by_hand_[node]);
    }
  }

  // Beside the roots, wherever the pointers are: a kernel goes with its modules.
  void ExpectHandMadeBoots() {
    for (const char* node : kNodes) {
      EXPECT_EQ(ContentOf(roots().Boot(0, node) + "/kernel.img"), "kernel of the Zeros\n") << node;
      EXPECT_THAT(ContentOf(roots().Boot(0, node) + "/config.txt"), HasSubstr("followkernel"));
    }
  }

  std::map<std::string, std::string> by_hand_;  // listings of the roots
  std::map<std::string, std::string> ids_;      // of their subvolumes
};

TEST_F(HandMadeRig, GoesToItsFirstOwnGenerationAndBackInTheProceduresOwnMode) {
  std::string spec(sim::SeedFile("cluster.toml"));
  spec.insert(spec.find("[nodes]\n") + 8, std::string(kUsb) + "\n");
  ASSERT_NO_FATAL_FAILURE(Adopt(AnyKernel(spec)));
  const std::string exports = ContentOf(root_ + "/etc/exports");

  ASSERT_NO_FATAL_FAILURE(Update(1));
  ExpectFiveSelves(1);
  for (const char* node : kNodes) {
    EXPECT_EQ(SubvolumeId(roots().Root(0, node)), ids_[node]) << "a rename keeps the subvolume";
    EXPECT_EQ(Listing(roots().Root(0, node), Times::kOfFiles), by_hand_[node]) << node;
  }
  EXPECT_EQ(fs::read_symlink(root_ + "/x/sboot/1-1.5.1"), "../.zprov/current/s3/boot");
  const std::string served = root_ + "/x/sboot/1-1.5.1/";
  EXPECT_EQ(ContentOf(served + "kernel.img"), ContentOf(root_ + "/boot/vmlinuz-" + version_));
  EXPECT_EQ(ContentOf(served + "start.elf"), ContentOf(firmware_ + "start.elf"));
  EXPECT_THAT(ContentOf(served + "cmdline.txt"), HasSubstr("192.168.7.45"));
  EXPECT_THAT(ContentOf(served + "config.txt"), HasSubstr("kernel=kernel.img"));
  EXPECT_TRUE(IsReadOnly(roots().Boot(1, "s3")));
  EXPECT_EQ(ContentOf(root_ + "/etc/exports"), exports) << "exactly as in the procedure";

  ASSERT_EQ(Zprov("rollback").exit_code, 0);
  ExpectHandMadeRoots();
  EXPECT_EQ(ContentOf(served + "kernel.img"), "kernel of the Zeros\n");
  EXPECT_EQ(ContentOf(root_ + "/etc/exports"), exports);
}

TEST_F(HandMadeRig, GoesToItsFirstOwnGenerationAndBackNatively) {
  ASSERT_NO_FATAL_FAILURE(Adopt(NativeSpec()));
  ASSERT_NO_FATAL_FAILURE(Update(1));
  ExpectFiveSelves(1);
  ExpectBootSet(1);
  for (const char* port : {"1-1.2", "1-1.3", "1-1.4", "1-1.5.1", "1-1.5.2"}) {
    EXPECT_TRUE(fs::is_empty(root_ + "/x/sboot/" + port)) << "old files would hide the boot set";
  }
  ExpectHandMadeBoots();
  ASSERT_EQ(Zprov("rollback").exit_code, 0);
  ExpectHandMadeRoots();
  ExpectHandMadeBoots();
  ASSERT_NO_FATAL_FAILURE(Update(2));
  ExpectFiveSelves(2);
  EXPECT_EQ(Zprov("plan").exit_code, 0);
}

}  // namespace
}  // namespace zprov::tests
