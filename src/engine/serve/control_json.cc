#include "engine/serve/control_json.h"

#include <fmt/format.h>

#include "engine/serve/control_request.h"
#include "util/shallow_json.h"

namespace zprov::engine {
namespace {

using nlohmann::json;

// Our lines have five levels at most.
constexpr int kDeepest = 6;

}  // namespace

Result<json> ParseControlLine(std::string_view what, std::string_view line) {
  json object = ParseShallow(line, kDeepest);
  if (!object.is_object()) {
    return Fail(ErrorKind::kInvalid, fmt::format("{} is not one JSON object", what));
  }
  const auto version = object.find("zprov");
  if (version == object.end() || !version->is_number_integer()) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} does not say its version (\"zprov\": 1)", what));
  }
  if (*version != kControlVersion) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} speaks version {}, this zprov version {}: restart zprov.service "
                            "after an upgrade",
                            what, version->dump(), kControlVersion));
  }
  return object;
}

std::string DumpControlLine(const json& line) {
  return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace zprov::engine
