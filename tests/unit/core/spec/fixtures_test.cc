// fixtures/specs: what `check` says of each spec there, word for word.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/spec/format.h"
#include "core/spec/parse.h"

namespace zprov::spec {
namespace {

namespace fs = std::filesystem;

std::string ReadText(const fs::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path << " is missing";
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<fs::path> Specs() {
  std::vector<fs::path> specs;
  for (const auto& entry : fs::directory_iterator(ZPROV_SOURCE_DIR "/fixtures/specs")) {
    if (entry.path().extension() == ".toml") specs.push_back(entry.path());
  }
  std::ranges::sort(specs);
  return specs;
}

class SpecFixture : public ::testing::TestWithParam<fs::path> {};

TEST_P(SpecFixture, IsJudgedAsItsListingSays) {
  const ParsedSpec parsed = ParseSpec(ReadText(GetParam()));
  std::string listing;
  bool has_errors = false;
  for (const Problem& problem : parsed.problems) {
    listing += Describe(GetParam().filename().string(), problem) + "\n";
    has_errors |= problem.severity == Problem::Severity::kError;
  }
  EXPECT_EQ(listing, ReadText(fs::path(GetParam()).replace_extension(".problems")));
  EXPECT_EQ(parsed.spec.has_value(), !has_errors);
}

TEST_P(SpecFixture, IsReadBackAsItIsWrittenIfItIsAny) {
  const ParsedSpec parsed = ParseSpec(ReadText(GetParam()));
  if (!parsed.spec) return;
  const ParsedSpec again = ParseSpec(FormatSpec(*parsed.spec));
  ASSERT_TRUE(again.spec);
  EXPECT_TRUE(*again.spec == *parsed.spec);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, SpecFixture, ::testing::ValuesIn(Specs()),
                         [](const auto& test) { return test.param.stem().string(); });

}  // namespace
}  // namespace zprov::spec
