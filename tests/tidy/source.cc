// Reading the tree and blanking comments and literals.
#include "tidy/source.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace zprov::tidy {
namespace {

// 1'000: a quote inside a token that begins with a digit separates digits.
bool SeparatesDigits(std::string_view text, size_t quote) {
  size_t begin = quote;
  while (begin > 0 && (IsWordCharacter(text[begin - 1]) || text[begin - 1] == '\'')) --begin;
  return begin < quote && std::isdigit(static_cast<unsigned char>(text[begin])) != 0;
}

// The end (one past) of the comment or literal that begins at `begin`; `begin` itself if none does.
size_t EndOfBlank(std::string_view text, size_t begin) {
  auto past = [&](std::string_view end, size_t from) {
    const size_t found = text.find(end, from);
    return found == std::string_view::npos ? text.size() : found + end.size();
  };
  if (text.substr(begin, 2) == "//") return std::min(text.find('\n', begin), text.size());
  if (text.substr(begin, 2) == "/*") return past("*/", begin + 2);
  if (text.substr(begin, 2) == "R\"") {
    const size_t open = text.find('(', begin);
    const std::string delimiter(text.substr(begin + 2, open - begin - 2));
    return past(")" + delimiter + "\"", open);
  }
  const char quote = text[begin];
  if (quote != '"' && (quote != '\'' || SeparatesDigits(text, begin))) return begin;
  for (size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      return i + 1;
    }
  }
  return text.size();
}

std::string Blanked(std::string_view text) {
  std::string code(text);
  for (size_t i = 0; i < code.size();) {
    const size_t end = EndOfBlank(text, i);
    if (end == i) {
      ++i;
      continue;
    }
    for (; i < end; ++i) {
      if (code[i] != '\n' && code[i] != '"') code[i] = ' ';
    }
  }
  return code;
}

std::vector<Source> ReadTree() {
  const std::filesystem::path root = ZPROV_SOURCE_DIR;
  std::vector<Source> sources;
  for (const char* top : {"src", "sim", "hil", "vm", "tests"}) {
    if (!std::filesystem::exists(root / top)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / top)) {
      const auto extension = entry.path().extension();
      if (!entry.is_regular_file() || (extension != ".cc" && extension != ".h")) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      sources.push_back(MakeSource(entry.path().lexically_relative(root).string(),
                                   std::string(std::istreambuf_iterator<char>(file), {})));
    }
  }
  std::ranges::sort(sources, {}, &Source::path);
  return sources;
}

}  // namespace

bool IsWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

Source MakeSource(std::string path, std::string text) {
  std::string code = Blanked(text);
  return {std::move(path), std::move(text), std::move(code)};
}

const std::vector<Source>& SourceTree() {
  static const std::vector<Source> tree = ReadTree();
  return tree;
}

std::vector<Include> Includes(const Source& source) {
  std::vector<Include> includes;
  const std::string_view directive = "#include ";
  for (size_t at = source.code.find(directive); at != std::string::npos;
       at = source.code.find(directive, at + 1)) {
    const size_t open = at + directive.size();
    const bool quoted = source.text[open] == '"';
    const size_t close = source.text.find(quoted ? '"' : '>', open + 1);
    includes.push_back(
        {LineAt(source.text, at), source.text.substr(open + 1, close - open - 1), quoted});
  }
  return includes;
}

size_t LineAt(std::string_view text, size_t offset) {
  return 1 + static_cast<size_t>(std::ranges::count(text.substr(0, offset), '\n'));
}

std::string Place(const Source& source, size_t line) {
  return source.path + ":" + std::to_string(line) + ": ";
}

std::vector<size_t> FindWord(std::string_view code, std::string_view word) {
  std::vector<size_t> found;
  for (size_t at = code.find(word); at != std::string_view::npos; at = code.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool begins = at == 0 || !IsWordCharacter(code[at - 1]) || !IsWordCharacter(word.front());
    const bool ends =
        end == code.size() || !IsWordCharacter(code[end]) || !IsWordCharacter(word.back());
    if (begins && ends) found.push_back(at);
  }
  return found;
}

}  // namespace zprov::tidy
