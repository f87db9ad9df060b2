// The difference of two texts, for people.
#pragma once

#include <string>
#include <string_view>

namespace zprov::plan {

// As `diff -u` prints it, without the two header lines: "@@ -1,2 +1,3 @@" and lines with ' ', '-',
// '+'; control characters as \xNN, so that a file can do nothing to a terminal. A last line without
// newline is followed by "\ No newline at end of file". Empty for equal texts.
std::string UnifiedDiff(std::string_view before, std::string_view after);

}  // namespace zprov::plan
