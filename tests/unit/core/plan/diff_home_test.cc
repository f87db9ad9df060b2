// What Diff says about /home: move it, finish a move, leave it, refuse.
#include <gmock/gmock.h>

#include "unit/core/plan/hosts.h"

namespace zprov::plan::tests {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Plan PlanOf(const Observed& host, const Wishes& wishes = {}) {
  return Diff(DesiredState(Cluster(spec::Mode::kNative), render::HostFacts::Everything()), host,
              wishes);
}

Observed MovedHost() { return After(BareHost(), PlanOf(BareHost())); }

TEST(DiffHome, MovesADirectory) {
  const auto move = Find<MoveHome>(PlanOf(BareHost()));
  ASSERT_NE(move, std::nullopt);
  EXPECT_EQ(*move, (MoveHome{"/home", "/x/snaa", "/.home.zprov-new", "/.home.before-zprov"}));
}

TEST(DiffHome, TakesOverTheProceduresLink) {
  Observed host = BareHost();
  host.paths["/home"] = {PathType::kSymlink, "", "/x/snaa", "/x/snaa"};
  host.paths["/x/snaa"].type = PathType::kSubvolume;
  const Plan plan = PlanOf(host);
  EXPECT_EQ(Find<MoveHome>(plan), std::nullopt);
  EXPECT_EQ(Find<MakeSymlink>(plan)->path.find("/home"), std::string::npos);
  EXPECT_THAT(plan.refusals, IsEmpty());
}

TEST(DiffHome, MakesTheLinkWhereThereIsNoHomeAtAll) {
  Observed host = BareHost();
  host.paths.erase("/home");
  const Plan plan = PlanOf(host);
  ASSERT_NE(Find<MakeSymlink>(plan), std::nullopt);
  EXPECT_EQ(*Find<MakeSymlink>(plan), (MakeSymlink{"/home", "x/snaa"}));
}

TEST(DiffHome, LeavesItAloneWhenTheSpecSaysSo) {
  spec::ClusterSpec spec = Cluster(spec::Mode::kNative);
  spec.storage.home = "/home";
  Observed host = BareHost();
  host.home.mounted_type = "ext4";
  const Plan plan = Diff(DesiredState(spec, render::HostFacts::Everything()), host, {});
  EXPECT_EQ(Find<MoveHome>(plan), std::nullopt);
  EXPECT_THAT(plan.refusals, IsEmpty());
}

TEST(DiffHome, RefusesALinkToSomewhereElse) {
  Observed host = BareHost();
  host.paths["/home"] = {PathType::kSymlink, "", "/mnt/disk", "/mnt/disk"};
  EXPECT_THAT(PlanOf(host).refusals, ElementsAre(HasSubstr("home = \"/mnt/disk\"")));
}

TEST(DiffHome, RefusesAMountPointAndSaysWhatToWriteInTheSpec) {
  Observed host = BareHost();
  host.home.mounted_type = "ext4";
  EXPECT_THAT(PlanOf(host).refusals, ElementsAre(HasSubstr("write home = \"/home\"")));
}

TEST(DiffHome, RefusesToLeaveASubvolumeOrMountInsideBehind) {
  Observed host = BareHost();
  host.home.inside = {"/home/pi"};
  EXPECT_THAT(PlanOf(host).refusals, ElementsAre(HasSubstr("/home/pi is a subvolume or a mount")));
}

TEST(DiffHome, RefusesWhileSomebodyUsesItUnlessAskedNotTo) {
  Observed host = BareHost();
  host.home.users = {"pid 812 (sshd: pi) in /home/pi"};
  EXPECT_THAT(PlanOf(host).refusals, ElementsAre(HasSubstr("pid 812 (sshd: pi)")));
  EXPECT_THAT(PlanOf(host, {.allow_open = true}).refusals, IsEmpty());
}

TEST(DiffHome, RefusesToMixTwoHomes) {
  Observed host = BareHost();
  host.home.target_has_files = true;
  EXPECT_THAT(PlanOf(host).refusals, ElementsAre(HasSubstr("both /home and /x/snaa hold files")));
}

TEST(DiffHome, RefusesAPlainDirectoryInTheSubvolumesPlace) {
  Observed host = BareHost();
  host.paths["/x/snaa"].type = PathType::kDirectory;
  EXPECT_THAT(PlanOf(host).refusals,
              ElementsAre(HasSubstr("/x/snaa is there and is not a subvolume")));
}

TEST(DiffHome, KnowsItsOwnInterruptedCopyFromSomebodyElsesFiles) {
  Observed host = BareHost();
  host.home.target_has_files = true;
  host.interrupted = Interrupted{{"move /home"}, true, {}};
  const Plan plan = PlanOf(host);
  EXPECT_THAT(plan.refusals, IsEmpty());
  EXPECT_NE(Find<MoveHome>(plan), std::nullopt);
}

TEST(DiffHome, RefusesToParkASecondTreeOnTopOfTheFirst) {
  Observed host = BareHost();
  host.paths["/.home.before-zprov"].type = PathType::kDirectory;
  EXPECT_THAT(PlanOf(host).refusals, ElementsAre(HasSubstr("/.home.before-zprov is still there")));
}

TEST(DiffHome, FinishesAMoveThatWasCutAfterTheSwitch) {
  Observed host = MovedHost();
  host.paths.erase("/.home.before-zprov");
  host.paths["/.home.zprov-new"].type = PathType::kDirectory;
  EXPECT_NE(Find<MoveHome>(PlanOf(host)), std::nullopt);
}

TEST(DiffHome, KeepsTheOldTreeUntilAskedToDropIt) {
  EXPECT_EQ(Find<DropOldHome>(PlanOf(MovedHost())), std::nullopt);
  EXPECT_THAT(PlanOf(MovedHost()).notes, Contains(HasSubstr("--drop-old-home")));
  EXPECT_NE(Find<DropOldHome>(PlanOf(MovedHost(), {.drop_old_home = true})), std::nullopt);
}

TEST(DiffHome, RefusesToDropAnOldTreeThatHoldsWhatTheNewOneLacks) {
  Observed host = MovedHost();
  host.home.unsaved = {"/.home.before-zprov/pi/thesis.txt"};
  const Plan plan = PlanOf(host, {.drop_old_home = true});
  EXPECT_THAT(plan.refusals, ElementsAre(HasSubstr("pi/thesis.txt")));
  EXPECT_EQ(Find<DropOldHome>(plan), std::nullopt);
}

}  // namespace
}  // namespace zprov::plan::tests
