// What holds for any file, odd bytes included.
#include <gtest/gtest.h>
// RapidCheck's header needs GoogleTest's before it.
#include <rapidcheck/gtest.h>

#include "core/render/block.h"
#include "tests/unit/core/render/clusters.h"
#include "util/strings.h"

namespace zprov::render {
namespace {

// Files made of what trips an editor: endings of both kinds, blanks, NUL and high bytes, lines that
// look like ours.
rc::Gen<std::string> AnyFile() {
  const auto piece = rc::gen::oneOf(
      rc::gen::element<std::string>("\n", "\r\n", "\r", "a", " ", "\t", "#", "exit 0\n", "\xff\xfe",
                                    std::string(1, '\0'), "# zprov\n", "# zprov begin\n"),
      rc::gen::string<std::string>());
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) { return Join(pieces, ""); });
}

BlockFile ThreePlaces(const std::string& content) {
  return {{{.id = "top", .place = Block::Place::kTop, .content = content},
           {.id = "exit", .place = Block::Place::kBeforeExit, .content = content},
           {.id = "end", .place = Block::Place::kEnd, .content = content}},
          0644,
          ""};
}

// No file here has half a block, so that nothing is refused.
std::string WithWhole(const std::string& existing, const BlockFile& file) {
  return WithBlocks(existing, file).value();
}

RC_GTEST_PROP(BlockProperty, TakingTheBlocksOutRestoresEveryByte, ()) {
  const std::string existing = *AnyFile();
  const std::string with = WithWhole(existing, ThreePlaces("our line\n"));
  RC_ASSERT(with.find("our line") != std::string::npos);
  RC_ASSERT(WithoutBlocks(with).value() == existing);
}

RC_GTEST_PROP(BlockProperty, ASecondTimeChangesNothing, ()) {
  const std::string once = WithWhole(*AnyFile(), ThreePlaces("our line\n"));
  RC_ASSERT(WithWhole(once, ThreePlaces("our line\n")) == once);
}

RC_GTEST_PROP(BlockProperty, NewContentChangesNothingOutside, ()) {
  const std::string existing = *AnyFile();
  const std::string old = WithWhole(existing, ThreePlaces("old\n"));
  RC_ASSERT(WithWhole(old, ThreePlaces("new\nlines\n")) ==
            WithWhole(existing, ThreePlaces("new\nlines\n")));
}

RC_GTEST_PROP(BlockProperty, AdoptionTakesTheProceduresLinesAndNothingElse, ()) {
  const auto body = std::get<BlockFile>(FileNamed(CompatibleCluster(5), "hosts").body);
  const auto procedure = LinesWithEndings(body.blocks[0].procedure);
  std::string existing;
  std::string own;
  for (const int pick : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 12))) {
    if (pick < static_cast<int>(procedure.size())) {
      existing += procedure[static_cast<size_t>(pick)];
    } else {
      const std::string line = "own line " + std::to_string(pick) + "\n";
      existing += line;
      own += line;
    }
  }
  const std::string with = WithWhole(existing, body);
  RC_ASSERT(WithoutBlocks(with).value() == own);
  RC_ASSERT(!HasProcedureLines(with, body));
  RC_ASSERT(WithWhole(with, body) == with);
}

}  // namespace
}  // namespace zprov::render
