// The kernel's own gadgets, read in a Zero, beside the cable's models of them: a host sees the
// same.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "qemu/zero/differences.h"
#include "qemu/zero/model_host.h"
#include "qemu/zero/zero_kernel.h"
#include "support/capability.h"
#include "support/shell.h"

namespace zprov::tests {
namespace {

constexpr char kReadGadget[] = ZPROV_SOURCE_DIR "/tests/qemu/zero/read_gadget";
constexpr char kBuild[] = ZPROV_SOURCE_DIR "/tests/qemu/build_for_zero";

class GadgetOfLinux : public ZeroKernel {
 protected:
  void SetUp() override {
    const bool there = RunShell("command -v arm-linux-gnueabi-g++").exit_code == 0;
    ZPROV_NEEDS(there, "arm-linux-gnueabi-g++");
    ASSERT_NO_FATAL_FAILURE(ZeroKernel::SetUp());
    if (IsSkipped()) return;
    ASSERT_EQ(RunShell(fmt::format("{} {} gadget_reader usbip", kBuild, reader_)).exit_code, 0);
  }

  void Read(const std::string& words) {
    console_ = Boot(fmt::format("{} {}", kReadGadget, reader_), words);
  }
  void ExpectSameAt(sim::UsbSpeed speed, vm::Gadget gadget) {
    const char* name = speed == sim::UsbSpeed::kHigh ? "high" : "full";
    ModelHost model(gadget, speed, {.node = "s0", .host_mac = Mac::Parse("02:34:33:3c:50:22")});
    const Lines real = LinesBehind(fmt::format("{}: ", name), console_);
    const std::string differences = Differences(real, Interview(model));
    EXPECT_TRUE(differences.empty()) << "at " << name << " speed:\n"
                                     << differences << (real.empty() ? console_ : "");
  }

 private:
  const std::string reader_ = std::string(kDirectory) + "/gadget_reader";
  std::string console_;
};

TEST_F(GadgetOfLinux, GethIsAsTheCableShowsIt) {
  Read(Words("geth"));
  ExpectSameAt(sim::UsbSpeed::kHigh, vm::Gadget::kGeth);
  ExpectSameAt(sim::UsbSpeed::kFull, vm::Gadget::kGeth);
}

TEST_F(GadgetOfLinux, EcmIsAsTheCableShowsIt) {
  Read(Words("ecm"));
  ExpectSameAt(sim::UsbSpeed::kHigh, vm::Gadget::kEcm);
  ExpectSameAt(sim::UsbSpeed::kFull, vm::Gadget::kEcm);
}

// It has the module's own speed alone; what it would be at the other is among its descriptors.
TEST_F(GadgetOfLinux, GEtherIsAsTheCableShowsIt) {
  Read("gadget=g_ether");
  ExpectSameAt(sim::UsbSpeed::kHigh, vm::Gadget::kGEther);
}

TEST(DifferencesOfGadgets, NameWhatDiffersAndBothAnswers) {
  EXPECT_EQ(Differences({"qualifier: stall", "string 6: 02 03", "device: 12 01"},
                        {"qualifier: stall", "string 6: stall", "string 7: 02 03"}),
            "string 6\n  Linux: 02 03\n  cable: stall\n"
            "device\n  Linux: 12 01\n  cable: (there is none)\n"
            "string 7\n  Linux: (there is none)\n  cable: 02 03\n");
  EXPECT_NE(Differences({}, {}), "") << "nothing was compared";
}

}  // namespace
}  // namespace zprov::tests
