#include "core/spec/document.h"

#include <fmt/format.h>

// toml++ 3.3 asserts that a key begins where one may ("[=]"), right before it checks the same and
// says what is wrong; with NDEBUG it even lets the compiler assume it. Without the assertion, in
// every build, such a text is an error like any other.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace zprov::spec {
namespace {

constexpr int kMaxDepth = 4;  // node = [{usb = …}] is three

int LineOf(const toml::source_region& source) {
  return std::max(1, static_cast<int>(source.begin.line));
}

Value Convert(const toml::node& node, int depth);

Table ConvertTable(const toml::table& table, int depth) {
  Table entries;
  for (const auto& [key, node] : table) {
    entries.push_back({std::string(key.str()), LineOf(key.source()), Convert(node, depth + 1)});
  }
  return entries;
}

Array ConvertArray(const toml::array& array, int depth) {
  Array items;
  items.reserve(array.size());
  for (const toml::node& node : array) items.push_back(Convert(node, depth + 1));
  return items;
}

Value Convert(const toml::node& node, int depth) {
  Value value{OtherValue{}, LineOf(node.source())};
  if (depth > kMaxDepth) return value;
  if (const auto* text = node.as_string()) {
    value.data = text->get();
  } else if (const auto* number = node.as_integer()) {
    value.data = number->get();
  } else if (const auto* boolean = node.as_boolean()) {
    value.data = boolean->get();
  } else if (const auto* array = node.as_array()) {
    value.data = ConvertArray(*array, depth);
  } else if (const auto* table = node.as_table()) {
    value.data = ConvertTable(*table, depth);
  }
  return value;
}

}  // namespace

std::variant<Table, Problem> ReadDocument(std::string_view text) {
  const toml::parse_result result = toml::parse(text);
  if (result.failed()) {
    return Problem{
        LineOf(result.error().source()), Problem::Severity::kError,
        fmt::format("this is not TOML: {}; look for a missing quote or bracket in or above "
                    "this line",
                    result.error().description())};
  }
  return ConvertTable(result.table(), 0);
}

}  // namespace zprov::spec
