// Plans as text and from seeds.
#include "sim/run/plan.h"

#include <gmock/gmock.h>

#include <map>

namespace zprov::run {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Faults, AreReadFromTheWordsThatTheyAreWrittenAs) {
  const auto faults = ParseFaults("rom-stalls@4.500/1*2,power-cut@3");
  ASSERT_TRUE(faults) << faults.error().message;
  EXPECT_THAT(*faults, ElementsAre(Fault{FaultKind::kHostPowerCut, seconds(3)},
                                   Fault{FaultKind::kRomStalls, milliseconds(4500), 1, 2}));
  EXPECT_EQ(Text(*faults), "power-cut@3,rom-stalls@4.500/1*2");
}

TEST(Faults, ThatNobodyKnowsAreNamedWithTheNearest) {
  const auto faults = ParseFaults("power-cat@3");
  ASSERT_FALSE(faults);
  EXPECT_THAT(faults.error().message, HasSubstr("power-cut"));
}

TEST(Faults, AreNoneWhereTheWordSaysSo) {
  EXPECT_THAT(ParseFaults("none").value(), ElementsAre());
  EXPECT_EQ(Text(std::vector<Fault>()), "none");
}

class NotAnItem : public ::testing::TestWithParam<const char*> {};

TEST_P(NotAnItem, IsRefusedWithAnExample) {
  const auto faults = ParseFaults(GetParam());
  ASSERT_FALSE(faults);
  EXPECT_THAT(faults.error().message, HasSubstr("rom-stalls@4.500/1*2"));
}

INSTANTIATE_TEST_SUITE_P(Each, NotAnItem,
                         ::testing::Values("power-cut@", "power-cut@x", "power-cut@1.5",
                                           "power-cut@1/", "power-cut@1*", "power-cut@-1"));

// The program reads the other words; tests/simulator goes through all of them.
TEST(DrawnPlan, HasItsFaultsAndActionsReadAgainFromTheirWords) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const Plan plan = DrawnPlan(seed);
    EXPECT_EQ(ParseFaults(Text(plan.faults)).value(), plan.faults) << seed;
    EXPECT_EQ(ParseActions(Text(plan.actions)).value(), plan.actions) << seed;
  }
}

TEST(DrawnPlan, HasAnActionInEverySeedAndEveryKindOfFaultOftenEnough) {
  constexpr int kSeeds = 2000;
  std::map<FaultKind, int> seeds;
  size_t faults = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Plan plan = DrawnPlan(seed);
    EXPECT_FALSE(plan.actions.empty()) << seed;
    faults += plan.faults.size();
    std::map<FaultKind, int> here;
    for (const Fault& fault : plan.faults) here[fault.kind] = 1;
    for (const auto& [kind, one] : here) seeds[kind] += one;
  }
  EXPECT_GE(faults, kSeeds * 3U);
  for (const FaultRow& row : AllFaults()) EXPECT_GE(seeds[row.kind], kSeeds / 100) << row.name;
}

TEST(Plan, SaysItsScenarioAmongTheWordsThatRunItAgain) {
  for (const Scenario scenario : AllScenarios()) {
    EXPECT_EQ(ScenarioNamed(Name(scenario)), scenario);
    Plan plan = QuietPlan(1);
    plan.scenario = scenario;
    EXPECT_THAT(CommandLine(plan), EndsWith(" --scenario " + std::string(Name(scenario))));
  }
  EXPECT_EQ(ScenarioNamed("wreck"), std::nullopt);
  EXPECT_EQ(QuietPlan(1).scenario, Scenario::kRig);
}

// The small swarm has no more.
TEST(DrawnPlan, StartsFromEveryScenarioWithinFiftySeedsAndMostlyFromTheRig) {
  std::map<Scenario, int> seeds;
  for (uint64_t seed = 1; seed <= 50; ++seed) ++seeds[DrawnPlan(seed).scenario];
  for (const Scenario scenario : AllScenarios()) EXPECT_GE(seeds[scenario], 1) << Name(scenario);
  EXPECT_GE(seeds[Scenario::kRig], 25);
}

TEST(Plan, SaysHowBoardsGetTheirPowerWhereThatIsNotGanged) {
  Plan plan = QuietPlan(1);
  EXPECT_THAT(CommandLine(plan), Not(HasSubstr("--power")));
  for (const BoardPower power : AllPowers()) {
    EXPECT_EQ(PowerNamed(Name(power)), power);
    plan.power = power;
    if (power == BoardPower::kGanged) continue;
    EXPECT_THAT(CommandLine(plan), EndsWith(" --power " + std::string(Name(power))));
  }
  EXPECT_EQ(PowerNamed("solar"), std::nullopt);
}

// The small swarm has no more.
TEST(DrawnPlan, HasEveryPowerWithinFiftySeedsAndMostlyGanged) {
  std::map<BoardPower, int> seeds;
  for (uint64_t seed = 1; seed <= 50; ++seed) ++seeds[DrawnPlan(seed).power];
  for (const BoardPower power : AllPowers()) EXPECT_GE(seeds[power], 1) << Name(power);
  EXPECT_GE(seeds[BoardPower::kGanged], 25);
}

TEST(DrawnPlan, IsTheSameForTheSameSeed) { EXPECT_EQ(DrawnPlan(7), DrawnPlan(7)); }

}  // namespace
}  // namespace zprov::run
