// The rules that a well-formed spec must keep, beyond what each value is by itself. Each function
// reports all that breaks its rules; none changes the draft.
#pragma once

#include "core/spec/draft.h"
#include "core/spec/problems.h"

namespace zprov::spec {

void CheckSections(const Draft& draft, Problems& problems);  // names, MTU, options, boot, deny
void CheckStorage(const Draft& draft, Problems& problems);   // paths, and where they may not lie
void CheckUpdate(const Draft& draft, Problems& problems);    // what a next root takes over
void CheckNodes(const Draft& draft, Problems& problems);     // each node by itself
void CheckUnique(const Draft& draft, Problems& problems);    // no two claim the same thing

}  // namespace zprov::spec
