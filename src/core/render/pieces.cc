#include "core/render/pieces.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>

#include "util/strings.h"

namespace zprov::render {
namespace {

constexpr std::string_view kManaged = "(managed: edits here are overwritten)";
constexpr std::string_view kManagedAfterOpenLine =
    "(managed: edits here are overwritten; the line above had no newline)";

struct Marker {
  bool begins = false;
  std::string id;
  bool ended_line_above = false;
};

std::optional<Marker> ReadMarker(std::string_view line) {
  const auto words = Words(line);
  if (words.size() < 4 || words[0] != "#" || words[1] != "zprov") return std::nullopt;
  const std::string id(words[3]);
  if (words[2] == "end" && words.size() == 4) return Marker{false, id, false};
  if (words[2] != "begin" || (words.size() > 4 && words[4] != "(managed:")) return std::nullopt;
  return Marker{true, id, line.find(kManagedAfterOpenLine) != std::string_view::npos};
}

std::string NestedProblem(int line, const std::string& inner, const std::string& outer) {
  return fmt::format(
      "line {}: block \"{}\" begins inside block \"{}\": put the line \"{}\" where block \"{}\" "
      "ends, or delete one of the two begin lines",
      line, inner, outer, EndMarker(outer), outer);
}

std::string DoubledProblem(int line, const std::string& id, int first) {
  return fmt::format(
      "line {}: block \"{}\" is here a second time (the first is at line {}): delete one of the "
      "two, its begin and end lines included",
      line, id, first);
}

std::string UnbegunProblem(int line, const std::string& id) {
  return fmt::format(
      "line {}: block \"{}\" ends here but does not begin: delete this line and what is left of "
      "the block above it, or put the line \"{}\" before the block",
      line, id, BeginMarker({id, "", false}));
}

std::string UnendedProblem(int line, const std::string& id) {
  return fmt::format(
      "line {}: block \"{}\" begins here but does not end: put the line \"{}\" after the block, or "
      "delete this line and what is left of the block below it",
      line, id, EndMarker(id));
}

// Reads line after line; inside a block the last piece is that block.
class Reader {
 public:
  Result<void> Take(std::string_view line) {
    ++line_;
    const auto marker = ReadMarker(line);
    if (!marker) {
      if (!inside_) pieces_.emplace_back();
      pieces_.back().text += line;
      return {};
    }
    return marker->begins ? Begin(*marker, line) : End(*marker, line);
  }

  Result<std::vector<Piece>> Finish() && {
    if (inside_) {
      const std::string& id = pieces_.back().id;
      return Fail(ErrorKind::kInvalid, UnendedProblem(begun_.at(id), id));
    }
    return std::move(pieces_);
  }

 private:
  Result<void> Begin(const Marker& marker, std::string_view line) {
    if (inside_) {
      return Fail(ErrorKind::kInvalid, NestedProblem(line_, marker.id, pieces_.back().id));
    }
    const auto [first, fresh] = begun_.emplace(marker.id, line_);
    if (!fresh) return Fail(ErrorKind::kInvalid, DoubledProblem(line_, marker.id, first->second));
    inside_ = true;
    pieces_.push_back({marker.id, std::string(line), marker.ended_line_above});
    return {};
  }

  Result<void> End(const Marker& marker, std::string_view line) {
    if (!inside_ || pieces_.back().id != marker.id) {
      return Fail(ErrorKind::kInvalid, UnbegunProblem(line_, marker.id));
    }
    inside_ = false;
    pieces_.back().text += line;
    return {};
  }

  int line_ = 0;
  bool inside_ = false;
  std::vector<Piece> pieces_;
  std::map<std::string, int> begun_;  // id → line
};

void DropEnding(std::string& line, std::string_view ending) {
  if (line.ends_with(ending)) {
    line.resize(line.size() - ending.size());
  } else if (line.ends_with('\n')) {
    line.pop_back();
  }
}

// The lines right above blocks that ended them.
std::vector<Piece*> EndedLines(std::vector<Piece>& pieces) {
  std::vector<Piece*> ended;
  Piece* line = nullptr;
  for (Piece& piece : pieces) {
    if (!piece.IsBlock()) {
      line = &piece;
    } else if (piece.ended_line_above && line != nullptr) {
      ended.push_back(std::exchange(line, nullptr));
    }
  }
  return ended;
}

}  // namespace

std::string_view LineEnding(std::string_view text) {
  const std::string_view first = text.substr(0, text.find('\n'));
  return first.ends_with('\r') ? "\r\n" : "\n";
}

Result<std::vector<Piece>> TakeApart(std::string_view text) {
  Reader reader;
  for (const std::string_view line : LinesWithEndings(text)) ZPROV_TRY(reader.Take(line));
  return std::move(reader).Finish();
}

std::string BeginMarker(const Piece& block) {
  return fmt::format("# zprov begin {} {}", block.id,
                     block.ended_line_above ? kManagedAfterOpenLine : kManaged);
}

std::string EndMarker(std::string_view id) { return fmt::format("# zprov end {}", id); }

std::vector<Piece> Without(const std::vector<Piece>& pieces, const std::vector<bool>& gone,
                           std::string_view ending) {
  std::vector<Piece> kept;
  bool line_above_gone = false;  // the last line that is not ours
  bool ended_line_above = false;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    if (!piece.IsBlock()) {
      line_above_gone = gone[i];
      ended_line_above = false;
    } else if (piece.ended_line_above && !line_above_gone) {
      ended_line_above = true;
    }
    if (gone[i]) continue;
    kept.push_back(piece);
    if (piece.IsBlock()) kept.back().ended_line_above = std::exchange(ended_line_above, false);
  }
  if (ended_line_above && !kept.empty() && !kept.back().IsBlock()) {
    DropEnding(kept.back().text, ending);
  }
  return kept;
}

void OpenLines(std::vector<Piece>& pieces, std::string_view ending) {
  for (Piece* line : EndedLines(pieces)) DropEnding(line->text, ending);
}

void CloseLines(std::vector<Piece>& pieces, std::string_view ending) {
  for (Piece* line : EndedLines(pieces)) line->text += ending;
}

std::string Together(const std::vector<Piece>& pieces) {
  std::string text;
  for (const Piece& piece : pieces) text += piece.text;
  return text;
}

}  // namespace zprov::render
