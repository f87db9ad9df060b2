// The words of the command line: help, and what is refused before anything is opened.
#include <gmock/gmock.h>

#include "unit/cli/console.h"

namespace zprov::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

// No world at all: opening one would end with 1.
Said Say(const std::vector<std::string>& args) { return RunWith(args, WiringOf({})); }

TEST(Words, OfTheHelpNameEveryCommandAndExitCode) {
  const Said help = Say({"--help"});
  EXPECT_EQ(help.exit, 0);
  EXPECT_THAT(help.err, IsEmpty());
  for (const char* command :
       {"init", "check", "render", "plan", "apply", "update", "rollback", "prune", "serve", "boot",
        "halt", "reboot", "status", "doctor", "demo"}) {
    EXPECT_THAT(help.out, HasSubstr(std::string("\n  ") + command + " "));
  }
  EXPECT_THAT(help.out, HasSubstr("0 done or nothing to do, 1 failed, 2 usage or an invalid spec"));
  EXPECT_THAT(help.out, HasSubstr("3 refused by a guard"));
  EXPECT_THAT(help.out, HasSubstr("4 plan has changes to make"));
}

TEST(Words, HelpOfACommandIsAboutIt) {
  const Said help = Say({"init", "--help"});
  EXPECT_EQ(help.exit, 0);
  EXPECT_THAT(help.out, HasSubstr("--nodes"));
  EXPECT_THAT(help.out, Not(HasSubstr("--drop-old-home")));
}

TEST(Words, HelpOfUpdateSaysWhatEachOfItsFlagsIsFor) {
  const Said help = Say({"update", "--help"});
  EXPECT_EQ(help.exit, 0);
  EXPECT_THAT(help.out, HasSubstr("Which nodes [all]"));
  EXPECT_THAT(help.out, HasSubstr("--if-changed"));
  EXPECT_THAT(help.out, HasSubstr("--skip-up"));
  EXPECT_THAT(help.out, HasSubstr("--assume-down NODE"));
}

TEST(Words, HelpOfPruneSaysHowManyItKeepsWhenNotTold) {
  const Said help = Say({"prune", "--help"});
  EXPECT_EQ(help.exit, 0);
  EXPECT_THAT(help.out, HasSubstr("--keep N"));
  EXPECT_THAT(help.out, HasSubstr("[prune]"));
}

TEST(Words, VersionIsOneLineOnStdout) {
  const Said version = Say({"--version"});
  EXPECT_EQ(version.exit, 0);
  EXPECT_THAT(version.out, MatchesRegex("zprov [0-9]+\\.[0-9]+\\.[0-9]+\n"));
  EXPECT_THAT(version.err, IsEmpty());
}

struct Wrong {
  const char* name;
  std::vector<std::string> args;
  const char* named;  // what the message must name
};

void PrintTo(const Wrong& row, std::ostream* out) { *out << row.name; }

class WrongWords : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongWords, EndWith2AMessageThatNamesThemAndAnEmptyStdout) {
  const Said said = Say(GetParam().args);
  EXPECT_EQ(said.exit, 2);
  EXPECT_THAT(said.out, IsEmpty());
  EXPECT_THAT(said.err, HasSubstr(GetParam().named));
}

INSTANTIATE_TEST_SUITE_P(
    Each, WrongWords,
    ::testing::Values(Wrong{"Nothing", {}, "--help"},
                      Wrong{"Command", {"aply"}, "aply: did you mean apply?"},
                      Wrong{"Flag", {"plan", "--forse"}, "--forse"},
                      Wrong{"TwoCommands", {"plan", "apply"}, "apply"},
                      Wrong{"FlagOfAnother", {"check", "--allow-open"}, "--allow-open"},
                      Wrong{"Rig", {"--rig", "moon", "plan"}, "moon"},
                      Wrong{"Mode", {"init", "--mode", "foo"}, "foo"},
                      Wrong{"HaltOfNobody", {"halt"}, "NODE"},
                      Wrong{"WatchOfOne", {"status", "s0", "--watch"}, "--watch"},
                      Wrong{"RebootAndSkip", {"update", "--reboot", "--skip-up"}, "--skip-up"},
                      Wrong{"NodesAsAWord", {"init", "--nodes", "abc"}, "abc"},
                      Wrong{"NodesThatAreTooMany", {"init", "--nodes", "99999999"}, "99999999"},
                      Wrong{"NodesBeyondAnyNumber", {"init", "--nodes", "9999999999999"}, "99999"},
                      Wrong{"NoNodes", {"init", "--nodes", "0"}, "node"},
                      Wrong{"NegativeNodes", {"init", "--nodes", "-1"}, "node"},
                      Wrong{"KeepNone", {"prune", "--keep", "0"}, "--keep"},
                      Wrong{"KeepAWord", {"prune", "--keep", "all"}, "all"},
                      Wrong{"NodesOfPrune", {"prune", "s0"}, "s0"},
                      Wrong{"TwoNodesOfStatus", {"status", "s0", "s1"}, "s1"},
                      Wrong{"NobodyAssumedDown", {"update", "--assume-down"}, "--assume-down"},
                      Wrong{"SkipUpOfRollback", {"rollback", "--skip-up"}, "--skip-up"},
                      Wrong{"DetectWithoutHil", {"--detect", "plan"}, "--hil"},
                      Wrong{"DetectAtALevel",
                            {"--hil", "--detect", "--level", "observe"},
                            "--detect excludes --level"},
                      Wrong{"DetectWithAReport",
                            {"--hil", "--detect", "--report", "x.html"},
                            "--detect excludes --report"},
                      Wrong{"RebootOfTheSimulatedHost",
                            {"--rig", "sim", "--hil", "--reboot-host"},
                            "--reboot-host: the simulated rig's host ends with the command"},
                      Wrong{"RebootWithDetect",
                            {"--hil", "--detect", "--reboot-host"},
                            "--detect excludes --reboot-host"},
                      Wrong{"SpecWithoutFile", {"plan", "--spec"}, "--spec"},
                      Wrong{"RootOfTheSimulator",
                            {"--rig", "sim", "--root", "/mnt", "plan"},
                            "--root works on files of this host"}),
    [](const auto& row) { return row.param.name; });

TEST(Words, FlagsMayStandOnEitherSideOfTheCommand) {
  EXPECT_THAT(Say({"--json", "init"}).out, StartsWith("{"));
  EXPECT_EQ(Say({"init", "--json"}).out, Say({"--json", "init"}).out);
}

TEST(Words, ARootThatIsNoDirectoryEndsWith2AndNamesIt) {
  for (const char* root : {"/nowhere/at/all", ZPROV_SOURCE_DIR "/CMakeLists.txt"}) {
    for (const char* command :
         {"check", "render", "plan", "apply", "update", "rollback", "prune", "status", "doctor"}) {
      const Said said = Say({"--root", root, command});
      EXPECT_EQ(said.exit, 2);
      EXPECT_THAT(said.out, IsEmpty());
      EXPECT_THAT(said.err, HasSubstr(std::string("zprov: --root ") + root +
                                      ": name a directory that exists"));
    }
  }
}

TEST(Words, AWorldThatCannotBeOpenedIsAnErrorOnStderr) {
  const Said said = Say({"plan"});
  EXPECT_EQ(said.exit, 1);
  EXPECT_THAT(said.out, IsEmpty());
  EXPECT_EQ(said.err, "zprov: the test gives no such world\n");
}

}  // namespace
}  // namespace zprov::cli
