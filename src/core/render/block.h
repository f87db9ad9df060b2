// Marked blocks in files that belong to others. Everything outside a block survives byte for byte:
// line endings, a missing last newline, odd bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/render/managed_file.h"
#include "util/result.h"

namespace zprov::render {

// `existing` with every block of `file` in its place: a block already there is replaced where it
// stands; else it goes where the procedure's own unmarked lines (compared as words) begin; else to
// its place. Those unmarked lines go in any case: they say once more what the block says. Blocks of
// zprov that `file` no longer has are taken out. Idempotent. Lines inside the block use the file's
// own line ending (CRLF when the file's first line has it). kInvalid: a begin marker without an end
// or the reverse, nested or doubled, with the line and what to do.
Result<std::string> WithBlocks(std::string_view existing, const BlockFile& file);

// `existing` without any block of zprov; everything else as it was, a missing last newline too.
// kInvalid as above.
Result<std::string> WithoutBlocks(std::string_view existing);

// The number of the first line outside blocks and comments in which `program` is a word, with or
// without a directory: where a script starts it by itself. Nothing for a file that WithBlocks
// refuses.
std::optional<size_t> LineThatStarts(std::string_view program, std::string_view existing);

// True when `existing` holds a block of zprov. False for a file that WithBlocks refuses.
bool HasBlock(std::string_view existing);

// True when unmarked lines of the procedure stand in `existing` that WithBlocks would adopt. False
// for a file that WithBlocks refuses.
bool HasProcedureLines(std::string_view existing, const BlockFile& file);

}  // namespace zprov::render
