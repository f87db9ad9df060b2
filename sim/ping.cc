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

}  // namespace

ProgramRun Ping(const Network& network, const std::vector<std::string>& argv) {
  const auto address = Ipv4::Parse(argv.back());
  const auto bytes = NumberAfter(argv, "-s");
  const auto count = NumberAfter(argv, "-c");
  if (!address || !bytes || !count) return {.error = "ping: usage error\n", .exit_code = 2};
  const bool comes_back = network.Carries(static_cast<uint32_t>(*bytes + kHeaders), *address);
  return {.out = fmt::format("{} packets transmitted, {} received, {}% packet loss\n", *count,
                             comes_back ? *count : 0, comes_back ? 0 : 100),
          .exit_code = comes_back ? 0 : 1,
          .takes = std::chrono::seconds(*count)};
}

}  // namespace zprov::sim
