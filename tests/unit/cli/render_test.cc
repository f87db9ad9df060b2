// zprov render: the list, one file, an unknown name, and all of them below a directory.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "unit/cli/console.h"
#include "util/strings.h"

namespace zprov::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Render, ListsEveryFileWithItsPath) {
  const Said list = RunOnRig({"render"});
  EXPECT_EQ(list.exit, 0);
  EXPECT_THAT(list.err, IsEmpty());
  EXPECT_THAT(list.out, HasSubstr("hosts            /etc/hosts\n"));
  EXPECT_THAT(list.out, HasSubstr("cmdline:s4       (made on request)\n"));
}

TEST(Render, PrintsOneFileAndNothingElse) {
  const Said hosts = RunOnRig({"render", "hosts"});
  EXPECT_EQ(hosts.exit, 0);
  EXPECT_EQ(hosts.out, SourceFile("fixtures/golden/native/etc/hosts"));
  EXPECT_THAT(hosts.err, IsEmpty());
}

TEST(Render, PrintsEveryFileThatItLists) {
  const Said list = RunOnRig({"render"});
  for (const std::string_view line : LinesWithEndings(list.out)) {
    const std::string name(line.substr(0, line.find(' ')));
    const Said one = RunOnRig({"render", name});
    EXPECT_EQ(one.exit, 0) << name;
    EXPECT_THAT(one.out, Not(IsEmpty())) << name;
  }
}

TEST(Render, NamesTheNearestWhenTheNameIsUnknown) {
  const Said typo = RunOnRig({"render", "exprots"});
  EXPECT_EQ(typo.exit, 2);
  EXPECT_THAT(typo.out, IsEmpty());
  EXPECT_THAT(typo.err, HasSubstr("did you mean exports?"));
  EXPECT_THAT(typo.err, HasSubstr("`zprov render` lists them"));
}

TEST(Render, HasNothingNearToAWordFromElsewhere) {
  const Said typo = RunOnRig({"render", "photographs-of-the-rig"});
  EXPECT_EQ(typo.exit, 2);
  EXPECT_THAT(typo.err, Not(HasSubstr("did you mean")));
}

TEST(Render, ChangesNothingOnTheHost) {
  RigHost host;
  const std::string before = host.world.Dump();
  EXPECT_EQ(host({"render"}).exit, 0);
  EXPECT_EQ(host({"render", "exports"}).exit, 0);
  EXPECT_EQ(host.world.Dump(), before);
}

// A directory of its own, gone afterwards.
class RenderOut : public ::testing::Test {
 protected:
  RenderOut() {
    std::string name = std::filesystem::temp_directory_path() / "zprov-render-XXXXXX";
    directory_ = mkdtemp(name.data());
  }
  ~RenderOut() override { std::filesystem::remove_all(directory_); }

  static std::string Content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string directory_;
};

TEST_F(RenderOut, WritesEveryFileAtItsRealPathBelowTheDirectory) {
  const std::string out = directory_ + "/made/on/the/way";
  const Said said = RunOnRig({"render", "--out", out});
  EXPECT_EQ(said.exit, 0) << said.err;
  const std::string list = RunOnRig({"render"}).out;
  size_t written = 0;
  for (const std::string_view line : LinesWithEndings(list)) {
    const size_t slash = line.find(" /");
    if (slash == std::string_view::npos) continue;
    const std::string path = out + std::string(Trim(line.substr(slash)));
    EXPECT_THAT(Content(path), Not(IsEmpty())) << path;
    EXPECT_THAT(said.out, HasSubstr(path + "\n"));
    ++written;
  }
  EXPECT_EQ(LinesWithEndings(said.out).size(), written);
  EXPECT_GT(written, 10u);
}

TEST_F(RenderOut, KeepsWhatWasInAFileThatBelongsToOthersAndIsTheSameTwice) {
  std::filesystem::create_directories(directory_ + "/etc");
  std::ofstream(directory_ + "/etc/hosts") << "127.0.0.1 localhost";
  ASSERT_EQ(RunOnRig({"render", "--out", directory_}).exit, 0);
  const std::string hosts = Content(directory_ + "/etc/hosts");
  EXPECT_THAT(hosts, StartsWith("127.0.0.1 localhost\n"));
  EXPECT_THAT(hosts, HasSubstr("192.168.7.49"));
  ASSERT_EQ(RunOnRig({"render", "--out", directory_}).exit, 0);
  EXPECT_EQ(Content(directory_ + "/etc/hosts"), hosts);
}

TEST_F(RenderOut, OntoAFileIsAnErrorThatNamesIt) {
  const std::string file = directory_ + "/file";
  std::ofstream(file) << "mine\n";
  const Said said = RunOnRig({"render", "--out", file});
  EXPECT_EQ(said.exit, 1);
  EXPECT_THAT(said.err, HasSubstr(file));
  EXPECT_EQ(Content(file), "mine\n");
}

}  // namespace
}  // namespace zprov::cli
