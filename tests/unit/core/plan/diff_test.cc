// Diff as a whole: it converges, it resumes, and --root leaves out what only a host has.
#include "core/plan/diff.h"

#include <gmock/gmock.h>

#include "core/plan/describe.h"
#include "unit/core/plan/hosts.h"

namespace zprov::plan::tests {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Desired DesiredFor(spec::Mode mode) {
  render::HostFacts facts;
  facts.has_root = [](const std::string&) { return false; };
  return DesiredState(Cluster(mode), facts);
}

class DiffInEachMode : public ::testing::TestWithParam<spec::Mode> {};

TEST_P(DiffInEachMode, HasNothingToDoAfterItsOwnSteps) {
  const Desired desired = DesiredFor(GetParam());
  const Plan first = Diff(desired, BareHost(), {});
  EXPECT_THAT(first.refusals, IsEmpty());
  EXPECT_FALSE(first.steps.empty());
  const Plan second = Diff(desired, After(BareHost(), first), {});
  EXPECT_THAT(second.steps, IsEmpty());
  EXPECT_THAT(second.refusals, IsEmpty());
}

TEST_P(DiffInEachMode, SaysOfEachStepWhatAndWhy) {
  for (const Step& step : Diff(DesiredFor(GetParam()), BareHost(), {}).steps) {
    EXPECT_FALSE(Title(step.action).empty());
    EXPECT_EQ(Title(step.action).find('\n'), std::string::npos) << Title(step.action);
    EXPECT_FALSE(step.reason.empty()) << Title(step.action);
  }
}

TEST_P(DiffInEachMode, OfATreeOfFilesLeavesLinksAndProgramsToTheHost) {
  Observed tree = BareHost();
  tree.links.reset();
  tree.programs.clear();
  const Plan plan = Diff(DesiredFor(GetParam()), tree, {});
  EXPECT_EQ(Find<SetUpBridge>(plan), std::nullopt);
  EXPECT_EQ(Find<RunProgram>(plan), std::nullopt);
  EXPECT_FALSE(plan.on_host.empty());
  EXPECT_THAT(Diff(DesiredFor(GetParam()), After(tree, plan), {}).steps, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Modes, DiffInEachMode,
                         ::testing::Values(spec::Mode::kNative, spec::Mode::kCompatible),
                         [](const auto& mode) {
                           return mode.param == spec::Mode::kNative ? "Native" : "Compatible";
                         });

TEST(Diff, MakesTheStateBeforeAnythingElse) {
  const Plan plan = Diff(DesiredFor(spec::Mode::kNative), BareHost(), {});
  ASSERT_GE(plan.steps.size(), 2u);
  EXPECT_EQ(plan.steps[0].action, Action(MakeDirectory{"/x"}));
  EXPECT_EQ(plan.steps[1].action, Action(MakeSubvolume{"/x/.zprov", 0700}));
}

TEST(Diff, ReloadsWhatReadsTheWrittenFiles) {
  const Plan plan = Diff(DesiredFor(spec::Mode::kNative), BareHost(), {});
  std::vector<std::string> titles;
  for (const Step& step : plan.steps) titles.push_back(Title(step.action));
  EXPECT_THAT(titles, Contains("run systemctl daemon-reload"));
  EXPECT_THAT(titles, Contains("run udevadm control --reload").Times(1));
}

TEST(Diff, NamesAProgramThatIsMissingInsteadOfRunningIt) {
  Observed host = BareHost();
  host.programs.clear();
  const Plan plan = Diff(DesiredFor(spec::Mode::kNative), host, {});
  EXPECT_EQ(Find<RunProgram>(plan), std::nullopt);
  EXPECT_THAT(plan.notes, Contains(HasSubstr("systemctl daemon-reload")));
}

TEST(Diff, RunsTheProgramsThatAnInterruptedRunDidNotGetTo) {
  const Desired desired = DesiredFor(spec::Mode::kNative);
  Observed host = After(BareHost(), Diff(desired, BareHost(), {}));
  host.interrupted = Interrupted{{"change /etc/exports"}, false, {{"exportfs", "-ra"}}};
  const Plan plan = Diff(desired, host, {});
  ASSERT_EQ(plan.steps.size(), 1u);
  EXPECT_EQ(plan.steps[0].action, Action(RunProgram{{"exportfs", "-ra"}}));
  EXPECT_THAT(plan.notes, Contains(HasSubstr("did not come to its end")));
}

TEST(Diff, RefusesAStoreThatIsNotOnBtrfs) {
  Observed host = BareHost();
  host.store.filesystem = "ext4";
  EXPECT_THAT(Diff(DesiredFor(spec::Mode::kNative), host, {}).refusals,
              ElementsAre(HasSubstr("the store /x is on ext4")));
}

TEST(Diff, RefusesAReadOnlyStore) {
  Observed host = BareHost();
  host.store.read_only = true;
  EXPECT_THAT(Diff(DesiredFor(spec::Mode::kNative), host, {}).refusals,
              ElementsAre(HasSubstr("read-only")));
}

TEST(Diff, RefusesStateThatIsNotItsOwn) {
  Observed host = BareHost();
  host.paths["/x"].type = PathType::kDirectory;
  host.paths["/x/.zprov"].type = PathType::kDirectory;
  EXPECT_THAT(Diff(DesiredFor(spec::Mode::kNative), host, {}).refusals,
              ElementsAre(HasSubstr("/x/.zprov is not a subvolume")));
}

TEST(Diff, AdoptsOnlyRootsThatAreSubvolumesAndNotYetRecorded) {
  Observed host = BareHost();
  host.paths["/x/s0"].type = PathType::kSubvolume;
  host.paths["/x/s1"].type = PathType::kDirectory;
  host.paths["/x/s2"].type = PathType::kSubvolume;
  host.paths["/x/.zprov/current/s2"].type = PathType::kSymlink;
  const Plan plan = Diff(DesiredFor(spec::Mode::kNative), host, {});
  std::vector<std::string> adopted;
  for (const Step& step : plan.steps) {
    if (const auto* adopt = std::get_if<AdoptRoot>(&step.action)) adopted.push_back(adopt->node);
  }
  EXPECT_THAT(adopted, ElementsAre("s0"));
}

}  // namespace
}  // namespace zprov::plan::tests
