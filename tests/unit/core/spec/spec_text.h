// Small specs for tests, and what ParseSpec says of them. No test cases here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/spec/parse.h"

namespace zprov::spec {

// Two nodes, s0 and s1, in four lines and without any problem: what is added begins at line 5.
inline constexpr std::string_view kTwoNodes =
    "[nodes]\n"
    "count = 2\n"
    "first_address = \"192.168.7.33\"\n"
    "usb = [\"1-1.2\", \"1-1.3\"]\n";

inline std::string TwoNodesAnd(std::string_view more) {
  return std::string(kTwoNodes) + std::string(more);
}

// Every problem as "line: message", warnings as "line: warning: message".
inline std::vector<std::string> Said(std::string_view text) {
  std::vector<std::string> said;
  for (const Problem& problem : ParseSpec(text).problems) {
    said.push_back(Describe("", problem).substr(1));
  }
  return said;
}

}  // namespace zprov::spec
