// Doctor on simulated hosts: each prerequisite when it is there, when it is not, and its cure.
#include "engine/doctor.h"

#include <gmock/gmock.h>

#include "engine/serve/control_request.h"
#include "scenario/rig.h"
#include "sim/faults/faulty_system.h"
#include "sim/scenarios/hosts.h"
#include "util/strings.h"

namespace zprov::engine {

void PrintTo(const DoctorRow& row, std::ostream* out) {
  *out << row.name << " is " << Name(row.verdict) << ": " << row.finding << " (" << row.cure << ")";
}

}  // namespace zprov::engine

namespace zprov::scenario {
namespace {

using engine::DoctorRow;
using engine::Verdict;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kKernel[] = "6.1.0-rpi7";
constexpr char kLists[] = "/lib/modules/6.1.0-rpi7/";

// A host on which nothing is wrong: what a test spoils is then alone.
class Doctor : public ::testing::Test {
 protected:
  Doctor() : Doctor(sim::WorldOptions{}) {}
  explicit Doctor(const sim::WorldOptions& options) : world_(options) {
    sim::Rig(world_);
    world_.scene().Remove("/sys/module");  // nothing is loaded: the lists tell
    world_.Put("/proc/sys/kernel/osrelease", std::string(kKernel) + "\n");
    world_.Put("/proc/fs/nfsd/threads", "8\n");
    world_.Put(std::string(kLists) + "modules.builtin", "kernel/net/bridge/bridge.ko\n");
    world_.Put(std::string(kLists) + "modules.dep",
               "kernel/fs/btrfs/btrfs.ko.xz: kernel/lib/raid6/raid6_pq.ko.xz\n"
               "kernel/drivers/net/usb/usbnet.ko.xz: kernel/drivers/net/mii.ko.xz\n"
               "kernel/drivers/net/usb/cdc_ether.ko.xz: kernel/drivers/net/usb/usbnet.ko.xz\n"
               "kernel/drivers/net/usb/cdc-subset.ko.xz:\n"
               "kernel/fs/nfsd/nfsd.ko.xz:\n");
    if (!Apply(world_.system(), spec_)) ADD_FAILURE() << "the host could not be set up";
    sim::Mount safe;
    safe.type = "btrfs";
    safe.nosuid = safe.nodev = true;
    world_.scene().MountNew("/x/.zprov", safe);
    world_.scene().MakeDirectory("/run/zprov");
    if (!world_.control().Listen(engine::kControlPath)) ADD_FAILURE() << "nobody listens";
  }

  std::vector<DoctorRow> Rows() { return engine::Examine(world_.system(), spec_); }

  DoctorRow Row(const std::string& name) {
    for (const DoctorRow& row : Rows()) {
      if (row.name == name) return row;
    }
    return {name, Verdict::kUnknown, "there is no such row", ""};
  }

  sim::World world_;
  spec::ClusterSpec spec_ = Cluster(spec::Mode::kNative);
};

auto Is(Verdict verdict, const std::string& finding, const std::string& cure) {
  return AllOf(Field(&DoctorRow::verdict, verdict), Field(&DoctorRow::finding, HasSubstr(finding)),
               Field(&DoctorRow::cure, HasSubstr(cure)));
}

auto IsGood(const std::string& finding) {
  return AllOf(Field(&DoctorRow::verdict, Verdict::kGood),
               Field(&DoctorRow::finding, HasSubstr(finding)), Field(&DoctorRow::cure, IsEmpty()));
}

TEST_F(Doctor, FindsNothingWrongWhereNothingIs) {
  for (const DoctorRow& row : Rows()) {
    EXPECT_THAT(row, IsGood("")) << row.name << ": " << row.finding;
  }
}

TEST_F(Doctor, ChangesNothing) {
  const std::string before = world_.Dump();
  Rows();
  EXPECT_EQ(world_.Dump(), before);
}

TEST_F(Doctor, HasTheSameRowsOnASickHost) {
  std::vector<std::string> names;
  for (const DoctorRow& row : Rows()) names.push_back(row.name);
  EXPECT_THAT(names, ElementsAre("store", "metadata", "mount options", "boot files",
                                 "nfs installed", "nfs running", "rpiboot", "service",
                                 "network manager", "hot-plug", "kernel modules", "clock"));
  sim::World empty;
  std::vector<std::string> sick;
  for (const DoctorRow& row : engine::Examine(empty.system(), spec_)) {
    sick.push_back(row.name);
    EXPECT_THAT(row.finding, Not(IsEmpty())) << row.name;
    EXPECT_EQ(row.cure.empty(), row.verdict == Verdict::kGood) << row.name;
  }
  EXPECT_EQ(sick, names);
}

TEST_F(Doctor, CountsAStoreThatIsNotThereYetAsApplysWork) {
  spec_.storage.store = "/srv/cluster";
  EXPECT_THAT(Row("store"), Is(Verdict::kWarning, "/srv/cluster does not exist", "zprov apply"));
  EXPECT_THAT(Row("metadata"), Is(Verdict::kUnknown, "does not exist yet", "row store"));
  EXPECT_THAT(Row("mount options"), Is(Verdict::kUnknown, "does not exist yet", "row store"));
}

TEST_F(Doctor, SeesThatAStoreWhichIsNotThereYetWouldNotBeOnBtrfs) {
  spec_.storage.store = "/boot/x";
  EXPECT_THAT(Row("store"), Is(Verdict::kBad, "/boot/x is on vfat", "mkfs.btrfs"));
}

TEST_F(Doctor, NeedsBtrfsUnderTheStore) {
  world_.scene().MakeDirectory("/data");
  sim::Mount ext4;
  ext4.type = "ext4";
  world_.scene().MountNew("/data", ext4);
  spec_.storage.store = "/data";
  EXPECT_THAT(Row("store"), Is(Verdict::kBad, "/data is on ext4", "mount a btrfs file system"));
  EXPECT_THAT(Row("metadata"), Is(Verdict::kUnknown, "btrfs", "store"));
}

TEST_F(Doctor, NeedsAStoreThatCanBeWritten) {
  world_.scene().MakeDirectory("/data");
  sim::Mount broken;
  broken.type = "btrfs";
  broken.access = os::Access::kReadOnly;
  world_.scene().MountNew("/data", broken);
  spec_.storage.store = "/data";
  EXPECT_THAT(Row("store"), Is(Verdict::kBad, "read-only", "mount -o remount,rw /data"));
}

class DoctorOfASmallDisk : public Doctor {
 protected:
  DoctorOfASmallDisk() : Doctor({.disk_capacity = uint64_t{1} << 24}) {}
};

TEST_F(DoctorOfASmallDisk, NeedsRoomInTheMetadata) {
  EXPECT_THAT(Row("metadata"), IsGood("% of the btrfs metadata"));
  const auto usage = world_.system().btrfs.Usage("/x");
  ASSERT_TRUE(usage);
  world_.disk().SetCapacity(usage->metadata_used * 100 / 95);
  EXPECT_THAT(Row("metadata"), Is(Verdict::kBad, "95 % of the btrfs metadata", "btrfs balance"));
  world_.disk().SetCapacity(usage->metadata_used * 100 / 85);
  EXPECT_THAT(Row("metadata"), IsGood("85 %"));
}

TEST_F(Doctor, WantsTheStoreMountedNosuidNodev) {
  EXPECT_THAT(Row("mount options"), IsGood("/x/.zprov is mounted nosuid,nodev"));
  sim::World plain;
  sim::Rig(plain);
  const auto rows = engine::Examine(plain.system(), spec_);
  EXPECT_THAT(rows.at(2), Is(Verdict::kWarning, "/x is not mounted nosuid,nodev", "/x/.zprov"));
}

TEST_F(Doctor, NeedsTheNfsServerInstalled) {
  EXPECT_THAT(Row("nfs installed"), IsGood("exportfs"));
  world_.scene().Remove("/usr/sbin/exportfs");
  EXPECT_THAT(Row("nfs installed"), Is(Verdict::kBad, "no exportfs", "nfs-kernel-server"));
}

TEST_F(Doctor, NeedsTheNfsServerRunning) {
  EXPECT_THAT(Row("nfs running"), IsGood("8 server threads"));
  for (const char* threads : {"0\n", "", "junk"}) {
    world_.Put("/proc/fs/nfsd/threads", threads);
    EXPECT_THAT(Row("nfs running"), Is(Verdict::kBad, "no NFS server threads", "enable --now"));
  }
  world_.scene().Remove("/proc/fs");
  EXPECT_THAT(Row("nfs running"), Is(Verdict::kBad, "no NFS server threads", "enable --now"));
}

TEST_F(Doctor, WantsNoRpibootBesideItselfAndNamesItsPid) {
  EXPECT_THAT(Row("rpiboot"), IsGood("does not run"));
  world_.process_table().Add({512, "rpiboot", "/usr/bin/rpiboot -l", {}});
  EXPECT_THAT(Row("rpiboot"), Is(Verdict::kBad, "pid 512", "kill 512"));
}

TEST_F(Doctor, WantsRpibootInTheCompatibleModeUnlessZprovServes) {
  spec_ = Cluster(spec::Mode::kCompatible);
  EXPECT_THAT(Row("rpiboot"), Is(Verdict::kWarning, "no node can boot", "/etc/rc.local"));
  spec_.boot_server = spec::BootServer::kZprov;
  EXPECT_THAT(Row("rpiboot"), IsGood("does not run"));
  world_.process_table().Add({512, "rpiboot", "/usr/bin/rpiboot -l", {}});
  EXPECT_THAT(Row("rpiboot"), Is(Verdict::kBad, "pid 512", "kill 512"));
  spec_.boot_server = spec::BootServer::kRpiboot;
  EXPECT_THAT(Row("rpiboot"), IsGood("rpiboot runs"));
}

TEST_F(Doctor, SeesWhetherDhcpcdIsToldToKeepOff) {
  EXPECT_THAT(Row("network manager"), IsGood("dhcpcd is told"));
  world_.Put("/etc/dhcpcd.conf", "hostname\n");
  EXPECT_THAT(Row("network manager"), Is(Verdict::kWarning, "dhcpcd runs", "zprov apply"));
  // What an earlier zprov wrote, with the bridge's address in dhcpcd's hands.
  const std::string denied = Join(spec_.deny, " ") + " s0 s1 s2 s3 s4";
  world_.Put("/etc/dhcpcd.conf", "denyinterfaces " + denied + "\n");
  EXPECT_THAT(Row("network manager"), Is(Verdict::kWarning, "dhcpcd runs", "zprov apply"));
  spec_.mode = spec::Mode::kCompatible;
  EXPECT_THAT(Row("network manager"), IsGood("dhcpcd is told"));
  world_.process_table().Remove(310);
  EXPECT_THAT(Row("network manager"), IsGood("none runs"));
}

struct Meddler {
  const char* program;
  const char* file;
  const char* cure;
  const char* told;
};

void PrintTo(const Meddler& row, std::ostream* out) { *out << row.program; }

class DoctorOfMeddlers : public Doctor, public ::testing::WithParamInterface<Meddler> {};

TEST_P(DoctorOfMeddlers, TellsWhatToWriteUntilItIsWritten) {
  spec_.deny.clear();
  world_.process_table().Add({700, GetParam().program, GetParam().program, {}});
  EXPECT_THAT(Row("network manager"),
              Is(Verdict::kWarning, std::string(GetParam().program) + " runs", GetParam().cure));
  world_.Put(GetParam().file, GetParam().told);
  EXPECT_THAT(Row("network manager"), IsGood(GetParam().program));
  spec_.nodes[4].name = "s";  // no word of the file, though part of many
  EXPECT_EQ(Row("network manager").verdict, Verdict::kWarning);
}

INSTANTIATE_TEST_SUITE_P(
    Each, DoctorOfMeddlers,
    ::testing::Values(
        Meddler{"NetworkManager", "/etc/NetworkManager/conf.d/zprov.conf", "zprov apply",
                "[keyfile]\nunmanaged-devices=interface-name:s0;interface-name:s1;"
                "interface-name:s2;interface-name:s3;interface-name:s4;interface-name:san\n"},
        Meddler{"systemd-networkd", "/etc/systemd/network/10-zprov-unmanaged.network",
                "Name=s0 s1 s2 s3 s4 san",
                "[Match]\nName=s0 s1 s2 s3 s4 san\n\n[Link]\nUnmanaged=yes\n"},
        Meddler{"connmand", "/etc/connman/main.conf",
                "NetworkInterfaceBlacklist=s0,s1,s2,s3,s4,san",
                "[General]\nNetworkInterfaceBlacklist=s0,s1,s2,s3,s4,san\n"}),
    [](const auto& row) {
      std::string name = row.param.program;
      std::erase(name, '-');
      return name;
    });

// What happened on a host in QEMU without it: the board came back, and nobody saw.
TEST_F(Doctor, SeesThatNobodyWouldSeeABoardComeBack) {
  EXPECT_THAT(Row("hot-plug"), IsGood("udev runs"));
  world_.scene().Remove("/run/udev");
  EXPECT_THAT(Row("hot-plug"), Is(Verdict::kBad, "udev does not run", "systemd-udevd"));
}

TEST_F(Doctor, SeesThatNobodyBootsABoardThatAppears) {
  EXPECT_THAT(Row("service"), IsGood("serve runs"));
  world_.control().ListenerDies();
  EXPECT_THAT(Row("service"),
              Is(Verdict::kWarning, "a board that appears is not booted", "systemctl enable"));
  spec_ = Cluster(spec::Mode::kCompatible);
  EXPECT_THAT(Row("service"), IsGood("rpiboot boots the nodes"));
}

TEST_F(Doctor, NamesTheModulesThatTheKernelLacks) {
  EXPECT_THAT(Row("kernel modules"), IsGood(kKernel));
  world_.Put(std::string(kLists) + "modules.dep",
             "kernel/fs/btrfs/btrfs.ko: kernel/drivers/net/usb/cdc_subset.ko\n"
             "kernel/drivers/net/usb/usbnet.ko:\n"
             "kernel/drivers/net/usb/not_cdc_ether.ko:\n"
             "kernel/fs/nfsd/nfsd.ko:\n");
  EXPECT_THAT(Row("kernel modules"),
              Is(Verdict::kBad, std::string(kKernel) + " lacks cdc_ether, cdc_subset", "kernel"));
}

TEST_F(Doctor, CountsALoadedModuleWhateverTheListsSay) {
  world_.scene().Remove("/lib/modules");
  EXPECT_THAT(Row("kernel modules"),
              Is(Verdict::kUnknown,
                 "not loaded: bridge, btrfs, usbnet, cdc_ether, cdc_subset, nfsd", "reboot"));
  for (const char* module : {"bridge", "btrfs", "usbnet", "cdc_ether", "cdc_subset", "nfsd"}) {
    world_.scene().MakeDirectory(std::string("/sys/module/") + module);
  }
  EXPECT_THAT(Row("kernel modules"), IsGood(kKernel));
}

TEST_F(Doctor, CannotNameTheKernelWithoutProc) {
  world_.scene().Remove("/proc/sys");
  EXPECT_THAT(Row("kernel modules"),
              Is(Verdict::kUnknown, "/proc/sys/kernel/osrelease", "mount /proc"));
}

TEST_F(Doctor, SeesAClockThatIsBehindTheFiles) {
  EXPECT_THAT(Row("clock"), IsGood("not behind"));
  const int64_t now = world_.clock().WallTime().count();
  world_.scene().SetModified("/etc/hosts", now + 1'000'000'000);
  EXPECT_THAT(Row("clock"), Is(Verdict::kBad, "behind the time /etc/hosts", "timedatectl"));
}

TEST_F(Doctor, AsksForRootOnlyWhereRightsAreMissing) {
  faults::Seam seam;
  seam.FailAt(1, ErrorKind::kPermission, faults::Repeat::kFromThenOn);
  faults::FaultySystem user(world_.system(), seam);
  size_t unknown = 0;
  for (const DoctorRow& row : engine::Examine(user.system(), spec_)) {
    if (row.verdict != Verdict::kUnknown) continue;
    ++unknown;
    EXPECT_EQ(row.cure, "run zprov doctor as root") << row.name;
  }
  EXPECT_EQ(unknown, 12u) << "whoever may read nothing knows nothing";
}

TEST(DoctorOfATree, HasOnlyTheRowsThatFilesCanAnswer) {
  sim::World tree({.root = "/mnt/sd"});
  tree.scene().MakeDirectory("/mnt/sd/x");
  const auto rows = engine::Examine(tree.system(), Cluster(spec::Mode::kNative));
  std::vector<std::string> names;
  for (const DoctorRow& row : rows) names.push_back(row.name);
  EXPECT_THAT(names,
              ElementsAre("store", "metadata", "mount options", "boot files", "nfs installed"));
}

}  // namespace
}  // namespace zprov::scenario
