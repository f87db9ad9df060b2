// What the lint says of simulated hosts, and what update makes of it.
#include "engine/lint.h"

#include <gmock/gmock.h>

#include "engine/doctor.h"
#include "scenario/rig.h"
#include "sim/os/archives.h"
#include "sim/scenarios/boot_files.h"
#include "sim/scenarios/hosts.h"

namespace zprov::scenario {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kOverlay[] = "/x/sboot/1-1.2";

// Five nodes with a generation in which nothing is wrong.
class BootSetLint : public ::testing::Test {
 protected:
  void Start(spec::Mode mode) {
    spec_ = Cluster(mode);
    const spec::ClusterSpec native = Cluster(spec::Mode::kNative);
    for (size_t i = 0; i < spec_.nodes.size(); ++i) spec_.nodes[i].usb = native.nodes[i].usb;
    sim::Rig(world_);
    const auto applied = Apply(world_.system(), spec_);
    ASSERT_TRUE(applied) << applied.error().message;
  }

  std::vector<std::string> Found() {
    const auto findings = engine::LintCurrent(world_.system(), spec_);
    EXPECT_TRUE(findings) << findings.error().message;
    std::vector<std::string> said;
    for (const lint::Finding& finding : findings->value()) {
      const bool is_error = finding.severity == lint::Finding::Severity::kError;
      said.push_back((is_error ? "error: " : "warning: ") + lint::Describe(finding));
    }
    return said;
  }

  // Update is refused, the sentence has `part`, and the world is as before.
  void ExpectRefused(const std::string& part) {
    const std::string before = Settled(world_);
    const auto refused = Update(world_.system(), spec_);
    ASSERT_FALSE(refused) << "moved to generation " << refused->number;
    EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
    EXPECT_THAT(refused.error().message, HasSubstr(part));
    EXPECT_EQ(Settled(world_), before);
    EXPECT_EQ(Pointers(world_, spec_), "s0:1 s1:1 s2:1 s3:1 s4:1");
  }

  engine::DoctorRow DoctorsRow() {
    for (const engine::DoctorRow& row : engine::Examine(world_.system(), spec_)) {
      if (row.name == "boot files") return row;
    }
    return {};
  }

  void MkinitramfsWrites(const std::map<std::string, std::string>& files) {
    world_.processes().InstallInside(
        "mkinitramfs", [content = sim::NewcArchive(files)](const auto& argv, os::InsideRoot& root) {
          EXPECT_TRUE(root.files().WriteDraft(argv.at(2), content, 0644));
          return sim::ProgramRun{};
        });
  }

  sim::World world_;
  spec::ClusterSpec spec_;
};

TEST_F(BootSetLint, FindsNothingOnASoundRig) {
  Start(spec::Mode::kNative);
  EXPECT_THAT(Found(), IsEmpty());
  EXPECT_EQ(DoctorsRow().verdict, engine::Verdict::kGood);
}

TEST_F(BootSetLint, FindsNothingOnASoundRigOfTheCompatibleMode) {
  Start(spec::Mode::kCompatible);
  EXPECT_THAT(Found(), IsEmpty());
  EXPECT_EQ(DoctorsRow().verdict, engine::Verdict::kGood);
}

TEST_F(BootSetLint, RefusesAnUpdateWhoseInitramfsLacksTheGadget) {
  Start(spec::Mode::kNative);
  MkinitramfsWrites({{"init", ""}, {"lib/modules/6.1.21+/kernel/dwc2.ko", ""}});
  ExpectRefused("no network gadget");
}

TEST_F(BootSetLint, RefusesAnUpdateWhoseInitramfsIsForAnotherKernel) {
  Start(spec::Mode::kNative);
  MkinitramfsWrites({{"lib/modules/6.1.9+/kernel/dwc2.ko", ""}});
  ExpectRefused("is for kernel 6.1.9+, and kernel.img is kernel 6.1.21+");
}

TEST_F(BootSetLint, RefusesAnUpdateToAReadyMadeInitramfsThatIsNone) {
  Start(spec::Mode::kNative);
  world_.scene().Remove("/usr/sbin/mkinitramfs");
  world_.Put("/srv/initrd.img", "made elsewhere\n");
  spec_.boot_initramfs = "/srv/initrd.img";
  ExpectRefused("cannot be read");
}

TEST_F(BootSetLint, RefusesAnUpdateCompatiblyToo) {
  Start(spec::Mode::kCompatible);
  MkinitramfsWrites({{"init", ""}});
  ExpectRefused("no network gadget");
}

TEST_F(BootSetLint, RefusesAnUpdateThatTheOperatorsCommandLineWouldNotBoot) {
  Start(spec::Mode::kNative);
  world_.Put(
      std::string(kOverlay) + "/cmdline.txt",
      "root=/dev/nfs nfsroot=192.168.7.2:/x/s0,vers=3 ip=192.168.7.34:192.168.7.2::::usb0:off "
      "zprov.mac=" +
          spec_.nodes[0].node_mac.ToString() + "\n");
  ExpectRefused("the address of ip=192.168.7.34 disagrees with the spec");
  EXPECT_THAT(Found(), ElementsAre(AllOf(HasSubstr("error: "), HasSubstr("/cmdline.txt"))));
  const engine::DoctorRow row = DoctorsRow();
  EXPECT_EQ(row.verdict, engine::Verdict::kBad);
  EXPECT_THAT(row.finding, HasSubstr("192.168.7.34"));
  EXPECT_THAT(row.cure, HasSubstr("192.168.7.33"));
}

TEST_F(BootSetLint, GoesOnWithANoticeWhereItOnlyWarns) {
  Start(spec::Mode::kNative);
  world_.Put(std::string(kOverlay) + "/config.txt",
             "kernel=kernel.img\ninitramfs initrd.img followkernel\ndtoverlay=i2c-rtc\n");
  std::vector<std::string> warnings;
  const auto updated = engine::Update(world_.system(), spec_, {.holder = "a test"},
                                      [&](const engine::Notice& notice) {
                                        if (notice.kind == engine::Notice::Kind::kWarning)
                                          warnings.push_back(notice.text);
                                      });
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_EQ(updated->number, 2);
  EXPECT_THAT(warnings, Contains(HasSubstr("overlays/i2c-rtc.dtbo, is missing")));
}

TEST_F(BootSetLint, LetsTheOperatorsFilesComeFirst) {
  Start(spec::Mode::kNative);
  world_.Put(std::string(kOverlay) + "/START.ELF", "in other letters");
  EXPECT_THAT(Found(), IsEmpty()) << "the boot set has it";
  world_.Put(std::string(kOverlay) + "/start.elf", "");
  EXPECT_THAT(Found(), ElementsAre(HasSubstr("the firmware is there as START.ELF")));
}

TEST_F(BootSetLint, FindsTheOperatorsKernelCutOff) {
  Start(spec::Mode::kNative);
  const std::string kernel = sim::ArmKernel("6.1.21+\n");
  world_.Put(std::string(kOverlay) + "/kernel.img", kernel);
  EXPECT_THAT(Found(), IsEmpty());
  world_.Put(std::string(kOverlay) + "/kernel.img", kernel.substr(0, kernel.size() - 1));
  EXPECT_THAT(Found(), ElementsAre(HasSubstr("1-1.2/kernel.img: the kernel is cut off")));
  EXPECT_EQ(DoctorsRow().verdict, engine::Verdict::kBad);
}

TEST_F(BootSetLint, TakesADamagedBootSetOfTheCompatibleModeForEachNode) {
  Start(spec::Mode::kCompatible);
  MkinitramfsWrites({{"init", ""}});
  spec_.boot_arch = spec::BootArch::kAny;
  ASSERT_TRUE(Update(world_.system(), spec_)) << "only warnings: NFS is built in";
  EXPECT_THAT(Found(), SizeIs(3)) << "controller, gadget, network: each once for five nodes";
}

TEST_F(BootSetLint, SaysOnceWhatAllNodesLack) {
  Start(spec::Mode::kNative);
  world_.scene().Remove("/boot/overlays");
  ASSERT_TRUE(Update(world_.system(), spec_));
  EXPECT_THAT(Found(), ElementsAre(HasSubstr("dtoverlay=dwc2 of config.txt")));
}

TEST_F(BootSetLint, KnowsTheHostsKernelByProcVersion) {
  Start(spec::Mode::kNative);
  world_.Put("/proc/version",
             "Linux version 6.1.0-44-rpi (a@b) #1 Debian 6.1.164-1 (2026-03-09)\n");
  EXPECT_THAT(Found(), IsEmpty());
  world_.Put(std::string(kOverlay) + "/cmdline.txt",
             "root=/dev/nfs nfsroot=192.168.7.2:/x/s0 ip=192.168.7.33 zprov.gadget=ecm zprov.mac=" +
                 spec_.nodes[0].node_mac.ToString() + "\n");
  EXPECT_THAT(Found(), ElementsAre(HasSubstr("kernel 6.1.164 holds it to 1500")));
}

TEST_F(BootSetLint, SaysOfTheSpecAloneWhatItsOwnWordsBreak) {
  sim::Rig(world_);
  spec_ = Cluster(spec::Mode::kNative);
  EXPECT_EQ(engine::LintSpec(world_.system(), spec_).value(), lint::Findings{});
  EXPECT_EQ(engine::LintCurrent(world_.system(), spec_).value(), std::nullopt);
  spec_.boot_cmdline = "zprov.debug=1";
  EXPECT_THAT(engine::LintSpec(world_.system(), spec_).value(), SizeIs(spec_.nodes.size()));
  EXPECT_THAT(DoctorsRow().finding, HasSubstr("no node has a generation yet"));
}

}  // namespace
}  // namespace zprov::scenario
