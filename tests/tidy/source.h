// The project's C++ files as the house rules see them. Not a parser: text, lines, and a copy of the
// text in which comments and literals are blank, so that a rule never trips over a word in a
// sentence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zprov::tidy {

struct Source {
  std::string path;  // from the project's root: src/util/net.h
  std::string text;
  std::string code;  // same length and lines as text; comments and what is inside quotes are blanks
};

struct Include {
  size_t line = 0;     // from 1
  std::string name;    // util/net.h, vector
  bool quoted = true;  // "…" or <…>
};

Source MakeSource(std::string path, std::string text);

// Every .cc and .h file below src, sim, hil, vm and tests, sorted by path.
const std::vector<Source>& SourceTree();

std::vector<Include> Includes(const Source& source);

// Line number (from 1) of an offset into text or code.
size_t LineAt(std::string_view text, size_t offset);

// "src/util/net.h:12: ", the beginning of a finding.
std::string Place(const Source& source, size_t line);

// Offsets at which `word` occurs in `code` as a whole word (identifier characters end it).
std::vector<size_t> FindWord(std::string_view code, std::string_view word);

bool IsWordCharacter(char c);

}  // namespace zprov::tidy
