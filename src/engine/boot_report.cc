#include "engine/boot_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace zprov::engine {
namespace {

using nlohmann::json;

constexpr size_t kLongestReport = 4096;      // bytes, as os::Files::ReadConfined gives at most
constexpr size_t kLongestReported = 64;      // characters; utsname's are no longer
constexpr int kLargestNumber = 999'999'999;  // zprov-node writes at most nine digits
constexpr int kLargestMtu = 65535;           // ETH_MAX_MTU

tl::unexpected<Error> NoReport(std::string_view why) {
  return Fail(ErrorKind::kInvalid,
              fmt::format("it is no boot report: {}; look at zprov-node on the node", why));
}

bool IsPrintable(char byte) { return byte >= ' ' && byte <= '~'; }

Result<std::string> TextOf(const json& report, const char* key) {
  const auto field = report.find(key);
  if (field == report.end() || !field->is_string()) {
    return NoReport(fmt::format("{} is no text", key));
  }
  auto text = field->get<std::string>();
  if (text.size() > kLongestReported) return NoReport(fmt::format("{} is too long", key));
  if (!std::all_of(text.begin(), text.end(), IsPrintable)) {
    return NoReport(fmt::format("{} holds what cannot be printed", key));
  }
  return text;
}

Result<int> NumberOf(const json& report, const char* key, int largest) {
  const auto field = report.find(key);
  if (field == report.end() || !field->is_number_unsigned()) {
    return NoReport(fmt::format("{} is no whole number", key));
  }
  const auto number = field->get<uint64_t>();
  if (number > static_cast<uint64_t>(largest)) {
    return NoReport(fmt::format("{} is beyond {}", key, largest));
  }
  return static_cast<int>(number);
}

// One object without others in it; anything else is a discarded value.
json ParseFlat(std::string_view text) {
  bool is_flat = true;
  const auto watch = [&is_flat](int depth, json::parse_event_t event, const json&) {
    const bool opens =
        event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
    if (opens && depth > 0) is_flat = false;
    return is_flat;
  };
  json parsed = json::parse(text, watch, false);
  if (!is_flat || !parsed.is_object()) return json(json::value_t::discarded);
  return parsed;
}

}  // namespace

Result<BootReport> ParseBootReport(std::string_view text) {
  if (text.size() > kLongestReport) return NoReport("it is too long");
  // The library takes a zero for the end and would not look behind it.
  if (text.find('\0') != std::string_view::npos) return NoReport("it holds a zero byte");
  const json parsed = ParseFlat(text);
  if (parsed.is_discarded()) return NoReport("it is not one flat JSON object");
  BootReport report;
  ZPROV_ASSIGN(report.nonce, TextOf(parsed, "nonce"));
  ZPROV_ASSIGN(report.generation, NumberOf(parsed, "generation", kLargestNumber));
  ZPROV_ASSIGN(report.boot_id, TextOf(parsed, "boot_id"));
  ZPROV_ASSIGN(report.serial, TextOf(parsed, "serial"));
  ZPROV_ASSIGN(report.kernel, TextOf(parsed, "kernel"));
  ZPROV_ASSIGN(const int mtu, NumberOf(parsed, "mtu", kLargestMtu));
  ZPROV_ASSIGN(const int uptime_s, NumberOf(parsed, "uptime_s", kLargestNumber));
  report.mtu = static_cast<uint32_t>(mtu);
  report.uptime_s = static_cast<uint32_t>(uptime_s);
  return report;
}

}  // namespace zprov::engine
