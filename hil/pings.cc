#include "hil/pings.h"

#include <fmt/format.h>

#include <algorithm>

#include "hil/program_watch.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

constexpr uint32_t kHeaders = 20 + 8;  // IPv4 (RFC 791) and ICMP (RFC 792), without options
constexpr os::Moment kEndsWithin = std::chrono::seconds(60);

using Programs = std::map<std::string, os::ProcessId>;  // by node

// No fragments, two seconds for each answer.
std::vector<std::string> CommandOf(const spec::Node& node, const Packets& packets) {
  std::vector<std::string> argv = {"ping", "-n", "-q", "-M", "do", "-W", "2"};
  switch (packets.pace) {
    case Packets::Pace::kQuiet:
      argv.insert(argv.end(), {"-i", "0.2"});
      break;
    case Packets::Pace::kFlood:
      argv.insert(argv.end(), {"-f", "-w", "20"});
      break;
  }
  argv.insert(argv.end(), {"-c", fmt::format("{}", packets.count), "-s",
                           fmt::format("{}", packets.bytes - kHeaders), node.address.ToString()});
  return argv;
}

Result<void> AwaitAll(const Rig& rig, const Programs& pings) {
  const os::Moment late = rig.system.clock.Now() + kEndsWithin;
  const auto have_ended = [&] {
    return std::ranges::all_of(
        pings, [&](const auto& ping) { return rig.programs->ExitOf(ping.second).has_value(); });
  };
  while (!have_ended() && rig.system.clock.Now() < late) {
    ZPROV_TRY(rig.system.events.Next(late));
  }
  return {};
}

// "1000 packets transmitted, 998 received, 0.2% packet loss, time 1234ms", and perhaps more lines.
Pinged Parse(std::string_view said) {
  constexpr uint32_t kMost = 1'000'000'000;
  Pinged pinged;
  const auto words = Words(said);
  for (size_t i = 1; i < words.size(); ++i) {
    std::string_view time = words[i];
    if (words[i].starts_with("received")) {
      pinged.received = static_cast<uint32_t>(ParseNumber(words[i - 1], kMost).value_or(0));
    } else if (words[i - 1] == "time" && time.ends_with("ms")) {
      time.remove_suffix(2);
      pinged.took_ms = static_cast<uint32_t>(ParseNumber(time, kMost).value_or(0));
    }
  }
  return pinged;
}

}  // namespace

Result<std::optional<std::map<std::string, Pinged>>> Ping(
    const Rig& rig, const std::vector<const spec::Node*>& nodes, const Packets& packets) {
  Programs programs;
  for (const spec::Node* node : nodes) {
    const auto ping = rig.programs->Start(CommandOf(*node, packets));
    if (!ping && ping.error().kind == ErrorKind::kNotFound) return std::nullopt;
    if (!ping) return tl::make_unexpected(ping.error());
    programs[node->name] = *ping;
  }
  ZPROV_TRY(AwaitAll(rig, programs));
  std::map<std::string, Pinged> pinged;
  for (const auto& [node, program] : programs) {
    const std::string_view said = Trim(rig.programs->SaidBy(program));
    Pinged& one = pinged[node] = Parse(said);
    one.is_well = rig.programs->ExitOf(program) == 0;
    one.said = said.substr(said.rfind('\n') + 1);
  }
  return pinged;
}

}  // namespace zprov::hil
