#include "core/spec/problems.h"

#include <algorithm>

namespace zprov::spec {

void Problems::Error(int line, std::string message) {
  problems_.push_back({line, Problem::Severity::kError, std::move(message)});
  ++errors_;
}

void Problems::Warn(int line, std::string message) {
  problems_.push_back({line, Problem::Severity::kWarning, std::move(message)});
}

std::vector<Problem> Problems::Sorted() const {
  std::vector<Problem> sorted = problems_;
  std::ranges::stable_sort(sorted, {}, &Problem::line);
  return sorted;
}

std::string Quoted(std::string_view text) {
  constexpr size_t kMaxBytes = 60;
  std::string quoted = "\"";
  for (char c : text.substr(0, kMaxBytes)) {
    const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    quoted += is_control ? '?' : c;
  }
  // A character cut in half is taken away whole: the message stays UTF-8.
  if (text.size() > kMaxBytes) {
    while ((static_cast<unsigned char>(quoted.back()) & 0xc0) == 0x80) quoted.pop_back();
    if ((static_cast<unsigned char>(quoted.back()) & 0x80) != 0) quoted.pop_back();
    quoted += "…";
  }
  return quoted + "\"";
}

}  // namespace zprov::spec
