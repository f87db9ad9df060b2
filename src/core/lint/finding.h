// One thing that would keep a node from booting, or from working as the spec says.
#pragma once

#include <string>
#include <vector>

namespace zprov::lint {

struct Finding {
  enum class Severity {
    kWarning,  // boots, but not as well as it could, or nobody can tell
    kError,    // does not boot, or not as the node that it should be
  };
  Severity severity = Severity::kError;
  std::string where;  // the file or directory: "/x/sboot/1-1.2/cmdline.txt"
  std::string what;   // is wrong
  std::string cure;   // what to do

  bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

// "where: what: cure"
std::string Describe(const Finding& finding);

}  // namespace zprov::lint
