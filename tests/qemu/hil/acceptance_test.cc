// The whole acceptance suite on a B+ with two Zeros, its rig.toml made by --detect, and what is
// seen of a reboot of the host.
#include "qemu/stories/acceptance.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "support/shell.h"

namespace zprov::tests {
namespace {

using nlohmann::json;

class Acceptance : public AcceptanceStory {
 protected:
  // `zprov --hil --detect` hears whose console each is, while it tries the relays, asks each node
  // for its serial, and says what rig.toml should have: an operator writes that into it.
  void DetectConsolesAndSerials() {
    const vm::Ran ran = Run("zprov --json --hil --detect --yes", kLong);
    constexpr int kRigFileDiffers = 3;
    EXPECT_EQ(ran.exit_code, kRigFileDiffers) << ran.out << ran.err;
    const json detected = json::parse(ran.out, nullptr, false);
    ASSERT_TRUE(detected.is_object()) << ran.out << ran.err;
    for (const json& row : detected["tried"]) EXPECT_EQ(row["outcome"], "pass") << row.dump(1);
    std::map<std::string, std::string> consoles;  // lines of rig.toml, by node
    std::map<std::string, std::string> serials;
    for (const json& difference : detected["file"]["differences"]) {
      const std::string cure = difference["cure"];
      const std::string line = cure.substr(0, cure.find(" under"));
      if (line.starts_with("console = ")) consoles[difference["subject"]] = line;
      if (line.starts_with("serial = ")) serials[difference["subject"]] = line;
    }
    for (int node = 0; node < 2; ++node) {
      const std::string name = fmt::format("s{}", node);
      const std::string serial = ReportOf(node)["serial"];
      EXPECT_EQ(consoles[name], ConsoleLine(node)) << detected.dump(1);
      EXPECT_EQ(serials[name], fmt::format("serial = \"{}\"", serial)) << detected.dump(1);
      Describe(
          fmt::format("[[node]]\nname = \"{}\"\n{}\n{}\n", name, consoles[name], serials[name]));
    }
    EXPECT_NE(serials["s0"], serials["s1"]);
  }
};

TEST_F(Acceptance, IsPassedAtEveryLevel) {
  ASSERT_NO_FATAL_FAILURE(PowerOnAndApply(2));
  Expect("systemctl start zprov", kShort);
  Await(2, "healthy");
  DescribeTheRig();
  NameTheConsoles();
  ASSERT_NO_FATAL_FAILURE(Chapter("zprov --hil --detect"));
  DetectConsolesAndSerials();
  ASSERT_NO_FATAL_FAILURE(Chapter("zprov --hil --level full"));
  Accept("full", {{"host-reboot", {"skip", "no run rebooted the host"}}});
  // The thief of "thief" was one: its Linux started with that address and asked for that root.
  const std::string stole = fmt::format("nfsroot=[^ ]*/s0/root[^ ]* .*ip={}:", AddressOf(0));
  EXPECT_EQ(RunShell(fmt::format("grep -q '{}' {}/cable.log", stole, DirectoryOfZero(2))).exit_code,
            0);
  ASSERT_NO_FATAL_FAILURE(Chapter("zprov --hil --reboot-host, and zprov --hil"));
  ASSERT_NO_FATAL_FAILURE(RebootHost("systemd-run --collect zprov --hil --reboot-host --yes"));
  NameTheConsoles();
  Accept("observe", {});
  ASSERT_NO_FATAL_FAILURE(Chapter("nothing of it is left"));
  EXPECT_EQ(Expect("ls /x/.zprov/gen", kShort), "1\n");
  EXPECT_EQ(ReportOf(0)["generation"], 1);
  EXPECT_EQ(ReportOf(1)["generation"], 1);
  ASSERT_NO_FATAL_FAILURE(Chapter(""));
}

}  // namespace
}  // namespace zprov::tests
