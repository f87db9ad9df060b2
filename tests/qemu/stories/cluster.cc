#include "qemu/stories/cluster.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "support/capability.h"
#include "support/shell.h"
#include "vm/cluster/artifacts.h"
#include "vm/cluster/images.h"
#include "vm/cluster/payload.h"

namespace zprov::tests {
namespace {

using std::chrono::seconds;

constexpr char kImages[] = ZPROV_SOURCE_DIR "/vm/images";
constexpr char kVm[] = ZPROV_BUILD_DIR "/../vm";
constexpr char kBuildAsOperators[] =
    ZPROV_SOURCE_DIR "/tests/support/build_as_operators >/dev/null";
constexpr char kOperatorsBuild[] = ZPROV_SOURCE_DIR "/build/release";

std::string Content(const std::string& path) {
  std::ostringstream all;
  all << std::ifstream(path, std::ios::binary).rdbuf();
  return all.str();
}

}  // namespace

void Cluster::SetUp() {
  for (const char* program : {"qemu-system-x86_64", "qemu-system-arm", "mmdebstrap", "mkfs.btrfs",
                              "cpio", "depmod", "strip"}) {
    const bool there = RunShell(fmt::format("command -v {}", program)).exit_code == 0;
    ZPROV_NEEDS(there, program);
  }
  ZPROV_NEEDS(root_ != kDebian || RunShell("command -v qemu-arm-static").exit_code == 0,
              "qemu-arm-static");
  ZPROV_NEEDS(geteuid() == 0, "root");  // to make the image
  ASSERT_NE(mkdtemp(directory_.data()), nullptr);
  const auto image = vm::MakeImages(
      {.root = root_, .scripts = kImages, .made = kVm, .log = directory_ + "/images.log"});
  ZPROV_NEEDS(image || image.error().kind != ErrorKind::kNotSupported, kMirror);
  ASSERT_TRUE(image.has_value()) << image.error().message;
  image_ = *image;
  ASSERT_EQ(RunShell(kBuildAsOperators).exit_code, 0);
}

void Cluster::TearDown() {
  if (HasFailure()) ShowWhatHappened();
  bplus_.reset();
  if (std::filesystem::exists(directory_)) std::filesystem::remove_all(directory_);
}

void Cluster::ShowWhatHappened() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  const std::string kept =
      fmt::format("{}/artifacts/{}.{}", ZPROV_BUILD_DIR, test->test_suite_name(), test->name());
  const auto page = bplus_ ? bplus_->Keep(kept) : vm::KeepArtifacts(directory_, kept);
  std::cout << (bplus_ ? bplus_->Consoles() : "")
            << (page ? "what happened when: " + *page : page.error().message) << "\n";
}

void Cluster::PowerOn(int zeros, const Orders& first_orders) {
  const auto payload =
      vm::PackPayload({.directory = directory_, .build = kOperatorsBuild, .zeros = zeros});
  ASSERT_TRUE(payload.has_value()) << payload.error().message;
  auto booted = vm::Bplus::Boot({.images = image_,
                                 .cable = ZPROV_CABLE,
                                 .directory = directory_,
                                 .payload = *payload,
                                 .zeros = zeros,
                                 .more_words = more_words_,
                                 .first_orders = first_orders,
                                 .captures = true});
  ASSERT_TRUE(booted.has_value()) << booted.error().message;
  bplus_.emplace(std::move(*booted));
  Expect(vm::kInstall, seconds(240));
}

void Cluster::RebootHost(const std::string& by) {
  const auto back = bplus_->Reboot(by);
  ASSERT_TRUE(back.has_value()) << back.error().message;
}

vm::Ran Cluster::Run(const std::string& command, seconds within) {
  auto ran = bplus_->Run(command, within);
  EXPECT_TRUE(ran.has_value()) << ran.error().message;
  return ran ? *ran : vm::Ran{};
}

std::string Cluster::Expect(const std::string& command, seconds within) {
  const vm::Ran ran = Run(command, within);
  EXPECT_EQ(ran.exit_code, 0) << command << "\n" << ran.out << ran.err;
  return ran.out;
}

std::string Cluster::OnNode(const std::string& address, const std::string& command) {
  return Expect(
      fmt::format("timeout 60 bash -c 'exec 3<>/dev/tcp/{}/23; cat >&3; cat <&3' <<'TO_NODE'\n"
                  "{}\nexit\nTO_NODE",
                  address, command),
      seconds(90));
}

std::string Cluster::DirectoryOfZero(int zero) const {
  return fmt::format("{}/zero{}", directory_, zero);
}

std::string Cluster::ConsoleOfZero(int zero) const {
  return Content(DirectoryOfZero(zero) + "/console.log");
}

std::string Cluster::WordOfZero(int zero, const std::string& name) const {
  const std::string log = Content(DirectoryOfZero(zero) + "/cable.log");
  const size_t at = log.rfind(name);
  if (at == std::string::npos) return "";
  const size_t begin = at + name.size();
  return log.substr(begin, log.find_first_of(" \n", begin) - begin);
}

}  // namespace zprov::tests
