// The contracts of os::UsbBus and of os::Netlink on USB, on a real kernel with its whole USB stack:
// the program of tests/contract that is made for it runs on a B+ of its own, and serves itself what
// is plugged into that machine's ports (contract/guest_ports.h).
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <functional>
#include <iostream>
#include <set>

#include "contract/guest_qemu.h"
#include "qemu/stories/cluster.h"
#include "support/shell.h"

namespace zprov::tests {
namespace {

using nlohmann::json;

// The program's own libraries that no B+ has.
constexpr const char* kLibraries = "libusbredirparser|libpcap|libfdt";

class Contracts : public Cluster {
 protected:
  void SetUp() override {
    Cluster::SetUp();
    if (IsSkipped() || HasFailure()) return;
    // Linux makes two buses of each, and nothing is fast enough for the second.
    more_words_ = {"-device", "qemu-xhci"};
    // Both ends of each wire are this QEMU's: one is a socket that it listens at.
    AddServer("qmp");
    more_words_.insert(more_words_.end(), {"-mon", "chardev=qmp,mode=control"});
    more_words_.insert(more_words_.end(),
                       {"-chardev", fmt::format("socket,id=orders,path={}/qmp", Directory())});
    AddPort("orders", "zprov.qmp");
    for (int slot = 0; slot < kGuestSlots; ++slot) {
      const std::string name = fmt::format("usb{}", slot);
      AddServer(name);
      AddPort(name, "zprov." + name);
    }
    BringProgram();
    ASSERT_NO_FATAL_FAILURE(PowerOn(0));
  }

  void AddServer(const std::string& name) {
    more_words_.insert(more_words_.end(),
                       {"-chardev", fmt::format("socket,id={0},path={1}/{0},server=on,wait=off",
                                                name, Directory())});
  }
  void AddPort(const std::string& chardev, const std::string& name) {
    more_words_.insert(
        more_words_.end(),
        {"-device", fmt::format("virtserialport,chardev={},name={}", chardev, name)});
  }

  // Links are as the kernel makes them: nobody names them by their MAC, or puts them up.
  void LeaveLinksAlone() {
    Expect(
        "printf '[Match]\\nOriginalName=*\\n[Link]\\n' >/etc/systemd/network/00-as-they-are.link "
        "&& "
        "udevadm control --reload && systemctl stop dhcpcd",
        kShort);
  }

  void BringProgram() {
    ASSERT_EQ(RunShell(fmt::format("mkdir -p {0}/payload/contract && cd {0}/payload/contract && "
                                   "strip -o contract {1} && cp -L $(ldd {1} | "
                                   "grep -E '{2}' | cut -d ' ' -f 3) .",
                                   Directory(), ZPROV_CONTRACT, kLibraries))
                  .exit_code,
              0);
  }
};

// Its test cases by name, "UsbTreeContract.ShowsNoRootHubs/Guest", of those for which `is` holds.
std::set<std::string> Cases(const json& result, const std::function<bool(const json&)>& is) {
  std::set<std::string> names;
  for (const json& suite : result["testsuites"]) {
    for (const json& one : suite["testsuite"]) {
      if (is(one)) {
        names.insert(
            fmt::format("{}.{}", suite["name"].get<std::string>(), one["name"].get<std::string>()));
      }
    }
  }
  return names;
}

// What a machine of QEMU cannot show, and why: tests/contract/README.md.
const std::set<std::string> kNotHere = {
    "UsbTransferContract.CancelsOneTransferAndNoOther/Guest",
    "UsbTransferContract.CannotCutPowerWithoutAHubThatCan/Guest",
    "UsbTransferContract.FailsWhenTheBoardSendsMoreThanItWasAskedFor/Guest"};
// Fewer means that some were not even tried.
constexpr size_t kAtLeast = 53;

TEST_F(Contracts, HoldOnARealUsbStack) {
  LeaveLinksAlone();
  const vm::Ran ran =
      Run(fmt::format("cd /contract && ZPROV_QEMU_DIRECTORY={} LD_LIBRARY_PATH=. ./contract "
                      "--gtest_output=json:result.json >said 2>&1",
                      Directory()),
          kLong);
  EXPECT_EQ(ran.exit_code, 0) << Expect("cat /contract/said", kShort);
  const json result = json::parse(Expect("cat /contract/result.json", kShort), nullptr, false);
  ASSERT_TRUE(result.is_object());
  EXPECT_GE(Cases(result, [](const json&) { return true; }).size(), kAtLeast);
  EXPECT_THAT(Cases(result, [](const json& one) { return one.contains("failures"); }),
              testing::IsEmpty());
  EXPECT_EQ(Cases(result, [](const json& one) { return one["result"] != "COMPLETED"; }), kNotHere);
  std::cout << fmt::format("{} tests on {}, {}\n", result["tests"].get<int>(),
                           Expect("uname -r | tr -d '\\n'", kShort),
                           result["time"].get<std::string>());
}

}  // namespace
}  // namespace zprov::tests
