// How a test names the findings that it expects.
#pragma once

#include <gmock/gmock.h>

#include <ostream>
#include <string>

#include "core/lint/finding.h"

namespace zprov::lint {

inline void PrintTo(const Finding& finding, std::ostream* out) {
  *out << (finding.severity == Finding::Severity::kError ? "error: " : "warning: ")
       << Describe(finding);
}

// Part of the sentence; everything has a cure.
inline auto Is(Finding::Severity severity, const std::string& part) {
  return ::testing::AllOf(
      ::testing::Field(&Finding::severity, severity),
      ::testing::Field(&Finding::cure, ::testing::Not(::testing::IsEmpty())),
      ::testing::ResultOf([](const Finding& finding) { return Describe(finding); },
                          ::testing::HasSubstr(part)));
}
inline auto IsError(const std::string& part) { return Is(Finding::Severity::kError, part); }
inline auto IsWarning(const std::string& part) { return Is(Finding::Severity::kWarning, part); }

}  // namespace zprov::lint
