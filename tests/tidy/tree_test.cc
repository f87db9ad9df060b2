// The house rules, applied to this source tree and to the link graph that CMake wrote.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "support/capability.h"
#include "tidy/rules.h"
#include "tidy/scanner.h"
#include "tidy/source.h"

namespace zprov::tidy {
namespace {

using ::testing::IsEmpty;

Findings Tree(Rule rule) {
  Findings all;
  for (const Source& source : SourceTree()) {
    for (std::string& finding : rule(source)) all.push_back(std::move(finding));
  }
  return all;
}

TEST(House, HasSources) { EXPECT_GT(SourceTree().size(), 20U); }

// A scanner that sees nothing would pass every rule below.
TEST(House, HasFunctionsThatTheScannerSees) {
  size_t functions = 0;
  for (const Source& source : SourceTree()) functions += Functions(source).size();
  EXPECT_GT(functions, 3 * SourceTree().size());
}

TEST(House, FoldersSayWhatGoesThere) {
  std::set<std::string> asked = {"src", "sim", "tests", "fixtures"};
  for (const Source& source : SourceTree()) {
    if (source.path.starts_with("tests/")) continue;
    asked.insert(source.path.substr(0, source.path.rfind('/')));
  }
  for (const std::string& folder : asked) {
    EXPECT_TRUE(
        std::filesystem::exists(std::filesystem::path(ZPROV_SOURCE_DIR) / folder / "README.md"))
        << folder << "/README.md is missing: what goes here, what must not, how to add one more";
  }
}

// A formatter of code that went over a document takes the blank behind the heading's mark, and
// more.
TEST(House, ReadmesBeginWithAHeading) {
  size_t readmes = 0;
  const std::filesystem::path top = ZPROV_SOURCE_DIR;
  for (const char* part : {"src", "sim", "tests", "fixtures", "vm"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(top / part)) {
      if (entry.path().filename() != "README.md") continue;
      std::string first;
      std::getline(std::ifstream(entry.path()) >> std::ws, first);
      EXPECT_TRUE(first.starts_with("# ")) << entry.path() << ": " << first;
      ++readmes;
    }
  }
  EXPECT_GT(readmes, 20U);
}

TEST(House, IncludesFollowTheArrows) { EXPECT_THAT(Tree(LayerArrows), IsEmpty()); }

TEST(House, LinksFollowTheArrows) {
  std::ifstream graph(ZPROV_LINK_GRAPH);
  Findings findings;
  size_t targets = 0;
  for (std::string line; std::getline(graph, line); ++targets) {
    for (std::string& finding : LinkArrows(line)) findings.push_back(std::move(finding));
  }
  EXPECT_GE(targets, 4U) << "CMake wrote no link graph to " ZPROV_LINK_GRAPH;
  EXPECT_THAT(findings, IsEmpty());
}

TEST(House, PureLayersIncludeNoMachine) {
  EXPECT_THAT(Tree(PureLayersIncludeNoMachine), IsEmpty());
}

TEST(House, NoClockNorEnvironmentBelowTheAdapters) {
  EXPECT_THAT(Tree(NoClockNorEnvironment), IsEmpty());
}

TEST(House, NoOrderByHashOrAddress) { EXPECT_THAT(Tree(NoOrderByHashOrAddress), IsEmpty()); }

TEST(House, OnlyCliPrints) { EXPECT_THAT(Tree(OnlyCliPrints), IsEmpty()); }

TEST(House, FunctionsFitAScreen) { EXPECT_THAT(Tree(FunctionsFitAScreen), IsEmpty()); }

TEST(House, FilesStaySmall) { EXPECT_THAT(Tree(FilesStaySmall), IsEmpty()); }

TEST(House, FewParametersAndNoBool) { EXPECT_THAT(Tree(FewParametersAndNoBool), IsEmpty()); }

TEST(House, NamesSayWhatThingsAre) { EXPECT_THAT(Tree(NamesSayWhatThingsAre), IsEmpty()); }

TEST(House, NothingIsLeftForLater) { EXPECT_THAT(Tree(NothingIsLeftForLater), IsEmpty()); }

TEST(House, FilesSayWhatTheyAreFor) { EXPECT_THAT(Tree(FilesSayWhatTheyAreFor), IsEmpty()); }

TEST(House, ConstantsLiveInOnePlace) { EXPECT_THAT(Tree(ConstantsLiveInOnePlace), IsEmpty()); }

TEST(House, CitedDocumentsExist) { EXPECT_THAT(Tree(CitedDocumentsExist), IsEmpty()); }

TEST(House, EveryFileIsFormatted) {
  ZPROV_NEEDS(std::system("clang-format --version >/dev/null 2>&1") == 0, "clang-format");
  std::string command = "clang-format --dry-run -Werror";
  for (const Source& source : SourceTree())
    command += " '" ZPROV_SOURCE_DIR "/" + source.path + "'";
  EXPECT_EQ(std::system(command.c_str()), 0) << "run clang-format -i on the files named above";
}

}  // namespace
}  // namespace zprov::tidy
