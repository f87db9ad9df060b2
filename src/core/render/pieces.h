// A file that belongs to others, taken apart: lines that are not ours, and the blocks of zprov
// among them. Reading and removing; what goes into a block and where is block.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace zprov::render {

// One line that is not ours, with its line ending, or one whole block.
struct Piece {
  std::string id;  // of the block; empty: a line that is not ours
  std::string text;
  // The line above had no line ending until the block came: it loses it again when the block goes.
  bool ended_line_above = false;

  bool IsBlock() const { return !id.empty(); }
};

// What the file ends its lines with, by its first line: "\n" or "\r\n".
std::string_view LineEnding(std::string_view text);

// kInvalid: half, nested or doubled blocks, with the line and what to do.
Result<std::vector<Piece>> TakeApart(std::string_view text);

// The first and the last line of a block, without line ending.
std::string BeginMarker(const Piece& block);
std::string EndMarker(std::string_view id);

// `pieces` without those whose `gone` is set; `ending` is the file's line ending.
std::vector<Piece> Without(const std::vector<Piece>& pieces, const std::vector<bool>& gone,
                           std::string_view ending);

// Lines above a block that ended them, as they were before it came; and with `ending` once more. In
// between another line may become the first, and with it the file's line ending another one.
void OpenLines(std::vector<Piece>& pieces, std::string_view ending);
void CloseLines(std::vector<Piece>& pieces, std::string_view ending);

std::string Together(const std::vector<Piece>& pieces);

}  // namespace zprov::render
