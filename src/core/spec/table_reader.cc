#include "core/spec/table_reader.h"

#include <algorithm>

#include "util/strings.h"

namespace zprov::spec {
namespace {

std::string_view KindOf(const Value& value) {
  switch (value.data.index()) {
    case 1:
      return "a text";
    case 2:
      return "a number";
    case 3:
      return "true or false";
    case 4:
      return "a list";
    case 5:
      return "a table";
    default:
      return "something else";
  }
}

bool HasControlCharacter(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

TableReader::TableReader(std::string name, const Table& table, Problems& problems)
    : name_(std::move(name)), table_(table), problems_(problems) {}

const Value* TableReader::Find(std::string_view key) const {
  const auto entry = std::ranges::find(table_, key, &Entry::key);
  return entry == table_.end() ? nullptr : &entry->value;
}

const Value* TableReader::Any(std::string_view key) {
  known_.emplace_back(key);
  return Find(key);
}

std::optional<LocatedText> TableReader::Text(std::string_view key) {
  const Value* value = Any(key);
  if (value == nullptr) return std::nullopt;
  return CleanText(key, *value);
}

std::optional<Located<int64_t>> TableReader::Integer(std::string_view key, NumberRange range) {
  const Value* value = Any(key);
  if (value == nullptr) return std::nullopt;
  const auto* number = std::get_if<int64_t>(&value->data);
  if (number == nullptr) {
    ReportType(key, *value, "a whole number without quotes");
    return std::nullopt;
  }
  if (*number < range.min || *number > range.max) {
    problems_.Error(value->line, fmt::format("{} = {} is out of range: choose {} to {}",
                                             PathOf(key), *number, range.min, range.max));
    return std::nullopt;
  }
  return Located<int64_t>{*number, value->line};
}

std::optional<Located<bool>> TableReader::Flag(std::string_view key) {
  const Value* value = Any(key);
  if (value == nullptr) return std::nullopt;
  const auto* flag = std::get_if<bool>(&value->data);
  if (flag == nullptr) {
    ReportType(key, *value, "true or false without quotes");
    return std::nullopt;
  }
  return Located<bool>{*flag, value->line};
}

std::optional<std::vector<LocatedText>> TableReader::Texts(std::string_view key) {
  const Value* value = Any(key);
  if (value == nullptr) return std::nullopt;
  const auto* items = std::get_if<Array>(&value->data);
  if (items == nullptr) {
    ReportType(key, *value, "a list of texts, [\"…\", \"…\"]");
    return std::nullopt;
  }
  std::vector<LocatedText> texts;
  for (const Value& item : *items) {
    if (auto text = CleanText(key, item)) texts.push_back(*std::move(text));
  }
  return texts;
}

std::optional<LocatedText> TableReader::CleanText(std::string_view key, const Value& value) {
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr) {
    ReportType(key, value, "a text in quotes");
    return std::nullopt;
  }
  if (HasControlCharacter(*text)) {
    problems_.Error(value.line,
                    fmt::format("{} = {} has a line break, tab or other control character: "
                                "write it without",
                                PathOf(key), Quoted(*text)));
    return std::nullopt;
  }
  return LocatedText{*text, value.line};
}

void TableReader::ReportType(std::string_view key, const Value& value, std::string_view wanted) {
  problems_.Error(value.line,
                  fmt::format("{} is {}: write {}", PathOf(key), KindOf(value), wanted));
}

std::string TableReader::PathOf(std::string_view key) const {
  return name_.empty() ? std::string(key) : fmt::format("{}.{}", name_, key);
}

void TableReader::ReportUnknown() const {
  for (const Entry& entry : table_) {
    if (std::ranges::find(known_, entry.key) != known_.end()) continue;
    const auto nearest = Nearest(entry.key, known_);
    const std::string cure = nearest
                                 ? fmt::format("did you mean {}?", PathOf(*nearest))
                                 : fmt::format("take it out, or use one of {}", Join(known_, ", "));
    const std::string where = name_.empty() ? "at the top" : fmt::format("in {}", name_);
    problems_.Error(entry.line,
                    fmt::format("unknown key {} {}: {}", Quoted(entry.key), where, cure));
  }
}

}  // namespace zprov::spec
