// Diff of the nodes' roots: who gets a first generation, when, and why not.
#include <gmock/gmock.h>

#include "core/plan/describe.h"
#include "unit/core/plan/hosts.h"

namespace zprov::plan::tests {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Observed HostWithKernel() {
  Observed host = BareHost();
  host.source = ObservedSource{.next_generation = 3, .kernel = "6.1.0-rpi", .problem = {}};
  return host;
}

size_t IndexOf(const Plan& plan, const std::string& title) {
  size_t index = 0;
  while (index < plan.steps.size() && Title(plan.steps[index].action) != title) ++index;
  return index;
}

TEST(DiffRoots, GivesOneGenerationToAllNodesWithoutARoot) {
  const Plan plan = Diff(DesiredState(Cluster(spec::Mode::kNative), {}), HostWithKernel(), {});
  const auto made = Find<MakeGeneration>(plan);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->number, 3);
  EXPECT_EQ(made->kernel, "6.1.0-rpi");
  EXPECT_EQ(made->source, "/");
  EXPECT_THAT(made->nodes, ElementsAre("s0", "s1", "s2", "s3", "s4"));
}

TEST(DiffRoots, LeavesOutNodesThatHaveAPointerOrAHandMadeRoot) {
  Observed host = HostWithKernel();
  host.paths["/x/s0"].type = PathType::kSubvolume;
  host.paths["/x/.zprov/current/s1"].type = PathType::kSymlink;
  const auto made =
      Find<MakeGeneration>(Diff(DesiredState(Cluster(spec::Mode::kNative), {}), host, {}));
  ASSERT_TRUE(made);
  EXPECT_THAT(made->nodes, ElementsAre("s2", "s3", "s4"));
}

TEST(DiffRoots, GivesAGenerationToANodeWhoseNameLeadsNowhere) {
  Observed host = HostWithKernel();
  host.paths["/x/s4"] = {PathType::kSymlink, "", "old/s4", ""};
  const auto made =
      Find<MakeGeneration>(Diff(DesiredState(Cluster(spec::Mode::kNative), {}), host, {}));
  ASSERT_TRUE(made);
  EXPECT_THAT(made->nodes, Contains("s4"));
}

TEST(DiffRoots, MakesRootsAfterWhatTheyInheritAndBeforeWhatNamesThem) {
  const Plan plan = Diff(DesiredState(Cluster(spec::Mode::kNative), {}), HostWithKernel(), {});
  const size_t made = IndexOf(plan, "make generation 3 of / for s0, s1, s2, s3, s4");
  ASSERT_LT(made, plan.steps.size());
  EXPECT_LT(IndexOf(plan, "write /etc/hosts"), made);
  EXPECT_LT(IndexOf(plan, "write /x/sproto/fstab"), made);
  EXPECT_GT(IndexOf(plan, "write /etc/exports"), made);
}

TEST(DiffRoots, RefusesWithTheReasonWhenNoGenerationCanBeMade) {
  Observed host = HostWithKernel();
  host.source->problem = "no kernel in /boot: install one";
  const Plan plan = Diff(DesiredState(Cluster(spec::Mode::kNative), {}), host, {});
  EXPECT_THAT(plan.refusals, ElementsAre("no kernel in /boot: install one"));
  EXPECT_EQ(Find<MakeGeneration>(plan), std::nullopt);
}

TEST(DiffRoots, MakesTheFixedNameAgainWhenSomebodyRemovedIt) {
  Observed host = HostWithKernel();
  for (const char* node : {"s0", "s1", "s2", "s3", "s4"}) {
    host.paths[std::string("/x/.zprov/current/") + node].type = PathType::kSymlink;
    const std::string target = std::string(".zprov/current/") + node + "/root";
    host.paths[std::string("/x/") + node] = {PathType::kSymlink, "", target, "/x/" + target};
  }
  host.paths["/x/s2"] = {};
  const Plan plan = Diff(DesiredState(Cluster(spec::Mode::kNative), {}), host, {});
  EXPECT_EQ(Find<MakeGeneration>(plan), std::nullopt);
  const size_t made = IndexOf(plan, "make symlink /x/s2 -> .zprov/current/s2/root");
  EXPECT_LT(made, plan.steps.size());
}

TEST(DiffRoots, CountsNodesThatAreTooManyToName) {
  MakeGeneration step{.number = 1, .nodes = {}, .source = "/", .kernel = "6.1.0-rpi"};
  for (int i = 0; i < 50; ++i) step.nodes.push_back("s" + std::to_string(i));
  EXPECT_EQ(Title(step), "make generation 1 of / for 50 nodes, s0 to s49");
  EXPECT_THAT(Detail(step), HasSubstr("kernel 6.1.0-rpi"));
}

}  // namespace
}  // namespace zprov::plan::tests
