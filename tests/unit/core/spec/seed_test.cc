// The procedure's own cluster, as fixtures/seed/cluster.toml has it, with and without being written
// anew.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "core/spec/format.h"
#include "core/spec/parse.h"

namespace zprov::spec {
namespace {

std::string ReadFixture(const std::string& name) {
  std::ifstream file(std::string(ZPROV_SOURCE_DIR "/fixtures/") + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(SeedCluster, IsTheProceduresClusterWithItsOwnDenyList) {
  const ParsedSpec parsed = ParseSpec(ReadFixture("seed/cluster.toml"));
  ASSERT_TRUE(parsed.spec);
  auto expected = *ProcedureSpec(5, Mode::kCompatible);
  expected.deny = {"usb0", "usb2", "usb3", "usb4", "usb5"};
  EXPECT_TRUE(*parsed.spec == expected);
  ASSERT_EQ(parsed.problems.size(), 1u);
  EXPECT_EQ(parsed.problems[0].severity, Problem::Severity::kWarning);
}

TEST(SeedCluster, SurvivesBeingWrittenAndReadAgain) {
  const ParsedSpec parsed = ParseSpec(ReadFixture("seed/cluster.toml"));
  ASSERT_TRUE(parsed.spec);
  const ParsedSpec again = ParseSpec(FormatSpec(*parsed.spec));
  ASSERT_TRUE(again.spec);
  EXPECT_TRUE(*again.spec == *parsed.spec);
}

}  // namespace
}  // namespace zprov::spec
