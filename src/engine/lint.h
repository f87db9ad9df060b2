// Reads what core/lint judges: boot files as a board would get them, the listing of an initramfs,
// the modules of a root, the host's kernel. Changes nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/lint/lint.h"
#include "core/spec/cluster_spec.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// The command lines that zprov makes, on this host's kernel: what the spec alone tells.
Result<lint::Findings> LintSpec(os::System& system, const spec::ClusterSpec& spec);

struct LintOrder {
  int number = 0;                  // the generation that they would boot
  std::string kernel;              // its kernel.img; empty: unknown
  std::vector<std::string> nodes;  // of the spec
};

// A generation that is built, whether or not a pointer names it. Natively the operator's files in
// /x/sboot/PORT come first, unless they are what becomes generation 0.
Result<lint::Findings> LintGeneration(os::System& system, const spec::ClusterSpec& spec,
                                      const LintOrder& order);

// Every node's current generation. Nothing: no node has one.
Result<std::optional<lint::Findings>> LintCurrent(os::System& system,
                                                  const spec::ClusterSpec& spec);

}  // namespace zprov::engine
