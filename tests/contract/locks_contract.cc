// os::Locks. That a lock ends with a killed process: unit/adapters/confinement_test.cc.
#include "contract/file_world.h"

namespace zprov::tests {
namespace {

class LocksContract : public FileContract {};

TEST_P(LocksContract, TheLockFileIsMadeForItsOwnerAlone) {
  const auto lock = locks().TryLock("/lock", "apply, pid 4711, since 02:14");
  ASSERT_THAT(lock, Succeeds());
  EXPECT_EQ((*files().Status("/lock"))->mode, 0600u);
  EXPECT_EQ(Content("/lock"), "apply, pid 4711, since 02:14\n");
}

TEST_P(LocksContract, WhoComesSecondIsToldExactlyWhoHoldsIt) {
  const auto first = locks().TryLock("/lock", "apply, pid 4711, since 02:14");
  ASSERT_THAT(first, Succeeds());
  for (const char* rival : {"update, pid 1, since 02:15", "update, pid 1, since 02:16"}) {
    const auto second = locks().TryLock("/lock", rival);
    EXPECT_THAT(second, FailsWith(ErrorKind::kBusy));
    EXPECT_EQ(second.error().message, "apply, pid 4711, since 02:14");
  }
  EXPECT_EQ(Content("/lock"), "apply, pid 4711, since 02:14\n");
}

TEST_P(LocksContract, ALockThatWasLetGoCanBeTakenAgain) {
  auto first = locks().TryLock("/lock", "a long line about the first holder");
  ASSERT_THAT(first, Succeeds());
  first->reset();
  EXPECT_TRUE(IsThere("/lock"));
  const auto second = locks().TryLock("/lock", "second");
  ASSERT_THAT(second, Succeeds());
  EXPECT_EQ(Content("/lock"), "second\n");
}

TEST_P(LocksContract, TwoLocksAreTwoLocks) {
  const auto first = locks().TryLock("/one", "first");
  const auto second = locks().TryLock("/two", "second");
  EXPECT_THAT(first, Succeeds());
  EXPECT_THAT(second, Succeeds());
  EXPECT_EQ(Content("/one"), "first\n");
  EXPECT_EQ(Content("/two"), "second\n");
}

TEST_P(LocksContract, WithoutItsDirectoryThereIsNoLock) {
  PutFile("/f", "x");
  EXPECT_THAT(locks().TryLock("/missing/lock", "me"), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(locks().TryLock("/f/lock", "me"), FailsWith(ErrorKind::kNotDirectory));
  EXPECT_FALSE(IsThere("/missing"));
}

TEST_P(LocksContract, ARecordLockOfAnotherProcessIsSeenUntilItEnds) {
  PutFile("/lock-frontend", "");
  EXPECT_EQ(locks().IsHeld("/lock-frontend"), false);
  auto holder = world_->HoldRecordLock("/lock-frontend");
  EXPECT_EQ(locks().IsHeld("/lock-frontend"), true);
  EXPECT_EQ(locks().IsHeld("/lock-frontend"), true) << "asking changed it";
  holder.reset();
  EXPECT_EQ(locks().IsHeld("/lock-frontend"), false);
}

TEST_P(LocksContract, NobodyHoldsAFileThatIsNotThere) {
  EXPECT_EQ(locks().IsHeld("/lock"), false);
  EXPECT_EQ(locks().IsHeld("/var/lib/dpkg/lock"), false);
  EXPECT_FALSE(IsThere("/lock"));
}

TEST_P(LocksContract, OnlyRegularFilesAreAskedForTheirHolder) {
  PutDirectory("/d");
  PutSymlink("/to-d", "/d");
  EXPECT_THAT(locks().IsHeld("/d"), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(locks().IsHeld("/to-d"), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(locks().IsHeld("lock"), FailsWith(ErrorKind::kInvalid));
}

// A program may have locked the file by a lock of its own kind; closing our look at it must not
// end that.
TEST_P(LocksContract, AskingEndsNoLockOfOurs) {
  const auto lock = locks().TryLock("/lock", "apply");
  ASSERT_THAT(lock, Succeeds());
  ASSERT_THAT(locks().IsHeld("/lock"), Succeeds());
  EXPECT_THAT(locks().TryLock("/lock", "update"), FailsWith(ErrorKind::kBusy));
}

ZPROV_FILE_CONTRACT(LocksContract);

}  // namespace
}  // namespace zprov::tests
