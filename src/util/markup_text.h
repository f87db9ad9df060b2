// Foreign text as a part of XML or HTML, in elements and in quoted attributes alike.
#pragma once

#include <string>
#include <string_view>

namespace zprov {

// What markup takes for its own is escaped; control characters are left as they are.
std::string MarkupText(std::string_view text);

}  // namespace zprov
