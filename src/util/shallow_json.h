// Foreign bytes as JSON, no deeper than their reader expects: the parser recurses, and must not be
// led on until the stack ends.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace zprov {

// `deepest`: levels of objects and lists. Discarded (is_discarded()): no JSON. What lies deeper is
// left out.
inline nlohmann::json ParseShallow(std::string_view text, int deepest) {
  using nlohmann::json;
  return json::parse(
      text, [deepest](int depth, json::parse_event_t, json&) { return depth < deepest; },
      /*allow_exceptions=*/false);
}

}  // namespace zprov
