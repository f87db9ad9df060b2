// [nodes], the generated range, and [[node]], one by one → the draft's nodes.
//
// A [[node]] whose name is one of the range's refines that node: what it says replaces, everything
// else stays as the range has it. Any other [[node]] adds a node after the range's.
#pragma once

#include "core/spec/document.h"
#include "core/spec/draft.h"
#include "core/spec/problems.h"

namespace zprov::spec {

// `range` and `single` are the values of the keys "nodes" and "node"; null where there is none.
// draft.bridge_address must have been read: MACs that are not given follow from it.
void ReadNodes(const Value* range, const Value* single, Draft& draft, Problems& problems);

}  // namespace zprov::spec
