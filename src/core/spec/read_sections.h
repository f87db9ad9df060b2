// The tables of cluster.toml that say one thing each → Draft. Nodes are read_nodes.h.
#pragma once

#include "core/spec/document.h"
#include "core/spec/draft.h"
#include "core/spec/problems.h"

namespace zprov::spec {

// Everything in `root`, nodes included, and every unknown key.
Draft ReadDraft(const Table& root, Problems& problems);

}  // namespace zprov::spec
