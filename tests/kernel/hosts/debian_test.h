// A test's own Debian host on a loop btrfs, and the real zprov program at work on it with --root.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "kernel/hosts/debian_tree.h"
#include "kernel/hosts/hosts.h"
#include "support/capability.h"
#include "support/loop_btrfs.h"
#include "support/shell.h"

namespace zprov::tests {

class DebianTest : public ::testing::Test {
 protected:
  static constexpr char kSpec[] = "/etc/zprov/cluster.toml";
  // Where the operator plugged the nodes in.
  static constexpr char kUsb[] = R"(usb = ["1-1.2", "1-1.3", "1-1.4", "1-1.5.1", "1-1.5.2"])";

  // The host before the procedure: with the store, and the subvolume /x/scratch in it.
  void SetUp() override {
    auto disk = LoopBtrfs::Make(uint64_t{4} << 30);
    ZPROV_NEEDS(disk || disk.error().kind != ErrorKind::kNotSupported, disk.error().message);
    ASSERT_TRUE(disk) << disk.error().message;
    disk_ = std::move(*disk);
    root_ = disk_->path() + "/host";
    MakeSubvolume(root_);
    const auto unpacked = UnpackDebian(root_);
    ZPROV_NEEDS(unpacked || unpacked.error().kind != ErrorKind::kNotSupported,
                unpacked.error().message);
    ASSERT_TRUE(unpacked) << unpacked.error().message;
    WriteFile(root_ + "/etc/hosts", "127.0.0.1\tlocalhost\n127.0.1.1\tsnail\n");
    AddRaspberryPiFiles(root_);
    MakeStore(root_);
  }

  // zprov on the tree; its stdout and exit code.
  Ran Zprov(const std::string& arguments) {
    return RunShell(fmt::format("{} --root {} {}", ZPROV_PROGRAM, root_, arguments));
  }

  // What `init` prints, with what only the operator knows: the ports; and that the tree's kernel,
  // this machine's kind, will do.
  static std::string NativeSpec() {
    std::string spec = RunShell(std::string(ZPROV_PROGRAM) + " init").out;
    spec.insert(spec.find("[nodes]\n") + 8, std::string(kUsb) + "\n");
    return AnyKernel(spec);
  }

  static std::string AnyKernel(std::string spec) {
    constexpr std::string_view kArm = "arch = \"arm\"";
    const size_t at = spec.find(kArm);
    if (at != std::string::npos) return spec.replace(at, kArm.size(), "arch = \"any\"");
    return spec.insert(spec.find("[boot]\n") + 7, "arch = \"any\"\n");
  }

  std::unique_ptr<LoopBtrfs> disk_;
  std::string root_;
};

}  // namespace zprov::tests
