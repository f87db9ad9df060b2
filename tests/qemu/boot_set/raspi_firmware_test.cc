// A real boot set: Debian's raspi-firmware, its kernel for the Zero, the product's own initramfs;
// sent to five simulated boards at once, every file of it. Debian's own checksums say whether it
// arrived.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <stdlib.h>
#include <sysexits.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/fleet/fleet.h"
#include "scenario/rig.h"
#include "scenario/scripted_zero.h"
#include "sim/scenarios/hosts.h"
#include "support/capability.h"
#include "support/shell.h"

namespace zprov::tests {
namespace {

using scenario::ScriptedZero;
using std::chrono::seconds;

constexpr char kImages[] = ZPROV_SOURCE_DIR "/vm/images";
constexpr char kZero[] = ZPROV_BUILD_DIR "/../vm/zero";
constexpr char kFirmware[] = ZPROV_BUILD_DIR "/../vm/zero/armel/usr/lib/raspi-firmware";
constexpr char kServed[] = "/x/.zprov/gen/1/boot/";

std::string ContentOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

class RealBootSet : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* program : {"cpio", "depmod", "md5sum", "dpkg-deb"}) {
      const bool there = RunShell(fmt::format("command -v {}", program)).exit_code == 0;
      ZPROV_NEEDS(there, program);
    }
    const int zero = RunShell(fmt::format("{}/zero {}", kImages, kZero)).exit_code;
    ZPROV_NEEDS(zero != EX_UNAVAILABLE, kMirror);
    ASSERT_EQ(zero, 0);
    std::string made = std::filesystem::temp_directory_path() / "zprov-firmware-XXXXXX";
    ASSERT_NE(::mkdtemp(made.data()), nullptr);
    arrived_ = made;
  }
  void TearDown() override {
    if (!arrived_.empty()) std::filesystem::remove_all(arrived_);
  }

  // A host with generation 1, whose boot set has these files.
  void PutBootSet() {
    sim::Rig(world_);
    for (const spec::Node& node : spec_.nodes) world_.usb().Unplug(*node.usb);
    ASSERT_TRUE(scenario::Apply(world_.system(), spec_));
    ASSERT_TRUE(world_.system().btrfs.SetAccess("/x/.zprov/gen/1/boot", os::Access::kReadWrite));
    for (const auto& file : std::filesystem::directory_iterator(kFirmware)) {
      Put(file.path().filename(), file.path());
    }
    Put("kernel.img", std::string(kZero) + "/kernel.img");
    Put("initrd.img", std::string(kZero) + "/initrd.img");
    Put("bcm2708-rpi-zero.dtb", std::string(kZero) + "/bcm2835-rpi-zero.dtb");
  }
  void Put(const std::string& name, const std::filesystem::path& from) {
    files_[name] = ContentOf(from);
    ASSERT_FALSE(files_[name].empty()) << from;
    world_.Put(kServed + name, files_[name]);
  }

  // Five boards that ask for every file, at once, until Linux shows on each.
  void Serve() {
    std::vector<std::string> names;
    for (const auto& [name, content] : files_) names.push_back(name);
    for (const spec::Node& node : spec_.nodes) {
      zeros_.push_back(
          std::make_unique<ScriptedZero>(world_, *node.usb, scenario::ZeroScript{.names = names}));
      zeros_.back()->PowerOn();
    }
    engine::Fleet fleet(world_.system(), spec_);
    ASSERT_TRUE(fleet.Begin());
    const os::Moment end = world_.clock().Now() + seconds(30);
    while (world_.clock().Now() < end) {
      const auto event = world_.system().events.Next(std::min(fleet.NextDeadline(), end));
      ASSERT_TRUE(event) << event.error().message;
      fleet.On(*event);
    }
    for (const engine::NodeView& view : fleet.Views()) {
      EXPECT_EQ(view.state, engine::NodeState::kGadget) << view.node << ": " << view.cause;
      EXPECT_EQ(view.failures, 0) << view.node;
    }
  }

  // As a person checks what came out of a package.
  void ExpectDebiansChecksums(const std::multimap<std::string, std::string>& got) {
    for (const auto& [name, content] : got) {
      std::ofstream(arrived_ / name, std::ios::binary) << content;
    }
    const Ran checked = RunShell(fmt::format(
        "set -e; cd {}; dpkg-deb -I {}/armel/.apt/archives/raspi-firmware_*.deb md5sums | "
        "sed -n 's:usr/lib/raspi-firmware/::p' >md5sums; test -s md5sums; md5sum -c --strict "
        "md5sums",
        arrived_.string(), kZero));
    EXPECT_EQ(checked.exit_code, 0) << checked.out;
    EXPECT_THAT(checked.out, ::testing::HasSubstr("start.elf: OK"));
    EXPECT_THAT(checked.out, ::testing::HasSubstr("bootcode.bin: OK"));
  }

  sim::World world_;
  spec::ClusterSpec spec_ = scenario::Cluster(spec::Mode::kNative);
  std::map<std::string, std::string> files_;
  std::vector<std::unique_ptr<ScriptedZero>> zeros_;
  std::filesystem::path arrived_;
};

TEST_F(RealBootSet, ArrivesWholeAtFiveBoardsAtOnceByDebiansOwnChecksums) {
  ASSERT_NO_FATAL_FAILURE(PutBootSet());
  ASSERT_GE(files_.size(), 15U);
  ASSERT_NO_FATAL_FAILURE(Serve());
  ExpectDebiansChecksums(zeros_[0]->got);
  for (const auto& zero : zeros_) {
    EXPECT_TRUE(zero->got.find("first stage")->second == files_["bootcode.bin"]);
    for (const auto& [name, content] : files_) {
      ASSERT_EQ(zero->got.count(name), 1U) << name;
      EXPECT_TRUE(zero->got.find(name)->second == content) << name << " is another file";
    }
  }
}

}  // namespace
}  // namespace zprov::tests
