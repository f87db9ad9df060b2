// zprov-sim as a person runs it: the whole product on a simulated cluster, from one line.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sim/run/plan.h"
#include "support/shell.h"

namespace zprov::tests {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Ran Sim(const std::string& words) { return RunShell(ZPROV_SIM " " + words); }

TEST(Simulator, PrintsVersionSeedAndEveryOptionFirst) {
  const Ran ran =
      Sim("--seed 3 --nodes 2 --kernel 6.1.120 --timing instant --faults none --actions update@9");
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  EXPECT_THAT(ran.out,
              ContainsRegex("^zprov-sim [0-9.]+\nzprov-sim --seed 3 --nodes 2 --kernel 6.1.120 "
                            "--timing instant --faults none --actions update@9 --scenario rig\n"));
}

TEST(Simulator, TellsInPlainWordsHowEveryNodeBecomesHealthy) {
  const Ran ran = Sim("--seed 1 --nodes 2 --timing real --faults none --actions none --trace -");
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("board     s0: asks for files\n"),
                             HasSubstr("serve     s1: healthy\n"),
                             HasSubstr("operator  all nodes are healthy\n")));
}

class QuietScenario : public ::testing::TestWithParam<const char*> {};

TEST_P(QuietScenario, EndsWithEveryNodeHealthy) {
  const Ran ran = Sim(std::string("--seed 1 --nodes 2 --timing real --faults none --actions none "
                                  "--trace - --scenario ") +
                      GetParam());
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("serve     s0: healthy\n"), HasSubstr("serve     s1: healthy\n"),
                    HasSubstr("operator  all nodes are healthy\n")));
}

INSTANTIATE_TEST_SUITE_P(Each, QuietScenario,
                         ::testing::Values("rig", "compatible", "hand-made", "bare"));

TEST(Simulator, TakesARigWhereAPlanNamesNoScenario) {
  const std::string plan = "--seed 5 --timing instant --faults none --actions none";
  EXPECT_EQ(Sim(plan).out, Sim(plan + " --scenario rig").out);
  EXPECT_EQ(Sim(plan + " --scenario wreck 2>/dev/null").exit_code, 2);
  EXPECT_EQ(Sim(plan + " --nodes 6 --scenario hand-made 2>/dev/null").exit_code, 2);
}

TEST(Simulator, WritesOneJsonDocumentForEachLineOfTheTrace) {
  const Ran ran =
      Sim("--nodes 1 --faults none --actions none --trace - --trace-json | grep healthy");
  EXPECT_THAT(ran.out, StartsWith(R"({"at_ms":)"));
}

TEST(Simulator, GetsOverFaultsOfEverySeam) {
  const Ran ran =
      Sim("--seed 5 --nodes 3 --timing real --actions update@20,reboot@60/1 --faults "
          "rom-stalls@0/1,power-cut@30,serve-killed@70,link-down@90/"
          "2,disk-full@100*10,exportfs-fails@15");
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
}

TEST(Simulator, GivesPowerByHandToABoardThatWasHaltedAndToNoOtherWithNothingWrong) {
  const Ran ran =
      Sim("--seed 301 --nodes 2 --kernel 6.1.120 --timing real --faults none "
          "--actions halt-and-boot@36.038/1 --trace -");
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("board     s1: halted\n"), HasSubstr("pulls the plug of s1"),
                             Not(HasSubstr("the plug of s0"))));
}

// Every fourth address is a node's: more than 56 do not fit behind .33 of a /24.
TEST(Simulator, HasARigForMoreNodesThanASmallNetworkHolds) {
  const Ran ran = Sim("--nodes 57 --timing instant --faults none --actions none");
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
}

TEST(Simulator, ListsEveryFaultActionAndScenario) {
  const Ran ran = Sim("--list");
  EXPECT_EQ(ran.exit_code, 0);
  for (const run::FaultRow& row : run::AllFaults()) {
    EXPECT_THAT(ran.out, ContainsRegex(fmt::format("\n  {} +{}", row.name, row.cause)));
  }
  for (const run::ActionKind what : run::AllActions()) {
    EXPECT_THAT(ran.out, HasSubstr(fmt::format("\n  {}\n", run::Name(what))));
  }
  for (const run::Scenario scenario : run::AllScenarios()) {
    EXPECT_THAT(ran.out, HasSubstr(fmt::format("\n  {}\n", run::Name(scenario))));
  }
  for (const run::BoardPower power : run::AllPowers()) {
    EXPECT_THAT(ran.out, HasSubstr(fmt::format("\n  {}\n", run::Name(power))));
  }
}

// The second line of what it prints.
std::string PlanPrintedIn(const std::string& out) {
  constexpr std::string_view kProgram = "zprov-sim ";
  const size_t from = out.find('\n') + 1;
  const std::string line = out.substr(from, out.find('\n', from) - from);
  return line.starts_with(kProgram) ? line.substr(kProgram.size()) : "";
}

TEST(Simulator, RunsTheSameAgainFromTheWordsThatItPrints) {
  for (const run::Scenario scenario : run::AllScenarios()) {
    uint64_t seed = 1;
    while (run::DrawnPlan(seed).scenario != scenario) ++seed;
    const Ran drawn = Sim("--trace - --seed " + std::to_string(seed));
    const std::string plan = PlanPrintedIn(drawn.out);
    EXPECT_EQ(plan, run::CommandLine(run::DrawnPlan(seed)));
    EXPECT_EQ(Sim("--trace - " + plan).out, drawn.out);
  }
  for (const run::BoardPower power : run::AllPowers()) {
    uint64_t seed = 1;
    while (run::DrawnPlan(seed).power != power) ++seed;
    const Ran drawn = Sim("--trace - --seed " + std::to_string(seed));
    EXPECT_EQ(Sim("--trace - " + PlanPrintedIn(drawn.out)).out, drawn.out);
  }
}

TEST(Simulator, PrintsWhatItMakesSmallerFirst) {
  const Ran ran = Sim("--shrink 3 --nodes 1 --timing instant --faults none --actions none");
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out, ContainsRegex("^zprov-sim [0-9.]+\nzprov-sim --seed 3 --nodes 1 .*"
                                     "--scenario rig\nno sentence is broken\n$"));
}

TEST(Simulator, RefusesAKernelWhoseRulesItDoesNotKnowAndSaysWhichItKnows) {
  const Ran ran = Sim("--kernel 5.10 2>&1");
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("kernel 5.10"), HasSubstr("take a 4.x or 6.1.x")));
  EXPECT_EQ(Sim("--kernel new 2>/dev/null").exit_code, 2);
}

TEST(Simulator, RefusesWhatItWouldNotLookAt) {
  for (const char* ignored :
       {"--nodes 2", "--kernel 4.14", "--timing real", "--faults none", "--actions none",
        "--scenario bare", "--power command", "--trace -", "--shrink 1"}) {
    const std::string name(ignored, std::string_view(ignored).find(' '));
    const Ran ran = Sim(std::string("--swarm 1 ") + ignored + " 2>&1");
    EXPECT_EQ(ran.exit_code, 2) << ignored;
    EXPECT_THAT(ran.out, HasSubstr("--swarm does not look at " + name));
  }
  EXPECT_EQ(Sim("--exhaustive --seed 2 2>/dev/null").exit_code, 2);
  EXPECT_EQ(Sim("--shrink 2 --html page 2>/dev/null").exit_code, 2);
  EXPECT_EQ(Sim("--swarm 0 2>/dev/null").exit_code, 2);
}

TEST(Simulator, RefusesAFaultThatNobodyKnows) {
  EXPECT_EQ(Sim("--faults power-cat@1 2>/dev/null").exit_code, 2);
}

// What ctest runs on fixtures/seeds/plans, here with a program that breaks a sentence with seed 2.
class Plans : public ::testing::Test {
 protected:
  Plans() { EXPECT_NE(mkdtemp(directory_.data()), nullptr); }
  ~Plans() override { std::filesystem::remove_all(directory_); }

  Ran Perform(const std::string& plans) {
    std::ofstream(directory_ + "/sim")
        << "#!/bin/sh\n"
           "while [ $# -gt 2 ]; do case $3 in --trace|--html) echo \"$*\" >\"$4\"; esac; "
           "[ \"$1 $2\" = '--seed 2' ] && bad=1; shift; done; exit ${bad:-0}\n";
    std::ofstream(directory_ + "/file") << plans;
    return RunShell("cd " + directory_ +
                    " && chmod +x sim && " ZPROV_SOURCE_DIR
                    "/tests/simulator/plans ./sim file 2>&1");
  }

  std::string directory_ = ::testing::TempDir() + "zprov-plans-XXXXXX";
};

TEST_F(Plans, LeaveTraceAndPageOfEachThatBreaksASentenceAndSayWhere) {
  const Ran ran = Perform(
      "# one\n--seed 1 --faults none\n# another\n--seed 2 --faults none\n--seed 3 --faults none\n");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("see " + directory_ + "/plans/2.trace and .html\n"),
                             HasSubstr("3 plans\n"), Not(HasSubstr("plans/1.")),
                             Not(HasSubstr("plans/3."))));
  EXPECT_TRUE(std::filesystem::exists(directory_ + "/plans/2.trace"));
  EXPECT_TRUE(std::filesystem::exists(directory_ + "/plans/2.html"));
}

TEST_F(Plans, LeaveNothingWhereAllHold) {
  const Ran ran = Perform("--seed 1 --faults none\n--seed 3 --faults none");
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("2 plans\n"));
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/plans"));
}

TEST_F(Plans, AreMissedWhereThereAreNone) { EXPECT_EQ(Perform("# none\n").exit_code, 1); }

// Dead until its power is cut, and there is nothing on the bus that could be reset.
TEST(Simulator, CutsTheOnePortsPowerWhereItsHubSwitchesItAlone) {
  const std::string plan =
      "--seed 1 --nodes 2 --timing real --faults never-returns@50/1*2 --actions reboot@60/1";
  for (const char* power : {"per-port", "command"}) {
    const Ran ran = Sim(plan + " --trace - --power " + power);
    EXPECT_EQ(ran.exit_code, 0) << ran.out;
    EXPECT_THAT(ran.out, AllOf(HasSubstr("board     s1: no power\n"),
                               Not(HasSubstr("board     s0: no power\n")),
                               Not(HasSubstr("quarantined")), Not(HasSubstr("pulls the plug"))));
  }
  EXPECT_THAT(Sim(plan + " --trace -").out, HasSubstr("serve     s1: quarantined"));
  EXPECT_EQ(Sim(plan + " --power solar 2>/dev/null").exit_code, 2);
}

// The page of that run.
std::string PageOf(const std::string& words) {
  const std::string page = ::testing::TempDir() + "zprov-sim.html";
  const Ran ran = Sim(words + " --html " + page);
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  std::ostringstream content;
  content << std::ifstream(page).rdbuf();
  std::remove(page.c_str());
  return content.str();
}

TEST(Simulator, DrawsARunAsOnePageThatLoadsNothing) {
  EXPECT_THAT(PageOf("--seed 2"), AllOf(HasSubstr("<svg"), HasSubstr("s0 at 1-1.2"),
                                        Not(ContainsRegex("(href|src)="))));
}

TEST(Simulator, DrawsEachHubAboveThePortsThatHangOnIt) {
  const std::string page = PageOf("--nodes 5 --timing instant --faults none --actions none");
  size_t above = 0;
  for (const char* label : {">hub 1-1<", ">s0 at 1-1.2<", ">s2 at 1-1.4<", ">hub 1-1.5<",
                            ">s3 at 1-1.5.1<", ">s4 at 1-1.5.2<"}) {
    const size_t at = page.find(label);
    ASSERT_NE(at, std::string::npos) << label;
    EXPECT_GT(at, above) << label;
    above = at;
  }
}

TEST(Simulator, DrawsNoHubThatHasNoBoard) {
  const std::string page = PageOf("--nodes 3 --timing instant --faults none --actions none");
  EXPECT_THAT(page, AllOf(HasSubstr(">hub 1-1<"), Not(HasSubstr("hub 1-1.5"))));
}

TEST(Simulator, DrawsThatAHubSwitchesItsPortsAlone) {
  const std::string page =
      PageOf("--nodes 1 --timing instant --faults none --actions none --power per-port");
  EXPECT_THAT(page, HasSubstr(">hub 1-1, per-port power<"));
}

TEST(Simulator, MarksRecoveriesWhereTheyWereTaken) {
  const std::string page = PageOf(
      "--seed 1 --nodes 2 --timing real --faults rom-stalls@50/1*2,serve-killed@120 --actions "
      "reboot@60/1");
  for (const char* step :
       {"s1: recovery: a board is tried again as it is<", "s1: recovery: a device is reset<",
        "s1: recovery: healthy after a failure<", " s, recovery: serve is started again<",
        "s0: recovery: a later serve finds nodes that run<"}) {
    EXPECT_NE(page.find(step), std::string::npos) << step;
  }
  EXPECT_EQ(page.find("s0: recovery: a device is reset"), std::string::npos);
}

class MarkedSteps : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(MarkedSteps, AreThoseOfTheirNodeAlone) {
  const auto& [plan, step] = GetParam();
  const std::string page = PageOf(std::string("--seed 1 --nodes 2 --timing real ") + plan);
  EXPECT_NE(page.find(std::string("s1: ") + step + "<"), std::string::npos) << step;
  EXPECT_EQ(page.find(std::string("s0: ") + step + "<"), std::string::npos) << step;
}

constexpr char kDeadByHub[] =
    "--faults never-returns@50/1*2 --actions reboot@60/1 --power per-port";
constexpr char kDeadByRelay[] =
    "--faults never-returns@50/1*2 --actions reboot@60/1 --power command";
constexpr char kDead[] = "--faults never-returns@50/1*2 --actions reboot@60/1";
constexpr char kUnplugged[] = "--faults board-unplugged@25/1*3 --actions none";

INSTANTIATE_TEST_SUITE_P(
    Each, MarkedSteps,
    ::testing::Values(std::pair(kDeadByHub, "recovery: power is cut by its port"),
                      std::pair(kDeadByHub, "recovery: power is given by its port"),
                      std::pair(kDeadByRelay, "recovery: power is cut by a command"),
                      std::pair(kDeadByRelay, "recovery: power is given by a command"),
                      std::pair(kDead, "recovery: a board is quarantined"),
                      std::pair(kDead, "recovery: a quarantined board has another chance"),
                      std::pair(kUnplugged, "recovery: a board that left is waited for")));

TEST(Simulator, ReplaysABundleAndNamesTheLineWhereAnotherEngineWouldPart) {
  const std::string bundle = ZPROV_SOURCE_DIR "/fixtures/bundles/qemu-boot";
  const Ran same = Sim("replay " + bundle);
  EXPECT_EQ(same.exit_code, 0) << same.out;
  EXPECT_THAT(same.out, HasSubstr("qemu-boot/record.jsonl: no difference, "));

  std::string changed = ::testing::TempDir() + "zprov-bundle-XXXXXX";
  ASSERT_NE(mkdtemp(changed.data()), nullptr);
  RunShell("sed 's/\"act\",\"usb.claim\",\\[1,0\\]/\"act\",\"usb.claim\",[1,1]/' " + bundle +
           "/record.jsonl >" + changed + "/record.jsonl");
  const Ran different = Sim("replay " + changed + " --keep never");
  EXPECT_EQ(different.exit_code, 1);
  EXPECT_THAT(different.out,
              AllOf(ContainsRegex("record.jsonl:[0-9]+: the first difference, after "),
                    HasSubstr("then: usb.claim [1,1]\n  now:  usb.claim [1,0]\n")));
  std::filesystem::remove_all(changed);
  EXPECT_FALSE(std::filesystem::exists(ZPROV_SOURCE_DIR "/fixtures/bundles/never"));
}

TEST(Simulator, SaysWhatIsNoBundleAndKeepsNoneUnderATakenName) {
  EXPECT_EQ(Sim("replay /nonexistent 2>/dev/null").exit_code, 2);
  const std::string bundle = ZPROV_SOURCE_DIR "/fixtures/bundles/qemu-boot";
  EXPECT_EQ(Sim("replay " + bundle + " --keep ../up 2>/dev/null").exit_code, 2);
  const Ran taken = Sim("replay " + bundle + " --keep qemu-boot 2>&1");
  EXPECT_EQ(taken.exit_code, 1);
  EXPECT_THAT(taken.out, HasSubstr("/fixtures/bundles/qemu-boot exists: take another name"));
}

TEST(Simulator, SumsUpASwarm) {
  const Ran ran = Sim("--swarm 10 --jobs 2");
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("10 seeds, "), HasSubstr("\nscenarios:  "), HasSubstr("\npower:  "),
                    HasSubstr("0 of 10 seeds broke a sentence\n")));
}

// A run depends on nothing but its plan: not on addresses, which differ from start to start unless
// setarch -R fixes them, and not on the environment.
TEST(Simulator, GivesTheSameTraceForTheSameSeedWhereverItsMemoryLies) {
  for (const char* seed : {"2", "11"}) {
    const std::string words = std::string(" --trace - --seed ") + seed;
    const Ran first = Sim(words);
    EXPECT_EQ(first.out, Sim(words).out) << seed;
    EXPECT_EQ(first.out, RunShell("setarch -R " ZPROV_SIM + words).out) << seed;
    EXPECT_EQ(first.out, RunShell("env -i TZ=Asia/Tokyo " ZPROV_SIM + words).out) << seed;
  }
}

}  // namespace
}  // namespace zprov::tests
