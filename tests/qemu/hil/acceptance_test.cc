// The whole acceptance suite as an operator runs it, on a B+ with two Zeros. Its program cannot
// tell that the relay in each board's supply is an order to a cable.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <set>

#include "qemu/cluster/story.h"

namespace zprov::tests {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr seconds kWhole{3600};

// `relay s0 off`: through the port that leads to the cable of that node's Zero.
constexpr const char* kRelay = R"(#!/bin/bash
exec 3<>/dev/virtio-ports/relay.1-$((${1#s} + 1)) && echo "power $2" >&3 &&
	read -r -t 30 answer <&3 && [[ $answer == ok* ]]
)";

// `plug s0 out`: the same way. A Zero there has a supply of its own and runs on.
constexpr const char* kPlug = R"(#!/bin/bash
case $2 in out) order=unplug ;; in) order=plug ;; *) exit 2 ;; esac
exec 3<>/dev/virtio-ports/relay.1-$((${1#s} + 1)) && echo $order >&3 &&
	read -r -t 30 answer <&3 && [[ $answer == ok* ]]
)";

// QEMU's Zeros have the serial number zero, all of them, and nobody exchanges their plugs. The
// host is rebooted afterwards.
const std::set<std::string> kLacking = {"boards", "exchange", "host-reboot"};

class Acceptance : public Story {
 protected:
  void DescribeTheRig() {
    for (const auto& [program, text] : {std::pair{"relay", kRelay}, std::pair{"plug", kPlug}}) {
      Expect(fmt::format("cat >/usr/local/sbin/{0} <<'END'\n{1}END\nchmod +x /usr/local/sbin/{0}",
                         program, text),
             kShort);
    }
    Expect(
        "cat >/etc/zprov/rig.toml <<'END'\n"
        "[power]\nby = \"command\"\ncommand = \"/usr/local/sbin/relay {node}\"\n"
        "[plugs]\npull = \"/usr/local/sbin/plug\"\nEND\n",
        kShort);
  }

  // udev names an adapter's serial port so; these are the ports where the Zeros' serial lines end.
  void NameTheConsoles() {
    Expect(
        "mkdir -p /dev/serial/by-id && cd /dev/virtio-ports && for port in console.1-*; do "
        "ln -s $PWD/$port /dev/serial/by-id/; done",
        kShort);
  }

  // `zprov --hil --detect` hears whose console each is, while it tries the relays, and says what
  // rig.toml should have: an operator writes that into it.
  void DetectTheConsoles() {
    const vm::Ran ran = Run("zprov --json --hil --detect --yes", kWhole);
    constexpr int kRigFileDiffers = 3;
    EXPECT_EQ(ran.exit_code, kRigFileDiffers) << ran.out << ran.err;
    const json detected = json::parse(ran.out, nullptr, false);
    ASSERT_TRUE(detected.is_object()) << ran.out << ran.err;
    for (const json& row : detected["tried"]) EXPECT_EQ(row["outcome"], "pass") << row.dump(1);
    std::map<std::string, std::string> lines;  // by node
    for (const json& difference : detected["file"]["differences"]) {
      const std::string cure = difference["cure"];
      if (cure.starts_with("console = ")) lines[difference["subject"]] = cure;
    }
    for (int node = 0; node < 2; ++node) {
      const std::string& line = lines[fmt::format("s{}", node)];
      const std::string wanted =
          fmt::format(R"(console = "/dev/serial/by-id/console.1-{}")", node + 1);
      EXPECT_TRUE(line.starts_with(wanted)) << detected.dump(1);
      Expect(fmt::format("printf '[[node]]\\nname = \"s{}\"\\n%s\\n' '{}' >>/etc/zprov/rig.toml",
                         node, wanted),
             kShort);
    }
  }

  // By scenario: its outcome; whatever is neither passed nor skipped is shown with its reasons.
  std::map<std::string, std::string> Outcomes(const std::string& level) {
    const vm::Ran ran = Run(
        fmt::format("zprov --json --hil --level {} --yes --report /tmp/rig.html", level), kWhole);
    const json report = json::parse(ran.out, nullptr, false);
    EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
    std::map<std::string, std::string> outcomes;
    if (!report.is_object()) return outcomes;
    for (const json& row : report["scenarios"]) {
      const std::string outcome = row["outcome"];
      outcomes[row["name"]] = outcome;
      if (outcome == "skip") std::cout << row["name"] << ": " << row["reason"] << "\n";
      EXPECT_TRUE(outcome == "pass" || outcome == "skip") << row.dump(1);
    }
    return outcomes;
  }
};

TEST_F(Acceptance, IsPassedAtEveryLevel) {
  ASSERT_NO_FATAL_FAILURE(PowerOnAndApply(2));
  Expect("systemctl start zprov", kShort);
  Await(2, "healthy");
  DescribeTheRig();
  NameTheConsoles();
  ASSERT_NO_FATAL_FAILURE(Chapter("zprov --hil --detect"));
  DetectTheConsoles();
  ASSERT_NO_FATAL_FAILURE(Chapter("zprov --hil --level full"));
  const auto outcomes = Outcomes("full");
  EXPECT_EQ(outcomes.size(), 37U);  // all of hil/scenarios/table.cc
  for (const auto& [name, outcome] : outcomes) {
    EXPECT_EQ(outcome, kLacking.contains(name) ? "skip" : "pass") << name;
    Expect(fmt::format("grep -q '>{}<' /tmp/rig.html", name), kShort);
  }
  ASSERT_NO_FATAL_FAILURE(Chapter("zprov --hil --reboot-host, and zprov --hil"));
  ASSERT_NO_FATAL_FAILURE(RebootHost("systemd-run --collect zprov --hil --reboot-host --yes"));
  NameTheConsoles();
  EXPECT_EQ(Outcomes("observe")["host-reboot"], "pass");
  ASSERT_NO_FATAL_FAILURE(Chapter("nothing of it is left"));
  EXPECT_EQ(Expect("ls /x/.zprov/gen", kShort), "1\n");
  EXPECT_EQ(ReportOf(0)["generation"], 1);
  EXPECT_EQ(ReportOf(1)["generation"], 1);
  ASSERT_NO_FATAL_FAILURE(Chapter(""));
}

}  // namespace
}  // namespace zprov::tests
