#include "core/lint/finding.h"

#include <fmt/format.h>

namespace zprov::lint {

std::string Describe(const Finding& finding) {
  return fmt::format("{}: {}: {}", finding.where, finding.what, finding.cure);
}

}  // namespace zprov::lint
