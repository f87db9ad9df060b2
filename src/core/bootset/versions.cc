#include "core/bootset/versions.h"

#include <algorithm>
#include <compare>

namespace zprov::bootset {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Of one character in a run without digits; a digit or the end counts as `kEnd`.
constexpr int kEnd = 0;

int Weight(std::string_view text, size_t at) {
  if (at >= text.size() || IsDigit(text[at])) return kEnd;
  const char c = text[at];
  if (c == '~') return -1;
  const int code = static_cast<unsigned char>(c);
  return IsLetter(c) ? code : code + 256;  // letters before everything else (deb-version(7))
}

std::string_view TakeNumber(std::string_view& text) {
  const auto* end = std::ranges::find_if_not(text, IsDigit);
  std::string_view digits = text.substr(0, static_cast<size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

std::strong_ordering CompareNumbers(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

std::strong_ordering Compare(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    while (Weight(a, 0) != kEnd || Weight(b, 0) != kEnd) {
      if (const auto order = Weight(a, 0) <=> Weight(b, 0); std::is_neq(order)) return order;
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
    const std::string_view number_a = TakeNumber(a);
    if (const auto order = CompareNumbers(number_a, TakeNumber(b)); std::is_neq(order)) {
      return order;
    }
  }
  return std::strong_ordering::equal;
}

}  // namespace

bool IsOlder(std::string_view a, std::string_view b) {
  const auto order = Compare(a, b);
  return std::is_eq(order) ? a < b : std::is_lt(order);
}

}  // namespace zprov::bootset
