// What requests and answers on the control socket have in common: one JSON object on one line, of a
// known version and depth, whose fields are checked before they are used.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "util/result.h"

namespace zprov::engine {

// The object on `line`. kInvalid, `what` in front: no JSON object, or another version.
Result<nlohmann::json> ParseControlLine(std::string_view what, std::string_view line);

// What is no UTF-8 is replaced; no line's end is in it.
std::string DumpControlLine(const nlohmann::json& line);

}  // namespace zprov::engine
