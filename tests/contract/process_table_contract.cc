// What os::ProcessTable promises, for the simulator and for /proc alike.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "contract/process_table_world.h"
#include "support/capability.h"

namespace zprov::tests {
namespace {

using os::RunningProcess;
using os::TreeUser;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using Use = TreeUser::Use;

class ProcessTableContract : public testing::TestWithParam<ProcessTableWorldRow> {
 protected:
  os::ProcessTable& table() { return world_->table(); }
  std::vector<TreeUser> UsersOf(const std::string& path) {
    const auto users = table().UsersOf(path);
    EXPECT_TRUE(users.has_value()) << users.error().message;
    return users.value_or(std::vector<TreeUser>());
  }
  std::string Tree() { return world_->tree(); }

  std::unique_ptr<ProcessTableWorld> world_ = GetParam().make();
};

TEST_P(ProcessTableContract, FindsAProgramByItsFileNotByWhatItCallsItself) {
  const int pid = world_->Run({.calls_itself = "something-else"});
  const RunningProcess wanted{pid, "something-else 1000000"};
  EXPECT_THAT(*table().Named(world_->program()), Contains(wanted));
  EXPECT_THAT(*table().Named("something-else"), IsEmpty());
  EXPECT_THAT(*table().Named("no-such-program-anywhere"), IsEmpty());
}

TEST_P(ProcessTableContract, ListsProgramsByPid) {
  world_->Run({});
  world_->Run({});
  const auto found = *table().Named(world_->program());
  ASSERT_GE(found.size(), 2U);
  EXPECT_TRUE(std::is_sorted(found.begin(), found.end(),
                             [](const auto& a, const auto& b) { return a.pid < b.pid; }));
}

TEST_P(ProcessTableContract, SeesAFileThatIsHeldOpen) {
  const int pid = world_->Run({.use = Use::kOpenFile, .path = Tree() + "/a/notes.txt"});
  const TreeUser wanted{{pid, world_->command()}, Use::kOpenFile, Tree() + "/a/notes.txt"};
  EXPECT_THAT(UsersOf(Tree()), ElementsAre(wanted));
  EXPECT_THAT(UsersOf(Tree() + "/a/notes.txt"), ElementsAre(wanted));
  EXPECT_THAT(UsersOf(Tree() + "/b"), IsEmpty());
}

TEST_P(ProcessTableContract, SeesAWorkingDirectory) {
  const int pid = world_->Run({.use = Use::kWorkingDirectory, .path = Tree() + "/a"});
  const TreeUser wanted{{pid, world_->command()}, Use::kWorkingDirectory, Tree() + "/a"};
  EXPECT_THAT(UsersOf(Tree()), ElementsAre(wanted));
  EXPECT_THAT(UsersOf(Tree() + "/a"), ElementsAre(wanted));
}

TEST_P(ProcessTableContract, SeesAMappedFileThatIsNoLongerOpen) {
  const int pid = world_->Run({.use = Use::kMappedFile, .path = Tree() + "/a/notes.txt"});
  EXPECT_THAT(
      UsersOf(Tree()),
      ElementsAre(TreeUser{{pid, world_->command()}, Use::kMappedFile, Tree() + "/a/notes.txt"}));
}

TEST_P(ProcessTableContract, TakesNoNeighbourWithALongerNameForTheTree) {
  world_->Run({.use = Use::kWorkingDirectory, .path = Tree() + "/a2"});
  EXPECT_THAT(UsersOf(Tree() + "/a"), IsEmpty());
}

TEST_P(ProcessTableContract, ListsUsersByPidOncePerProcess) {
  std::vector<int> pids = {world_->Run({.use = Use::kOpenFile, .path = Tree() + "/a/notes.txt"}),
                           world_->Run({.use = Use::kWorkingDirectory, .path = Tree() + "/a"}),
                           world_->Run({.use = Use::kOpenFile, .path = Tree() + "/a2/notes.txt"})};
  std::sort(pids.begin(), pids.end());
  std::vector<int> found;
  for (const TreeUser& user : UsersOf(Tree())) found.push_back(user.process.pid);
  EXPECT_EQ(found, pids);
}

TEST_P(ProcessTableContract, LeavesOutWhoHasEnded) {
  const int pid = world_->Run({.use = Use::kOpenFile, .path = Tree() + "/a/notes.txt"});
  world_->End(pid);
  EXPECT_THAT(UsersOf(Tree()), IsEmpty());
}

class ProcessTableRoots : public ProcessTableContract {};

TEST_P(ProcessTableRoots, AreSeen) {
  ZPROV_NEEDS(GetParam().name != "Kernel" || ::geteuid() == 0, "root, for chroot");
  const int pid = world_->Run({.use = Use::kRootDirectory, .path = Tree() + "/a"});
  const std::vector<TreeUser> users = UsersOf(Tree());
  ASSERT_EQ(users.size(), 1U);
  EXPECT_EQ(users[0].process.pid, pid);
  EXPECT_EQ(users[0].use, Use::kRootDirectory);
  EXPECT_EQ(users[0].path, Tree() + "/a");
}

INSTANTIATE_TEST_SUITE_P(, ProcessTableContract, testing::ValuesIn(ProcessTableWorlds()),
                         [](const auto& row) { return row.param.name; });
INSTANTIATE_TEST_SUITE_P(, ProcessTableRoots, testing::ValuesIn(ProcessTableWorldsOfRoot()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace zprov::tests
