#include "sim/ping.h"

#include <fmt/format.h>

#include <algorithm>

#include "util/strings.h"

namespace zprov::sim {
namespace {

constexpr unsigned long kHeaders = 20 + 8;  // IPv4 and ICMP
constexpr unsigned long kMostBytes = 65507;

std::optional<unsigned long> NumberAfter(const std::vector<std::string>& argv,
                                         std::string_view option) {
  const auto found = std::ranges::find(argv, option);
  if (found == argv.end() || found + 1 == argv.end()) return std::nullopt;
  return ParseNumber(*(found + 1), kMostBytes);
}

// One a second, or in a flood as fast as the link carries them both ways.
std::chrono::milliseconds TimeOf(const std::vector<std::string>& argv, uint64_t bytes,
                                 std::optional<uint32_t> kb_per_s) {
  if (std::ranges::find(argv, "-f") == argv.end()) {
    return std::chrono::seconds(NumberAfter(argv, "-c").value_or(0));
  }
  return std::chrono::milliseconds(1 + bytes / kb_per_s.value_or(10'000'000));
}

}  // namespace

ProgramRun Ping(const Network& network, const std::vector<std::string>& argv) {
  const auto address = Ipv4::Parse(argv.back());
  const auto bytes = NumberAfter(argv, "-s");
  const auto count = NumberAfter(argv, "-c");
  if (!address || !bytes || !count) return {.error = "ping: usage error\n", .exit_code = 2};
  const auto size = static_cast<uint32_t>(*bytes + kHeaders);
  const bool comes_back = network.Carries(size, *address);
  const auto takes = TimeOf(argv, 2UL * size * *count, network.MostKilobytesPerSecond(*address));
  return {.out = fmt::format("{} packets transmitted, {} received, {}% packet loss, time {}ms\n",
                             *count, comes_back ? *count : 0, comes_back ? 0 : 100, takes.count()),
          .exit_code = comes_back ? 0 : 1,
          .takes = takes};
}

}  // namespace zprov::sim
