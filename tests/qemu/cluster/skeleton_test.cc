// The walking skeleton: from power-on to Healthy on real kernels. A B+ under systemd with real
// libusb, xhci, usbnet, bridge and nfsd; a Zero on Debian's armel kernel behind the cable; the
// product's own program and node side on both.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>

#include "support/capability.h"
#include "support/shell.h"
#include "vm/cluster/bplus.h"

namespace zprov::tests {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kImages[] = ZPROV_SOURCE_DIR "/vm/images";
constexpr char kVm[] = ZPROV_BUILD_DIR "/../vm";

// What the operator of this rig writes: the Zeros' root is a tree of its own, since the host is no
// ARM machine.
constexpr char kSpec[] = R"(
[cluster]
mode = "native"
[storage]
source = "/srv/zero"
[boot]
initramfs = "/boot/initrd.img"
[nodes]
prefix = "s"
count = 1
first_address = "192.168.7.33"
stride = 4
host_mac = "02:34:33:3c:50:22"
node_mac = "02:34:33:3c:50:21"
usb = ["1-1"]
)";

class WalkingSkeleton : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* program : {"qemu-system-x86_64", "qemu-system-arm", "mmdebstrap", "mkfs.btrfs",
                                "cpio", "depmod", "strip"}) {
      const bool there = RunShell(fmt::format("command -v {}", program)).exit_code == 0;
      ZPROV_NEEDS(there, program);
    }
    ZPROV_NEEDS(geteuid() == 0, "root");  // to make the image
    ASSERT_EQ(RunShell(fmt::format("{0}/bplus {1}/bplus {1}/zero", kImages, kVm)).exit_code, 0)
        << "is a Debian mirror within reach?";
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
    ASSERT_NO_FATAL_FAILURE(PackWhatTheOperatorInstalls());
    auto booted = vm::Bplus::Boot({.images = fmt::format("{}/bplus", kVm),
                                   .cable = ZPROV_CABLE,
                                   .directory = directory_,
                                   .payload = directory_ + "/payload.tar"});
    ASSERT_TRUE(booted.has_value()) << booted.error().message;
    bplus_.emplace(std::move(*booted));
    ASSERT_NO_FATAL_FAILURE(Install());
  }
  void TearDown() override {
    if (HasFailure() && bplus_) {
      std::cout << bplus_->Consoles() << Does("journalctl -b --no-pager -n 60; dmesg | tail -n 40");
    }
    bplus_.reset();
    if (std::filesystem::exists(directory_)) std::filesystem::remove_all(directory_);
  }

  void PackWhatTheOperatorInstalls() {
    const std::string tree = directory_ + "/payload";
    std::filesystem::create_directories(tree + "/usr/bin");
    std::filesystem::create_directories(tree + "/etc/zprov");
    std::ofstream(tree + "/etc/zprov/cluster.toml") << kSpec;
    ASSERT_EQ(RunShell(fmt::format("strip -o {0}/usr/bin/zprov {1} && tar -cf {0}.tar -C {0} .",
                                   tree, ZPROV_PROGRAM))
                  .exit_code,
              0);
  }
  void Install() {
    Expect(
        "tar -xf /dev/vdb -C / && btrfs -q subvolume create /srv/zero && "
        "cp -a --reflink=always /srv/zero.tree/. /srv/zero",
        seconds(60));
  }

  // It must succeed. What it said on stdout.
  std::string Expect(const std::string& command, seconds within) {
    const auto ran = bplus_->Run(command, within);
    EXPECT_TRUE(ran.has_value()) << ran.error().message;
    if (!ran) return "";
    EXPECT_EQ(ran->exit_code, 0) << command << "\n" << ran->out << ran->err;
    return ran->out;
  }
  // What the Zero's kernel was told behind that.
  std::string WordOfZero(const std::string& name) const {
    std::ostringstream log;
    log << std::ifstream(directory_ + "/zero1/cable.log").rdbuf();
    const std::string text = log.str();
    const size_t at = text.find(name);
    if (at == std::string::npos) return "";
    const size_t begin = at + name.size();
    return text.substr(begin, text.find_first_of(" \n", begin) - begin);
  }
  // Whatever it says.
  std::string Does(const std::string& command) {
    const auto ran = bplus_->Run(command, seconds(60));
    return ran ? ran->out + ran->err : ran.error().message;
  }

  std::string directory_ = "/tmp/zprov-qemu-XXXXXX";
  std::optional<vm::Bplus> bplus_;
};

TEST_F(WalkingSkeleton, BringsAZeroFromPowerOnToHealthy) {
  Expect("zprov apply", seconds(240));
  const json booted = json::parse(Expect("zprov --json boot", seconds(300)), nullptr, false);
  ASSERT_FALSE(HasFailure());
  const json node = booted["nodes"][0];
  EXPECT_EQ(node["outcome"], "runs");
  EXPECT_EQ(node["stage"], "healthy");

  // It runs exactly what its boot set holds.
  EXPECT_EQ(Expect("cd /x/.zprov/current/s0/boot && sha256sum <kernel.img && "
                   "sha256sum <bcm2708-rpi-zero.dtb && sha256sum <initrd.img",
                   seconds(60)),
            RunShell(fmt::format("cd {}/zero1 && sha256sum <kernel.img && sha256sum <board.dtb && "
                                 "sha256sum <initrd.img",
                                 directory_))
                .out);
  // The node's own word, on the host's disk, of this very boot.
  const std::string nonce = WordOfZero("zprov.boot=");
  EXPECT_THAT(nonce, SizeIs(32));
  EXPECT_EQ(Expect("cat /x/s0/var/lib/zprov/mounted", seconds(30)), nonce + "\n");
  const json report =
      json::parse(Expect("cat /x/s0/var/lib/zprov/boot.json", seconds(30)), nullptr, false);
  EXPECT_EQ(report["nonce"], nonce);
  EXPECT_EQ(report["generation"], 1);
  EXPECT_EQ(report["mtu"], 7418);
  EXPECT_THAT(report["kernel"].get<std::string>(), HasSubstr("-rpi"));

  // Its link: named, numbered, in the bridge, pinned; and it carries what it says.
  EXPECT_EQ(
      Expect("cd /sys/class/net/s0 && cat address mtu brport/learning brport/unicast_flood && "
             "basename $(readlink master)",
             seconds(30)),
      "02:34:33:3c:50:22\n7418\n0\n0\nsan\n");
  EXPECT_THAT(Expect("ping -M do -s 7000 -c 3 -i 0.2 192.168.7.33", seconds(60)),
              HasSubstr(" 3 received"));
  EXPECT_THAT(Expect("zprov status s0", seconds(60)), HasSubstr("up: its link s0 answers"));
  Expect("zprov plan", seconds(60));  // 4 when something were left to do
}

}  // namespace
}  // namespace zprov::tests
