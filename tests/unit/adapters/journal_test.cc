// A program read to its end by a command that has no world open.
#include "adapters/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace zprov::adapters {
namespace {

using testing::HasSubstr;

TEST(ReadOutput, IsAllThatAProgramSaysOnStdout) {
  const auto read = ReadOutput({"sh", "-c", "echo no >&2; seq 1 20000"});
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(read->starts_with("1\n2\n"));
  EXPECT_TRUE(read->ends_with("\n20000\n"));
}

TEST(ReadOutput, OfAProgramThatFailsIsAnErrorWithItsWords) {
  const auto read = ReadOutput({"sh", "-c", "echo yes; echo 'no journal' >&2; exit 3"});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::kFailed);
  EXPECT_EQ(read.error().message, "sh ended with 3: no journal");
}

TEST(ReadOutput, OfAProgramThatIsNotThereNamesIt) {
  const auto read = ReadOutput({"no-such-program"});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(read.error().message, HasSubstr("no-such-program"));
}

TEST(ReadOutput, EndsWhenASignalAsksForIt) {
  const auto read = ReadOutput({"sh", "-c", "kill -INT $PPID; sleep 1000000"});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::kFailed);
  EXPECT_THAT(read.error().message, HasSubstr("signal"));
}

}  // namespace
}  // namespace zprov::adapters
