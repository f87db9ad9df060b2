// What a node says of its boot: it is refused with a sentence and no exception, or it is short,
// printable and in range, and says the same again when it is written the way zprov-node does.
#include <fmt/format.h>

#include <algorithm>

#include "engine/boot_report.h"
#include "fuzz/property.h"

namespace zprov::fuzz {
namespace {

bool IsTame(const std::string& text) {
  return text.size() <= 64 && std::all_of(text.begin(), text.end(),
                                          [](char byte) { return byte >= ' ' && byte <= '~'; });
}

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') quoted += '\\';
    quoted += byte;
  }
  return quoted + "\"";
}

std::string Written(const engine::BootReport& report) {
  return fmt::format(
      R"({{"nonce":{},"generation":{},"boot_id":{},"serial":{},"kernel":{},"mtu":{},"uptime_s":{}}})",
      Quoted(report.nonce), report.generation, Quoted(report.boot_id), Quoted(report.serial),
      Quoted(report.kernel), report.mtu, report.uptime_s);
}

void CheckReport(std::string_view text) {
  const auto report = engine::ParseBootReport(text);
  if (!report) {
    ZPROV_HOLDS(report.error().kind == ErrorKind::kInvalid && !report.error().message.empty());
    return;
  }
  ZPROV_HOLDS(text.size() <= 4096);
  for (const std::string* one :
       {&report->nonce, &report->boot_id, &report->serial, &report->kernel}) {
    ZPROV_HOLDS(IsTame(*one));
  }
  ZPROV_HOLDS(report->generation >= 0 && report->mtu <= 65535);
  ZPROV_HOLDS(engine::ParseBootReport(Written(*report)) == *report);
}

}  // namespace
}  // namespace zprov::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  zprov::fuzz::CheckReport(zprov::fuzz::TextOf(data, size));
  return 0;
}
