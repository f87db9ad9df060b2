// What a machine recorded, replayed here, where there is no rig.
#pragma once

#include <string>

namespace zprov::tests {

// The text of a bundle finds no difference. It stays in bundles/`name` of the build tree, for
// `zprov-sim replay --keep`.
void ExpectReplays(const std::string& text, const std::string& name);

}  // namespace zprov::tests
