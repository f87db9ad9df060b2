// What is wrong with this host: one row per prerequisite, each with its cure. Changes nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "os/system.h"

namespace zprov::engine {

enum class Verdict {
  kGood,
  kWarning,  // works, but not as well or as safely as it could
  kBad,      // something of zprov will not work
  kUnknown,  // could not be looked at; the finding says why
};

std::string_view Name(Verdict verdict);  // "ok", "warning", "bad", "unknown"

struct DoctorRow {
  std::string name;  // of the prerequisite, "store"
  Verdict verdict = Verdict::kGood;
  std::string finding;
  std::string cure;  // what to do; empty when all is well

  bool operator==(const DoctorRow&) const = default;
};

// Always one row per prerequisite, in a fixed order; in a tree of files (--root) only those that a
// tree can answer.
std::vector<DoctorRow> Examine(os::System& system, const spec::ClusterSpec& spec);

}  // namespace zprov::engine
