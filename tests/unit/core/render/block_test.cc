// Marked blocks in files that belong to others.
#include "core/render/block.h"

#include <gmock/gmock.h>

#include "tests/unit/core/render/clusters.h"

namespace zprov::render {
namespace {

using ::testing::HasSubstr;

constexpr char kBegin[] = "# zprov begin b (managed: edits here are overwritten)\n";
constexpr char kEnd[] = "# zprov end b\n";

BlockFile OneBlock(Block::Place place, const std::string& content) {
  return {{{.id = "b", .place = place, .content = content, .procedure = content}}, 0644, ""};
}

BlockFile AtEnd(const std::string& content) { return OneBlock(Block::Place::kEnd, content); }

std::string Marked(const std::string& content) { return kBegin + content + kEnd; }

std::string With(const std::string& existing, const BlockFile& file) {
  const auto text = WithBlocks(existing, file);
  return text ? *text : "refused: " + text.error().message;
}

std::string Without(const std::string& existing) {
  const auto text = WithoutBlocks(existing);
  return text ? *text : "refused: " + text.error().message;
}

TEST(Block, GoesToItsPlace) {
  EXPECT_EQ(With("a\n", AtEnd("x\n")), "a\n" + Marked("x\n"));
  EXPECT_EQ(With("a\n", OneBlock(Block::Place::kTop, "x\n")), Marked("x\n") + "a\n");
  EXPECT_EQ(With("", AtEnd("x\n")), Marked("x\n"));
}

TEST(Block, GoesBeforeTheLastPlainExit) {
  const BlockFile file = OneBlock(Block::Place::kBeforeExit, "x\n");
  EXPECT_EQ(With("#!/bin/sh -e\nexit 0\n", file), "#!/bin/sh -e\n" + Marked("x\n") + "exit 0\n");
  EXPECT_EQ(With("exit 0\nb\n \texit 0\n# bye\n", file),
            "exit 0\nb\n" + Marked("x\n") + " \texit 0\n# bye\n");
  EXPECT_EQ(With("#exit 0\nexit 01\n", file), "#exit 0\nexit 01\n" + Marked("x\n"));
}

TEST(Block, OfNowhereGoesAndTheProceduresLinesWithIt) {
  const BlockFile file = OneBlock(Block::Place::kNowhere, "x\n");
  EXPECT_EQ(With("a\n" + Marked("edited\n") + "c\n", file), "a\nc\n");
  EXPECT_EQ(With("a\nx\nc", file), "a\nc");
  EXPECT_EQ(With("a\r\nc", file), "a\r\nc");
  EXPECT_EQ(With("", file), "");
}

TEST(Block, IsReplacedWhereItStands) {
  EXPECT_EQ(With("a\n" + Marked("edited by hand\n") + "c\n", AtEnd("x\n")),
            "a\n" + Marked("x\n") + "c\n");
  EXPECT_EQ(With(Marked("old\n") + "c\n", OneBlock(Block::Place::kTop, "x\n")),
            Marked("x\n") + "c\n");
}

TEST(Block, OfAnOlderZprovIsTakenOut) {
  const std::string old =
      "# zprov begin old (managed: edits here are overwritten)\ny\n# zprov end old\n";
  EXPECT_EQ(With("a\n" + old + "c\n", AtEnd("x\n")), "a\nc\n" + Marked("x\n"));
  EXPECT_EQ(With("a\n" + old + "c\n", BlockFile{}), "a\nc\n");
}

TEST(Block, SpeaksTheFilesLineEnding) {
  EXPECT_EQ(With("a\r\nb\r\n", AtEnd("x\n")),
            "a\r\nb\r\n# zprov begin b (managed: edits here are overwritten)\r\nx\r\n"
            "# zprov end b\r\n");
}

TEST(Block, RestoresAMissingLastNewlineWhenItGoes) {
  for (const std::string existing : {"a", "a\nb", "a\r\nb", "a\r", "a\nb\r", "\r"}) {
    const std::string with = With(existing, AtEnd("x\n"));
    EXPECT_TRUE(with.ends_with("\n")) << with;
    EXPECT_EQ(With(with, AtEnd("y\n")), With(existing, AtEnd("y\n")));
    EXPECT_EQ(Without(with), existing);
  }
}

TEST(Block, KeepsTheNewlineItAddedWhenSomebodyWroteBelow) {
  EXPECT_EQ(Without(With("a", AtEnd("x\n")) + "b"), "a\nb");
}

TEST(Block, HandsTheMissingNewlineToTheNextBlock) {
  BlockFile two = AtEnd("x\n");
  two.blocks.push_back({.id = "c", .content = "y\n"});
  const std::string both = With("a", two);
  two.blocks.erase(two.blocks.begin());
  EXPECT_EQ(Without(With(both, two)), "a");
}

// The block that goes was the first line, and with it the file's line ending changes.
TEST(Block, RestoresAMissingLastNewlineAlsoWhenTheLineEndingChangedMeanwhile) {
  const std::string gone = "# zprov begin old\r\n# zprov end old\r\n";
  EXPECT_EQ(Without(With(gone + "a\nb", AtEnd("x\n"))), "a\nb");
  BlockFile both = AtEnd("x\n");
  both.blocks.push_back({.id = "old", .place = Block::Place::kTop, .content = "y\n"});
  const std::string with = With(gone + "a\nb", both);
  EXPECT_EQ(Without(with), "a\nb");
  EXPECT_EQ(Without(With(with, AtEnd("x\n"))), "a\nb");
}

TEST(Block, LeavesTheNewlineAboveAnAdoptedLineAlone) {
  const std::string with = With("a\nx 1", AtEnd("y\n"));
  EXPECT_EQ(Without(with), "a\nx 1");
  EXPECT_EQ(Without(With(with, AtEnd("x 1\n"))), "a\n");
}

TEST(Block, GetsBackTheLastNewlineThatAnEditorTook) {
  const std::string with = With("a\n", AtEnd("x\n"));
  EXPECT_EQ(With(with.substr(0, with.size() - 1), AtEnd("x\n")), with);
}

TEST(Adoption, TurnsTheProceduresLinesIntoTheBlockWhereTheFirstStood) {
  const BlockFile file = AtEnd("1.2.3.4 a\n1.2.3.5 b\n");
  const std::string existing = "top\n 1.2.3.5\t b \nmiddle\n1.2.3.4 a";
  EXPECT_TRUE(HasProcedureLines(existing, file));
  EXPECT_EQ(With(existing, file), "top\n" + Marked("1.2.3.4 a\n1.2.3.5 b\n") + "middle\n");
  EXPECT_FALSE(HasProcedureLines(With(existing, file), file));
}

TEST(Adoption, TakesLinesOutThatTheBlockAlreadySays) {
  EXPECT_EQ(With("x 1\na\n" + Marked("old\n") + "x  1\n", AtEnd("x 1\n")), "a\n" + Marked("x 1\n"));
}

TEST(Adoption, LeavesCommentsAndLinesWithMoreWordsAlone) {
  const BlockFile file = AtEnd("1.2.3.4 a\n");
  for (const std::string existing : {"#1.2.3.4 a\n", "# 1.2.3.4 a\n", "1.2.3.4 a a.local\n"}) {
    EXPECT_FALSE(HasProcedureLines(existing, file)) << existing;
    EXPECT_EQ(With(existing, file), existing + Marked("1.2.3.4 a\n"));
  }
}

TEST(Adoption, OfASequenceNeedsAllOfItInOrderAndTogether) {
  BlockFile file = AtEnd("interface san\nstatic ip=1\n");
  file.blocks[0].recognise = Block::Recognise::kSequence;
  for (const std::string existing :
       {"static ip=1\n", "interface san\n", "static ip=1\ninterface san\n",
        "interface san\nmetric 1\nstatic ip=1\n"}) {
    EXPECT_FALSE(HasProcedureLines(existing, file)) << existing;
    EXPECT_EQ(With(existing, file), existing + Marked("interface san\nstatic ip=1\n"));
  }
  EXPECT_EQ(With("interface san\ninterface san\nstatic ip=1\n", file),
            "interface san\n" + Marked("interface san\nstatic ip=1\n"));
  EXPECT_EQ(With("a\n\ninterface san\n\n  static  ip=1\n\nb\n", file),
            "a\n\n" + Marked("interface san\nstatic ip=1\n") + "\nb\n");
}

TEST(Adoption, OfASequenceDoesNotReachAcrossAnotherBlock) {
  BlockFile file = AtEnd("deny s0\n");
  file.blocks.push_back({.id = "c",
                         .content = "new\n",
                         .recognise = Block::Recognise::kSequence,
                         .procedure = "interface san\nstatic ip=1\n"});
  EXPECT_EQ(With("interface san\ndeny s0\nstatic ip=1\n", file),
            "interface san\n" + Marked("deny s0\n") +
                "static ip=1\n# zprov begin c (managed: edits here are overwritten)\nnew\n"
                "# zprov end c\n");
}

TEST(Adoption, MakesTheHandMadeHostTheSameAsAFreshOne) {
  for (const spec::ClusterSpec& spec : {SeedCluster(), CompatibleCluster(5), NativeCluster()}) {
    for (const char* name : {"hosts", "exports"}) {
      const auto body = std::get<BlockFile>(FileNamed(spec, name).body);
      const std::string by_hand = "# mine\n" + SourceFile(std::string("fixtures/seed/") + name);
      EXPECT_TRUE(HasProcedureLines(by_hand, body)) << name;
      EXPECT_EQ(With(by_hand, body), With("# mine\n", body)) << name;
    }
  }
}

TEST(Adoption, FindsBothPiecesOfTheHandMadeDhcpcdConf) {
  const std::string lines = SourceFile("fixtures/seed/dhcpcd.conf");
  const size_t first_end = lines.find('\n') + 1;
  const std::string own = "hostname\npersistent\n";
  const std::string by_hand = lines.substr(0, first_end) + own + lines.substr(first_end);
  for (const spec::ClusterSpec& spec : {SeedCluster(), CompatibleCluster(5), NativeCluster()}) {
    const auto body = std::get<BlockFile>(FileNamed(spec, "dhcpcd").body);
    EXPECT_EQ(With(by_hand, body), With(own, body));
  }
}

TEST(Adoption, FindsTheHandMadeRcLocalWhoeverBootsTheNodes) {
  spec::ClusterSpec spec = SeedCluster();
  const std::string head = "#!/bin/sh -e\n\n";
  for (const auto server : {spec::BootServer::kRpiboot, spec::BootServer::kZprov}) {
    spec.boot_server = server;
    const auto body = std::get<BlockFile>(FileNamed(spec, "rc.local").body);
    EXPECT_EQ(With(head + SourceFile("fixtures/seed/rc.local") + "exit 0\n", body),
              With(head + "exit 0\n", body));
  }
}

struct Broken {
  const char* what;
  std::string text;
  const char* line;
  const char* cure;
};

class BrokenBlock : public ::testing::TestWithParam<Broken> {};

TEST_P(BrokenBlock, IsRefusedWithItsLineAndACure) {
  for (const auto& refused :
       {WithBlocks(GetParam().text, AtEnd("x\n")), WithoutBlocks(GetParam().text)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(refused.error().message, HasSubstr(GetParam().line));
    EXPECT_THAT(refused.error().message, HasSubstr(GetParam().cure));
  }
  EXPECT_FALSE(HasProcedureLines("x\n" + GetParam().text, AtEnd("x\n")));
}

INSTANTIATE_TEST_SUITE_P(
    Blocks, BrokenBlock,
    ::testing::Values(Broken{"Unended", std::string("a\n") + kBegin + "x\n", "line 2: block \"b\"",
                             "put the line \"# zprov end b\" after the block"},
                      Broken{"Unbegun", std::string("a\nx\n") + kEnd, "line 3: block \"b\"",
                             "delete this line and what is left"},
                      Broken{"Nested",
                             std::string(kBegin) + "# zprov begin c\n# zprov end c\n" + kEnd,
                             "line 2: block \"c\"", "delete one of the two begin lines"},
                      Broken{"Doubled", Marked("x\n") + Marked("x\n"), "line 4: block \"b\"",
                             "delete one of the two, its begin and end lines included"},
                      Broken{"WrongEnd", std::string(kBegin) + "# zprov end c\n" + kEnd,
                             "line 2: block \"c\"", "delete this line"}),
    [](const auto& test) { return std::string(test.param.what); });

}  // namespace
}  // namespace zprov::render
