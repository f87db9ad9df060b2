// zprov-node: its report, and what it obeys.
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "unit/node/sandbox.h"

namespace zprov::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kOther[] = "ffffffffffffffffffffffffffffffff";
constexpr char kAsk[] = "/var/lib/zprov/ask";

class ZprovNode : public Sandbox {
 protected:
  void SetUp() override {
    Sandbox::SetUp();
    Put("/proc/cmdline",
        fmt::format("root=/dev/nfs ip=192.168.7.33:192.168.7.2::255.255.255.0:s0:usb0:off "
                    "zprov.node=s0 zprov.boot={}\n",
                    kNonce));
    Put("/proc/uptime", "31.42 20.00\n");
    Put("/proc/sys/kernel/osrelease", "6.1.0-50-rpi\n");
    Put("/proc/sys/kernel/random/boot_id", "7c6b1f0e-0b3c-4a58-9d55-0a4a3d3a5f11\n");
    Put("/proc/cpuinfo", "model name\t: ARMv6\nSerial\t\t: 00000000f00dcafe\n");
    Put("/proc/device-tree/serial-number", std::string("00000000deadbeef\0", 17));
    Put("/sys/class/net/usb0/mtu", "7418\n");
    Put("/etc/zprov/generation", "8\n");
  }

  // From its start over its first looks.
  Ran Start() { return Run("zprov-node", {{"ZPROV_SLEEPS", "5"}}); }

  nlohmann::json Report() {
    return nlohmann::json::parse(Content("/var/lib/zprov/boot.json"), nullptr, false);
  }

  std::string Orders() {
    Start();
    std::string orders;
    const std::string calls = Calls();
    for (size_t at = 0; at < calls.size();) {
      const size_t end = calls.find('\n', at);
      const std::string line = calls.substr(at, end - at);
      if (!line.starts_with("sleep")) orders += line + "\n";
      at = end + 1;
    }
    return orders;
  }
};

TEST_P(ZprovNode, ReportsThisBoot) {
  const Ran ran = Start();
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_EQ(Report(), nlohmann::json({{"nonce", kNonce},
                                      {"generation", 8},
                                      {"boot_id", "7c6b1f0e-0b3c-4a58-9d55-0a4a3d3a5f11"},
                                      {"serial", "00000000deadbeef"},
                                      {"kernel", "6.1.0-50-rpi"},
                                      {"mtu", 7418},
                                      {"uptime_s", 31}}));
  EXPECT_FALSE(Has("/var/lib/zprov/boot.json.new"));
}

TEST_P(ZprovNode, ReportsTheSerialOfCpuinfoWhereNoDeviceTreeHasOne) {
  std::filesystem::remove_all(root_ + "/proc/device-tree");
  Start();
  EXPECT_EQ(Report().at("serial"), "00000000f00dcafe");
}

TEST_P(ZprovNode, ReportsAsJsonWhateverTheFilesSay) {
  Put("/proc/device-tree/serial-number", "a\"b\\c\n\x01\xff&d/*\"},{\"");
  Put("/proc/sys/kernel/osrelease", "6.1 \"$(reboot)\" `reboot` \\\n");
  Put("/etc/zprov/generation", "08, \"evil\": 1\n");
  Put("/sys/class/net/usb0/mtu", "-1\n");
  EXPECT_THAT(Orders(), IsEmpty());
  const nlohmann::json report = Report();
  ASSERT_FALSE(report.is_discarded()) << Content("/var/lib/zprov/boot.json");
  EXPECT_EQ(report.at("serial"), "a\"b\\c&d/*\"},{\"");
  EXPECT_EQ(report.at("kernel"), "6.1 \"$(reboot)\" `reboot` \\");
  EXPECT_EQ(report.at("generation"), 0);
  EXPECT_EQ(report.at("mtu"), 0);
  EXPECT_EQ(report.size(), 7U);
}

TEST_P(ZprovNode, ReportsWhatItKnowsWhenFilesAreMissing) {
  for (const char* gone : {"/proc/device-tree", "/proc/cpuinfo", "/proc/uptime",
                           "/sys/class/net/usb0", "/etc/zprov", "/proc/sys"}) {
    std::filesystem::remove_all(root_ + gone);
  }
  Start();
  const nlohmann::json report = Report();
  ASSERT_FALSE(report.is_discarded()) << Content("/var/lib/zprov/boot.json");
  EXPECT_EQ(report.at("nonce"), kNonce);
  EXPECT_EQ(report.at("serial"), "");
  EXPECT_EQ(report.at("uptime_s"), 0);
}

TEST_P(ZprovNode, ReportsOnceItCanWriteThoughItCouldNotAtFirst) {
  std::filesystem::create_directories(root_ + "/var/lib/zprov/boot.json.new");
  Start();
  EXPECT_EQ(Report().at("nonce"), kNonce);
}

TEST_P(ZprovNode, ReportsInPlaceOfTheLastBoot) {
  Put("/var/lib/zprov/boot.json", "{\"nonce\":\"of the last boot\"}");
  Start();
  EXPECT_EQ(Report().at("nonce"), kNonce);
}

TEST_P(ZprovNode, SaysWhenItCannotReport) {
  Put("/var/lib/zprov", "a file");
  EXPECT_THAT(Start().out, HasSubstr("the host will not know that this node is up"));
}

TEST_P(ZprovNode, PowersOffWhenTheHostAsksToHalt) {
  Put(kAsk, fmt::format("halt {}\n", kNonce));
  EXPECT_EQ(Orders(), "poweroff\n");
  EXPECT_FALSE(Has(kAsk));
}

TEST_P(ZprovNode, RebootsWhenTheHostAsksInTheMiddleOfItsLife) {
  Put("/later", fmt::format("reboot {}\n", kNonce));
  EXPECT_EQ(Orders(), "reboot\n");
  EXPECT_FALSE(Has(kAsk));
}

TEST_P(ZprovNode, LeavesItToSystemdWhereThatRuns) {
  std::filesystem::create_directories(root_ + "/run/systemd/system");
  Put(kAsk, fmt::format("halt {}\n", kNonce));
  EXPECT_EQ(Orders(), "systemctl --no-block poweroff\n");
}

TEST_P(ZprovNode, HasTakenTheOrderAwayBeforeItObeys) {
  Put(kAsk, fmt::format("halt {}\n", kNonce));
  Start();
  EXPECT_THAT(Calls(), AllOf(HasSubstr("poweroff\n"), Not(HasSubstr("poweroff while asked"))));
}

TEST_P(ZprovNode, IgnoresAndTakesAwayWhatIsNoOrderOfThisBoot) {
  for (const std::string& text :
       {fmt::format("halt {}\n", kOther), fmt::format("halt {}", kNonce),
        fmt::format("halt {}\n\n", kNonce), fmt::format("halt {}\nreboot {}\n", kNonce, kNonce),
        fmt::format(" halt {}\n", kNonce), fmt::format("HALT {}\n", kNonce),
        std::string("halt *\n"), std::string("halt\n"), std::string("halt \n"), std::string(),
        std::string("reboot; reboot\n"),
        fmt::format("halt {}{}\n", kNonce, std::string(5000, '\n')),
        std::string("halt \0", 6) + kNonce + "\n", std::string("$(reboot)\n`reboot`\n")}) {
    Put(kAsk, text);
    Put("/calls", "");
    EXPECT_THAT(Orders(), IsEmpty()) << text;
    EXPECT_FALSE(Has(kAsk)) << text;
  }
}

TEST_P(ZprovNode, ObeysNobodyWhenTheBootHadNoNonce) {
  Put("/proc/cmdline", "root=/dev/nfs\n");
  Put(kAsk, "halt \n");
  EXPECT_THAT(Orders(), IsEmpty());
  EXPECT_EQ(Report().at("nonce"), "");
}

TEST_P(ZprovNode, LooksEveryTwoSeconds) {
  Start();
  EXPECT_EQ(Calls(), "sleep 2\nsleep 2\nsleep 2\nsleep 2\nsleep 2\n");
}

ZPROV_UNDER_EACH_SHELL(ZprovNode);

}  // namespace
}  // namespace zprov::tests
