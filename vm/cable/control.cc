#include "vm/cable/control.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <vector>

namespace zprov::vm {
namespace {

using sim::zero::Fault;
using Words = std::vector<std::string_view>;

Words WordsOf(std::string_view line) {
  Words words;
  while (!line.empty()) {
    const size_t end = std::min(line.find(' '), line.size());
    if (end != 0) words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

std::optional<int> NumberIn(std::string_view word, int least, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  if (number < least || number > most) return std::nullopt;
  return number;
}

std::string_view NameOf(sim::zero::Stage stage) {
  using sim::zero::Stage;
  switch (stage) {
    case Stage::kOff:
      return "off";
    case Stage::kRom:
      return "rom";
    case Stage::kFirstStage:
      return "first-stage";
    case Stage::kFileServer:
      return "file-server";
    case Stage::kKernel:
      return "kernel";
    case Stage::kGadget:
      return "gadget";
    case Stage::kMounted:
      return "mounted";
    case Stage::kHealthy:
      return "healthy";
    case Stage::kHalted:
      return "halted";
    case Stage::kDead:
      return "dead";
  }
  return "";
}

using Answer = Result<std::string>;

tl::unexpected<Error> No(std::string sentence) {
  return Fail(ErrorKind::kInvalid, std::move(sentence));
}

Answer Power(Cable& cable, const Words& words) {
  if (words[1] != "on" && words[1] != "off") return No("write `power on` or `power off`");
  words[1] == "on" ? cable.GivePower() : cable.CutPower();
  return {};
}

Answer Unplug(Cable& cable, const Words&) {
  cable.Unplug();
  return {};
}

Answer Plug(Cable& cable, const Words&) {
  cable.Plug();
  return {};
}

std::string AllFaults() {
  std::string all = "none";
  for (const auto& each : sim::zero::kFaultNames) all += fmt::format(", {}", each.name);
  return all;
}

Answer Break(Cable& cable, const Words& words) {
  if (words.size() == 2 && words[1] == "none") {
    cable.Mend();
    return {};
  }
  const auto fault = sim::zero::FaultNamed(words[1]);
  const auto boots =
      words.size() < 3 ? sim::zero::kEveryBoot : NumberIn(words[2], 1, sim::zero::kEveryBoot);
  if (!fault) return No("there is no such fault; there are: " + AllFaults());
  if (!boots) return No("say for how many boots: 1 or more; without a number for all");
  ZPROV_TRY(cable.Break(*fault, *boots));
  return {};
}

Answer SetPatience(Cable& cable, const Words& words) {
  constexpr int kHour = 3600;
  const auto number = NumberIn(words[1], 1, kHour);
  if (!number) return No("say how many seconds, up to an hour: `patience 60`");
  cable.set_patience(std::chrono::seconds(*number));
  return {};
}

Answer Delay(Cable& cable, const Words& words) {
  constexpr int kMinute = 60'000;
  const auto number = NumberIn(words[1], 0, kMinute);
  if (!number) return No("say how many milliseconds, up to a minute: `delay 20`");
  LineFaults faults = cable.line_faults();
  faults.delay = std::chrono::milliseconds(*number);
  cable.set_line_faults(faults);
  return {};
}

Answer Drop(Cable& cable, const Words& words) {
  const auto number = NumberIn(words[1], 0, 100);
  if (!number) return No("say how many of 100 frames are lost: `drop 5`");
  LineFaults faults = cable.line_faults();
  faults.drop_percent = static_cast<uint64_t>(*number);
  cable.set_line_faults(faults);
  return {};
}

Answer Corrupt(Cable& cable, const Words& words) {
  const auto number = NumberIn(words[1], 0, 100);
  if (!number) return No("say how many of 100 frames are damaged: `corrupt 5`");
  LineFaults faults = cable.line_faults();
  faults.corrupt_percent = static_cast<uint64_t>(*number);
  cable.set_line_faults(faults);
  return {};
}

Answer Stall(Cable& cable, const Words& words) {
  constexpr int kHour = 3600;
  const auto number = NumberIn(words[1], 0, kHour);
  if (!number) return No("say for how many seconds, up to an hour: `stall 30`");
  cable.StallNetwork(std::chrono::seconds(*number));
  return {};
}

Answer SetSerial(Cable& cable, const Words& words) {
  if (words.size() == 1) return cable.serial();
  constexpr size_t kDigits = 16;
  const bool is_hex = words[1].find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (!is_hex || words[1].size() != kDigits) {
    return No("write 16 hexadecimal digits: `serial 00000000abcdef12`");
  }
  cable.set_serial(std::string(words[1]));
  return {};
}

// The cable's own directory is nobody's business, so relative paths would surprise.
Answer CaptureTo(Cable& cable, const Words& words) {
  const bool is_host = words[1] == "host";
  const bool is_path = words[2].starts_with('/');
  if (!is_host && words[1] != "zero") return No("which end: `capture host …` or `capture zero …`");
  if (!is_path && words[2] != "off") return No("write a path that begins with /, or `off`");
  ZPROV_TRY(cable.CaptureTo(is_host ? Cable::Side::kHost : Cable::Side::kZero,
                            is_path ? std::string(words[2]) : ""));
  return {};
}

Answer TellStage(Cable& cable, const Words&) { return std::string(NameOf(cable.stage())); }

struct Order {
  std::string_view name;
  std::string_view rest;  // what follows, for people
  size_t least;           // words, with the first
  size_t most;
  Answer (*obey)(Cable& cable, const Words& words);
};

constexpr Order kOrders[] = {
    {"power", "on|off", 2, 2, Power},
    {"unplug", "", 1, 1, Unplug},
    {"plug", "", 1, 1, Plug},
    {"fault", "NAME|none [BOOTS]", 2, 3, Break},
    {"patience", "SECONDS", 2, 2, SetPatience},
    {"delay", "MS", 2, 2, Delay},
    {"drop", "PERCENT", 2, 2, Drop},
    {"corrupt", "PERCENT", 2, 2, Corrupt},
    {"stall", "SECONDS", 2, 2, Stall},
    {"serial", "[HEX]", 1, 2, SetSerial},
    {"capture", "host|zero FILE|off", 3, 3, CaptureTo},
    {"stage", "", 1, 1, TellStage},
};

std::string AllOrders() {
  std::string all;
  for (const Order& each : kOrders) {
    all += all.empty() ? "" : ", ";
    all += each.name;
    if (!each.rest.empty()) all += fmt::format(" {}", each.rest);
  }
  return all;
}

}  // namespace

std::string Obey(Cable& cable, std::string_view line) {
  const Words words = WordsOf(line);
  for (const Order& each : kOrders) {
    if (words.empty() || words[0] != each.name) continue;
    if (words.size() < each.least || words.size() > each.most) break;
    const Answer answer = each.obey(cable, words);
    if (!answer) return "no: " + answer.error().message;
    return answer->empty() ? "ok" : "ok " + *answer;
  }
  return "no: write one of: " + AllOrders();
}

}  // namespace zprov::vm
