#include "qemu/stories/acceptance.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <iostream>
#include <vector>

namespace zprov::tests {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr seconds kWhole{3600};

// `order s0 power off`: through the port that leads to the cable of that node's Zero. Prints what
// was asked for.
constexpr const char* kOrder = R"(#!/bin/bash
exec 3<>/dev/virtio-ports/relay.1-$((${1#s} + 1)) && echo "${*:2}" >&3 &&
	read -r -t 30 answer <&3 && [[ $answer == ok* ]] && echo ${answer#ok}
)";

// `plug s0 out`: a Zero there has a supply of its own and runs on.
constexpr const char* kPlug = R"(#!/bin/bash
case $2 in out) exec /usr/local/sbin/order $1 unplug ;; in) exec /usr/local/sbin/order $1 plug ;; *) exit 2 ;; esac
)";

// `exchange s0 s1 exchanged`: a board is its serial. Each node's own is noted at the first time.
constexpr const char* kExchange = R"(#!/bin/bash
set -e
PATH=$PATH:/usr/local/sbin
own() { [ -s /root/own.$1 ] || order $1 serial >/root/own.$1; cat /root/own.$1; }
one=$(own $1) other=$(own $2)
[ $3 = own ] || { own=$one one=$other other=$own; }
order $1 serial $one && order $2 serial $other
)";

// What a run of each level has a row for (hil/scenarios/table.cc), in its order.
const std::vector<std::string> kObserve = {
    "host",        "description", "rig",        "power",   "consoles",   "left-over",
    "host-reboot", "disk",        "boot-files", "exports", "identities", "quiet-links",
    "nodes",       "generations", "boards",     "links",   "theft",      "mtu"};
const std::vector<std::string> kCycle = {
    "packets",         "throughput",    "serve",      "link-loss",  "reboot",       "reboot-all",
    "cold-boot",       "cold-boot-all", "unplug",     "exchange",   "console-boot", "cut-rom",
    "cut-first-stage", "cut-files",     "cut-kernel", "cut-mounted"};
const std::vector<std::string> kFull = {"update", "update-reboot", "update-cut", "thief"};

std::vector<std::string> RowsOf(const std::string& level) {
  std::vector<std::string> rows = kObserve;
  if (level != "observe") rows.insert(rows.end(), kCycle.begin(), kCycle.end());
  if (level == "full") rows.insert(rows.end(), kFull.begin(), kFull.end());
  return rows;
}

}  // namespace

void AcceptanceStory::DescribeTheRig() {
  for (const auto& [program, text] :
       {std::pair{"order", kOrder}, std::pair{"plug", kPlug}, std::pair{"exchange", kExchange}}) {
    Expect(fmt::format("cat >/usr/local/sbin/{0} <<'END'\n{1}END\nchmod +x /usr/local/sbin/{0}",
                       program, text),
           kShort);
  }
  Describe(
      "[power]\nby = \"command\"\ncommand = \"/usr/local/sbin/order {node} power\"\n"
      "[plugs]\ncommand = \"/usr/local/sbin/exchange\"\npull = \"/usr/local/sbin/plug\"\n");
}

void AcceptanceStory::Describe(const std::string& lines) {
  Expect(fmt::format("cat >>/etc/zprov/rig.toml <<'END'\n{}END", lines), kShort);
}

void AcceptanceStory::NameTheConsoles() {
  Expect(
      "mkdir -p /dev/serial/by-id && cd /dev/virtio-ports && for port in console.1-*; do "
      "ln -s $PWD/$port /dev/serial/by-id/; done",
      kShort);
}

std::string AcceptanceStory::ConsoleLine(int node) const {
  return fmt::format("console = \"/dev/serial/by-id/console.1-{}\"", node + 1);
}

void AcceptanceStory::Accept(const std::string& level, const Exceptions& exceptions) {
  const vm::Ran ran =
      Run(fmt::format("zprov --json --hil --level {} --yes --report /tmp/rig.html", level), kWhole);
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  const json report = json::parse(ran.out, nullptr, false);
  ASSERT_TRUE(report.is_object()) << ran.out << ran.err;
  std::vector<std::string> names;
  for (const json& row : report["scenarios"]) {
    names.push_back(row["name"]);
    std::cout << fmt::format("{:7.1f} s  {} {} {}\n", row["took_s"].get<double>(),
                             row["outcome"].get<std::string>(), names.back(),
                             row["reason"].get<std::string>());
    const auto exception = exceptions.find(names.back());
    const NotTried wanted =
        exception == exceptions.end() ? NotTried{"pass", ""} : exception->second;
    EXPECT_EQ(row["outcome"], wanted.outcome) << row.dump(1);
    EXPECT_THAT(row["reason"].get<std::string>(), HasSubstr(wanted.reason));
    Expect(fmt::format("grep -q '>{}<' /tmp/rig.html", names.back()), kShort);
  }
  EXPECT_EQ(names, RowsOf(level));
}

}  // namespace zprov::tests
