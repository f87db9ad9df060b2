// rig.toml: what it may say, and every problem at its line with what to do.
#include "hil/rig_file.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "core/spec/format.h"

namespace zprov::hil {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

spec::ClusterSpec Cluster() {
  spec::ClusterSpec spec = spec::ProcedureSpec(3, spec::Mode::kNative).value();
  for (size_t i = 0; i < 3; ++i) spec.nodes[i].usb = PortPath{1, {1, static_cast<uint8_t>(2 + i)}};
  spec.nodes[2].serial = "00000000abcdef12";
  return spec;
}

std::vector<std::string> Problems(std::string_view text) {
  const ParsedRig parsed = ParseRig(text, Cluster());
  EXPECT_EQ(parsed.rig.has_value(), parsed.problems.empty());
  std::vector<std::string> lines;
  for (const spec::Problem& problem : parsed.problems) {
    lines.push_back(spec::Describe("rig.toml", problem));
  }
  return lines;
}

auto At(int line, const std::string& what, const std::string& cure) {
  return ::testing::AllOf(::testing::StartsWith(fmt::format("rig.toml:{}: ", line)),
                          HasSubstr(what), HasSubstr(cure));
}

TEST(RigFile, ThatIsEmptyMeansEveryNodeThatHasAPortAndNoPower) {
  const ParsedRig parsed = ParseRig("", Cluster());
  ASSERT_TRUE(parsed.rig);
  EXPECT_EQ(parsed.rig->power, PowerBy::kNobody);
  ASSERT_THAT(parsed.rig->boards, SizeIs(3));
  EXPECT_EQ(parsed.rig->boards[2].name, "s2");
  EXPECT_EQ(parsed.rig->boards[2].serial, "00000000abcdef12") << "as cluster.toml has it";
}

TEST(RigFile, SaysOfEachBoardWhereItIsAndHowItsPowerIsSwitched) {
  const ParsedRig parsed = ParseRig(R"([power]
by = "command"
command = "/usr/local/sbin/relay --line={port} {node}"
[[node]]
name = "s1"
usb = "1-1.5"
mac = "02:34:33:3c:50:25"
serial = "abc"
console = "/dev/ttyUSB0"
[[node]]
name = "s0"
power_command = "/bin/switch 7"
)",
                                    Cluster());
  ASSERT_TRUE(parsed.rig);
  EXPECT_THAT(parsed.rig->boards,
              ElementsAre(BoardAtRig{"s1",
                                     PortPath{1, {1, 5}},
                                     Mac::Parse("02:34:33:3c:50:25"),
                                     "abc",
                                     "/dev/ttyUSB0",
                                     {"/usr/local/sbin/relay", "--line=1-1.5", "s1"}},
                          BoardAtRig{"s0",
                                     PortPath{1, {1, 2}},
                                     Mac::Parse("02:34:33:3c:50:21"),
                                     "",
                                     "",
                                     {"/bin/switch", "7"}}));
}

TEST(RigFile, NamesUnknownKeysWithTheNearest) {
  EXPECT_THAT(
      Problems("powr = 1\n[power]\nby = \"none\"\nof = 3\n[[node]]\nname = \"s0\"\nport = 1"),
      ElementsAre(At(1, "\"powr\" at the top", "did you mean power?"),
                  At(4, "\"of\" in power", "use one of by, command"),
                  At(7, "\"port\" in node", "use one of name, usb")));
}

TEST(RigFile, NamesWhatNoBoardCanBe) {
  EXPECT_THAT(Problems("[[node]]\nname = \"s7\"\nusb = \"front\"\nmac = \"me\"\nserial = \"XYZ\"\n"
                       "console = \"ttyUSB0\"\n[[node]]\n"),
              ElementsAre(At(2, "no node \"s7\"", "did you mean \"s0\"?"),
                          At(3, "\"front\" cannot be read", "\"1-1.3\""),
                          At(4, "\"me\" cannot be read", "six hex pairs"),
                          At(5, "\"XYZ\" of s7 is no serial number", "/proc/cpuinfo"),
                          At(6, "\"ttyUSB0\" of s7 is no device", "its whole path"),
                          At(7, "has no name", "cluster.toml")));
}

TEST(RigFile, NamesWhatTwoBoardsCannotShare) {
  EXPECT_THAT(
      Problems("[[node]]\nname = \"s0\"\nusb = \"1-1.9\"\nconsole = \"/dev/a\"\n[[node]]\n"
               "name = \"s1\"\nusb = \"1-1.9\"\nconsole = \"/dev/a\"\n[[node]]\n"
               "name = \"s1\"\n"),
      ElementsAre(At(7, "usb path 1-1.9 of s1 is already that of s0 (line 3)", "another"),
                  At(8, "console \"/dev/a\" of s1", "another"), At(10, "name \"s1\"", "another")));
}

TEST(RigFile, NamesPowerThatCannotBeSwitched) {
  EXPECT_THAT(Problems("[power]\nby = \"command\"\n"),
              ElementsAre(At(2, "needs a command", "{node}")));
  EXPECT_THAT(Problems("[power]\nby = \"hand\"\n"),
              ElementsAre(At(2, "\"hand\" is no choice", "port")));
  EXPECT_THAT(Problems("[power]\n"), ElementsAre(At(1, "does not say by what", "by = ")));
  EXPECT_THAT(Problems("[power]\nby = \"command\"\ncommand = \"relay\"\n"),
              ElementsAre(At(3, "is not absolute", "whole path")));
  EXPECT_THAT(Problems("[power]\nby = \"port\"\ncommand = \"/bin/relay\"\n"),
              ElementsAre(At(3, "is never run", "take it out")));
}

TEST(RigFile, NamesTheOneThingThatIsNotToml) {
  EXPECT_THAT(Problems("[power\n"), ElementsAre(At(1, "not TOML", "bracket")));
  EXPECT_THAT(Problems("power = 3\nnode = 4\n"), ElementsAre(At(1, "power is no table", "[power]"),
                                                             At(2, "node is a list", "[[node]]")));
}

TEST(RigFile, SaysHowFastABootMustBeAndWhatIsQuarantined) {
  const ParsedRig parsed = ParseRig(
      "[limits]\nboot_kb_per_s = 900\nlink_kb_per_s = 800\n[[quarantine]]\nscenario = "
      "\"reboot\"\nreason = \"why\"\n"
      "until = \"2026-12-31\"\n",
      Cluster());
  ASSERT_TRUE(parsed.rig);
  EXPECT_EQ(parsed.rig->least_kb_per_s, 900u);
  EXPECT_EQ(parsed.rig->least_link_kb_per_s, 800u);
  EXPECT_THAT(parsed.rig->quarantines, ElementsAre(Quarantine{"reboot", "why", "2026-12-31"}));
}

TEST(RigFile, SaysWhoExchangesPlugs) {
  const ParsedRig parsed = ParseRig("[plugs]\ncommand = \"/usr/sbin/ask me\"\n", Cluster());
  ASSERT_TRUE(parsed.rig);
  EXPECT_THAT(parsed.rig->plugs_command, ElementsAre("/usr/sbin/ask", "me"));
  EXPECT_THAT(Problems("[plugs]\ncommand = \"ask\"\n"),
              ElementsAre(At(2, "that exchanges plugs is not absolute", "whole path")));
}

TEST(RigFile, SaysWhoPullsPlugs) {
  const ParsedRig parsed = ParseRig("[plugs]\npull = \"/usr/sbin/ask me\"\n", Cluster());
  ASSERT_TRUE(parsed.rig);
  EXPECT_THAT(parsed.rig->pull_command, ElementsAre("/usr/sbin/ask", "me"));
  EXPECT_THAT(parsed.rig->plugs_command, IsEmpty());
  EXPECT_THAT(Problems("[plugs]\npull = \"plug\"\npul = 1\n"),
              ElementsAre(At(2, "\"plug\" that pulls plugs is not absolute", "whole path"),
                          At(3, "\"pul\" in plugs", "did you mean plugs.pull?")));
}

TEST(RigFile, NamesAQuarantineThatCannotBeAndALimitThatNothingReaches) {
  EXPECT_THAT(Problems("[limits]\nboot_kb_per_s = 0\n[[quarantine]]\nscenario = \"rebot\"\n"
                       "until = \"soon\"\n"),
              ElementsAre(At(2, "boot_kb_per_s = 0 is out of range", "choose 1 to"),
                          At(3, "no such scenario", "did you mean \"reboot\"?"),
                          At(3, "has no reason", "write why"),
                          At(3, "until \"soon\" is no day", "2026-12-31")));
}

TEST(RigFile, OfTheDocumentationIsSound) {
  std::ifstream file(ZPROV_SOURCE_DIR "/hil/rig.toml", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  spec::ClusterSpec spec = spec::ProcedureSpec(5, spec::Mode::kNative).value();
  const ParsedRig parsed = ParseRig(text, spec);
  EXPECT_THAT(parsed.problems, IsEmpty());
  ASSERT_TRUE(parsed.rig);
  EXPECT_THAT(parsed.rig->boards, SizeIs(5));
  EXPECT_EQ(parsed.rig->power, PowerBy::kCommand);
}

}  // namespace
}  // namespace zprov::hil
