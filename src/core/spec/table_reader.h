// Reads one table of a spec key by key, reports wrong types, and in the end every key that nobody
// asked for. Knows nothing of what the keys mean.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/spec/document.h"
#include "core/spec/draft.h"
#include "core/spec/problems.h"

namespace zprov::spec {

struct NumberRange {
  int64_t min = 0;
  int64_t max = 0;
};

class TableReader {
 public:
  // `name` is the table's in messages ("bridge"); "" is the root. `table` and `problems` must
  // outlive the reader.
  TableReader(std::string name, const Table& table, Problems& problems);

  bool Has(std::string_view key) const { return Find(key) != nullptr; }

  // Each gives nothing for a key that is not there, and for one of the wrong type (reported).
  std::optional<LocatedText> Text(std::string_view key);
  std::optional<Located<int64_t>> Integer(std::string_view key, NumberRange range);
  std::optional<Located<bool>> Flag(std::string_view key);
  std::optional<std::vector<LocatedText>> Texts(std::string_view key);
  const Value* Any(std::string_view key);

  // A text that T::Parse accepts; `form` says to a person what that looks like.
  template <typename T>
  std::optional<Located<T>> Parsed(std::string_view key, std::string_view form) {
    const auto text = Text(key);
    if (!text) return std::nullopt;
    if (auto value = T::Parse(text->value)) return Located<T>{*value, text->line};
    problems_.Error(text->line, fmt::format("{} = {} cannot be read: write {}", PathOf(key),
                                            Quoted(text->value), form));
    return std::nullopt;
  }

  // One of a closed set of words.
  template <typename T>
  std::optional<Located<T>> Choice(std::string_view key,
                                   std::span<const std::pair<std::string_view, T>> choices) {
    const auto text = Text(key);
    if (!text) return std::nullopt;
    std::string words;
    for (const auto& [word, value] : choices) {
      if (word == text->value) return Located<T>{value, text->line};
      words += fmt::format("{}\"{}\"", words.empty() ? "" : " or ", word);
    }
    problems_.Error(text->line, fmt::format("{} = {} is no choice: write {}", PathOf(key),
                                            Quoted(text->value), words));
    return std::nullopt;
  }

  // Reports the keys that were never asked for, each with the nearest one that was.
  void ReportUnknown() const;

 private:
  const Value* Find(std::string_view key) const;
  std::string PathOf(std::string_view key) const;
  void ReportType(std::string_view key, const Value& value, std::string_view wanted);
  std::optional<LocatedText> CleanText(std::string_view key, const Value& value);

  std::string name_;
  const Table& table_;
  Problems& problems_;
  std::vector<std::string> known_;
};

// Takes a value over where there is one.
template <typename T>
void Set(Located<T>& target, std::optional<Located<T>> value) {
  if (value) target = *std::move(value);
}

}  // namespace zprov::spec
