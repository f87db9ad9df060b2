#include "core/render/block.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "core/render/pieces.h"
#include "util/strings.h"

namespace zprov::render {
namespace {

using WordList = std::vector<std::string_view>;

std::vector<WordList> WordsOfLines(std::string_view text) {
  std::vector<WordList> lines;
  for (const std::string_view line : LinesWithEndings(text)) {
    if (WordList words = Words(line); !words.empty()) lines.push_back(std::move(words));
  }
  return lines;
}

std::vector<bool> MatchLines(const std::vector<Piece>& pieces, std::string_view procedure) {
  const auto lines = WordsOfLines(procedure);
  const std::set<WordList> wanted(lines.begin(), lines.end());
  std::vector<bool> matched(pieces.size());
  for (size_t i = 0; i < pieces.size(); ++i) {
    matched[i] = !pieces[i].IsBlock() && wanted.contains(Words(pieces[i].text));
  }
  return matched;
}

// One past the last line of the sequence that starts at `first`; `first` when none does.
size_t SequenceEnd(const std::vector<Piece>& pieces, size_t first,
                   const std::vector<WordList>& wanted) {
  size_t found = 0;
  for (size_t i = first; i < pieces.size() && !pieces[i].IsBlock(); ++i) {
    const WordList words = Words(pieces[i].text);
    if (words.empty() && found > 0) continue;
    if (words != wanted[found]) return first;
    if (++found == wanted.size()) return i + 1;
  }
  return first;
}

std::vector<bool> MatchSequence(const std::vector<Piece>& pieces, std::string_view procedure) {
  const auto wanted = WordsOfLines(procedure);
  std::vector<bool> matched(pieces.size());
  if (wanted.empty()) return matched;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const size_t end = SequenceEnd(pieces, i, wanted);
    if (end == i) continue;
    for (size_t j = i; j < end; ++j) matched[j] = true;
    i = end - 1;
  }
  return matched;
}

// Which pieces are the procedure's own unmarked lines for `block`.
std::vector<bool> MatchProcedure(const std::vector<Piece>& pieces, const Block& block) {
  switch (block.recognise) {
    case Block::Recognise::kLines:
      return MatchLines(pieces, block.procedure);
    case Block::Recognise::kSequence:
      return MatchSequence(pieces, block.procedure);
  }
  return {};
}

bool IsPlainExit(const Piece& piece) {
  return !piece.IsBlock() && Words(piece.text) == WordList{"exit", "0"};
}

size_t PlaceOf(Block::Place place, const std::vector<Piece>& pieces) {
  switch (place) {
    case Block::Place::kTop:
      return 0;
    case Block::Place::kEnd:
    case Block::Place::kNowhere:  // for a moment
      return pieces.size();
    case Block::Place::kBeforeExit: {
      const auto exit = std::find_if(pieces.rbegin(), pieces.rend(), IsPlainExit);
      return exit == pieces.rend() ? pieces.size() : static_cast<size_t>(pieces.rend() - exit) - 1;
    }
  }
  return pieces.size();
}

void PutAt(std::vector<Piece>& pieces, size_t at, std::string_view id) {
  const bool ends_line_above =
      at > 0 && !pieces[at - 1].IsBlock() && !pieces[at - 1].text.ends_with('\n');
  pieces.insert(pieces.begin() + static_cast<ptrdiff_t>(at),
                Piece{std::string(id), "", ends_line_above});
}

bool HasBlock(const std::vector<Piece>& pieces, std::string_view id) {
  return std::any_of(pieces.begin(), pieces.end(),
                     [&](const Piece& piece) { return piece.id == id; });
}

// Gives `block` its one piece, still without text, and takes the procedure's lines out.
void Settle(std::vector<Piece>& pieces, const Block& block, std::string_view ending) {
  std::vector<bool> adopted = MatchProcedure(pieces, block);
  const auto first = std::find(adopted.begin(), adopted.end(), true) - adopted.begin();
  const bool adopts = first < std::ssize(adopted);
  if (adopts && !HasBlock(pieces, block.id)) {
    pieces.insert(pieces.begin() + first, Piece{block.id, "", false});
    adopted.insert(adopted.begin() + first, false);
  }
  if (adopts) pieces = Without(pieces, adopted, ending);
  if (!HasBlock(pieces, block.id)) PutAt(pieces, PlaceOf(block.place, pieces), block.id);
}

std::string BlockText(const Piece& piece, std::string_view content, std::string_view ending) {
  std::string text = BeginMarker(piece);
  text += ending;
  for (const std::string_view line : LinesWithEndings(content)) {
    text += line.substr(0, line.find('\n'));
    text += ending;
  }
  text += EndMarker(piece.id);
  text += ending;
  return text;
}

const Block* Find(const BlockFile& file, std::string_view id) {
  const auto block = std::find_if(file.blocks.begin(), file.blocks.end(),
                                  [&](const Block& candidate) { return candidate.id == id; });
  return block == file.blocks.end() ? nullptr : &*block;
}

}  // namespace

Result<std::string> WithBlocks(std::string_view existing, const BlockFile& file) {
  const std::string_view ending = LineEnding(existing);
  ZPROV_ASSIGN(auto pieces, TakeApart(existing));
  std::vector<bool> retired(pieces.size());
  for (size_t i = 0; i < pieces.size(); ++i) {
    retired[i] = pieces[i].IsBlock() && Find(file, pieces[i].id) == nullptr;
  }
  pieces = Without(pieces, retired, ending);
  OpenLines(pieces, ending);
  for (const Block& block : file.blocks) Settle(pieces, block, ending);
  std::vector<bool> nowhere(pieces.size());
  for (size_t i = 0; i < pieces.size(); ++i) {
    const Block* block = pieces[i].IsBlock() ? Find(file, pieces[i].id) : nullptr;
    nowhere[i] = block != nullptr && block->place == Block::Place::kNowhere;
  }
  pieces = Without(pieces, nowhere, ending);
  // The first line may have been the procedure's or of a block that is gone: the file then has
  // another line ending now.
  const std::string settled = Together(pieces);
  const std::string_view settled_ending = LineEnding(settled);
  CloseLines(pieces, settled_ending);
  for (Piece& piece : pieces) {
    if (!piece.IsBlock()) continue;
    piece.text = BlockText(piece, Find(file, piece.id)->content, settled_ending);
  }
  return Together(pieces);
}

Result<std::string> WithoutBlocks(std::string_view existing) {
  ZPROV_ASSIGN(const auto pieces, TakeApart(existing));
  std::vector<bool> blocks(pieces.size());
  for (size_t i = 0; i < pieces.size(); ++i) blocks[i] = pieces[i].IsBlock();
  return Together(Without(pieces, blocks, LineEnding(existing)));
}

std::optional<size_t> LineThatStarts(std::string_view program, std::string_view existing) {
  const auto pieces = TakeApart(existing);
  if (!pieces) return std::nullopt;
  size_t line = 1;
  for (const Piece& piece : *pieces) {
    const auto words = Words(piece.text);
    const bool is_code = !piece.IsBlock() && !words.empty() && !words.front().starts_with('#');
    if (is_code && std::any_of(words.begin(), words.end(), [&](std::string_view word) {
          return word == program || word.ends_with("/" + std::string(program));
        })) {
      return line;
    }
    line += LinesWithEndings(piece.text).size();
  }
  return std::nullopt;
}

bool HasBlock(std::string_view existing) {
  const auto pieces = TakeApart(existing);
  return pieces && std::any_of(pieces->begin(), pieces->end(),
                               [](const Piece& piece) { return piece.IsBlock(); });
}

bool HasProcedureLines(std::string_view existing, const BlockFile& file) {
  const auto pieces = TakeApart(existing);
  if (!pieces) return false;
  return std::any_of(file.blocks.begin(), file.blocks.end(), [&](const Block& block) {
    const auto matched = MatchProcedure(*pieces, block);
    return std::find(matched.begin(), matched.end(), true) != matched.end();
  });
}

}  // namespace zprov::render
