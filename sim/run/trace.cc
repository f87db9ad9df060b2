#include "sim/run/trace.h"

#include <fmt/format.h>

namespace zprov::run {
namespace {

int64_t Milliseconds(os::Moment at) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(at).count();
}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      quoted += fmt::format("\\u{:04x}", c);
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

}  // namespace

std::string_view Name(TraceLine::Who who) {
  switch (who) {
    case TraceLine::Who::kBoard:
      return "board";
    case TraceLine::Who::kServe:
      return "serve";
    case TraceLine::Who::kOperator:
      return "operator";
    case TraceLine::Who::kFault:
      return "fault";
    case TraceLine::Who::kCheck:
      return "broken";
  }
  return "";
}

std::string TextOf(const TraceLine& line) {
  const int64_t ms = Milliseconds(line.at);
  return fmt::format("{:5}.{:03}  {:9} {}", ms / 1000, ms % 1000, Name(line.who), line.text);
}

std::string JsonOf(const TraceLine& line) {
  return fmt::format(R"({{"at_ms":{},"who":"{}","text":{}}})", Milliseconds(line.at),
                     Name(line.who), Quoted(line.text));
}

// FNV-1a, 64 bits, over the time to the nanosecond and the words.
void Trace::Say(const TraceLine& line) {
  const std::string words = fmt::format("{} {} {}\n", line.at.count(), Name(line.who), line.text);
  for (const char c : words) hash_ = (hash_ ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  if (on_line_) on_line_(line);
}

}  // namespace zprov::run
