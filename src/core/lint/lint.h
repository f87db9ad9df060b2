// What the nodes' firmware will ask for, and whether it will work: everything that can be said
// before a board is switched on. Pure; engine/lint.h reads what it is told.
#pragma once

#include "core/lint/facts.h"
#include "core/lint/finding.h"
#include "core/spec/cluster_spec.h"

namespace zprov::lint {

// Each finding once, in the nodes' order; nodes that the spec lacks are left out. What
// boot.arch = "any" explains (a stand-in without a Zero's files) is a warning.
Findings Lint(const spec::ClusterSpec& spec, const Facts& facts);

bool HasErrors(const Findings& findings);

}  // namespace zprov::lint
