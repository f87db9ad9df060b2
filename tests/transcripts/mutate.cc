#include "transcripts/mutate.h"

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <utility>

namespace zprov::transcripts {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::PortScript;
using test::ScriptedAnswer;
using test::ScriptedStay;

class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}

  size_t Below(size_t many) { return many == 0 ? 0 : engine_() % many; }
  char Byte() { return static_cast<char>(engine_()); }
  template <typename List>
  auto& OneOf(List& list) {
    return list[Below(std::size(list))];
  }
  std::string Bytes(size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = Byte();
    return bytes;
  }

 private:
  std::mt19937_64 engine_;
};

constexpr size_t kRequest = 260;  // src/core/usbboot/README.md, File server stage

// The names of a file that a board might like to have, and names that are none.
const std::array<std::string, 18> kNames = {
    "../../../../etc/secret",
    "/etc/secret",
    "start.elf/../../../../../etc/secret",
    "outside",
    "outside/secret",
    "overlays",
    "overlays/",
    "./start.elf",
    "..",
    "",
    "*",
    "*name*value",
    "start.elf",
    "cmdline.txt",
    "bootcode.bin",
    std::string(256, 'A'),
    std::string(300, '/'),
    "\n\x1b[2J\xff\xfe",
};

std::string RequestFor(Dice& dice, const std::string& name) {
  constexpr std::array<char, 6> kCommands = {0, 0, 1, 1, 2, '\x7f'};
  std::string bytes{dice.OneOf(kCommands), 0, 0, 0};
  bytes += name;
  bytes.resize(kRequest, '\0');
  return bytes;
}

void ChangeBytes(Dice& dice, std::string& bytes) {
  switch (dice.Below(6)) {
    case 0:
      if (!bytes.empty()) bytes[dice.Below(bytes.size())] = dice.Byte();
      return;
    case 1:
      bytes = RequestFor(dice, dice.OneOf(kNames));
      return;
    case 2:
      bytes.resize(dice.Below(bytes.size() + 1));
      return;
    case 3:
      bytes = dice.Bytes(dice.Below(2 * kRequest));
      return;
    case 4:
      for (size_t i = 0; i < 4 && i < bytes.size(); ++i) bytes[i] = dice.Byte();
      return;
    case 5:
      std::ranges::replace(bytes, '\0', 'B');
      return;
  }
}

void ChangeAnswer(Dice& dice, ScriptedAnswer& answer) {
  constexpr std::array<os::UsbOutcome, 6> kEnds = {
      os::UsbOutcome::kDone, os::UsbOutcome::kTimedOut,  os::UsbOutcome::kStalled,
      os::UsbOutcome::kGone, os::UsbOutcome::kCancelled, os::UsbOutcome::kFailed};
  constexpr std::array<os::Moment, 5> kTimes = {os::Moment{0}, milliseconds(1), seconds(1),
                                                seconds(8), seconds(60)};
  switch (dice.Below(6)) {
    case 0:
      answer.outcome = dice.OneOf(kEnds);
      return;
    case 1:
      answer.after = dice.OneOf(kTimes);
      return;
    case 2:
      answer.transferred = static_cast<uint32_t>(dice.Below(answer.transferred + 1));
      return;
    default:
      return ChangeBytes(dice, answer.bytes);
  }
}

// Which answers there are.
void ChangeAnswers(Dice& dice, std::vector<ScriptedAnswer>& answers) {
  const size_t at = dice.Below(answers.size());
  const auto here = answers.begin() + static_cast<std::ptrdiff_t>(at);
  switch (answers.empty() ? 3 : dice.Below(6)) {
    case 0:
      answers.erase(here);
      return;
    case 1:
      answers.insert(here, ScriptedAnswer(*here));
      return;
    case 2:
      std::swap(*here, dice.OneOf(answers));
      return;
    case 3: {  // asks for the same over and over
      const std::string request = RequestFor(dice, dice.OneOf(kNames));
      answers.insert(answers.end(), 20 + dice.Below(100),
                     {milliseconds(1), os::UsbOutcome::kDone, os::kMaxBulk, request});
      return;
    }
    case 4:
      answers.erase(here, answers.end());
      return;
    case 5:
      answers.insert(
          here, {milliseconds(1), os::UsbOutcome::kDone, 0, RequestFor(dice, dice.OneOf(kNames))});
      return;
  }
}

void ChangeDevice(Dice& dice, ScriptedStay& stay) {
  constexpr std::array<uint16_t, 5> kProducts = {0x2763, 0x2764, 0x2711, 0x2712, 0xa4a2};
  constexpr std::array<uint16_t, 3> kVendors = {0x0a5c, 0x0525, 0x1d6b};
  constexpr std::array<uint8_t, 4> kIndices = {0, 1, 3, 255};
  constexpr std::array<uint8_t, 3> kClasses = {0, 9, 255};
  switch (dice.Below(6)) {
    case 0:
      stay.device.product = dice.OneOf(kProducts);
      return;
    case 1:
      stay.device.vendor = dice.OneOf(kVendors);
      return;
    case 2:
      stay.device.serial_index = dice.OneOf(kIndices);
      return;
    case 3:
      stay.device.device_class = dice.OneOf(kClasses);
      return;
    default:
      return ChangeBytes(dice, stay.configuration);
  }
}

void ChangeStays(Dice& dice, std::vector<ScriptedStay>& stays) {
  const size_t at = dice.Below(stays.size());
  const auto here = stays.begin() + static_cast<std::ptrdiff_t>(at);
  constexpr std::array<os::Moment, 4> kTimes = {os::Moment{0}, milliseconds(100), seconds(3),
                                                seconds(30)};
  switch (stays.empty() ? 5 : dice.Below(6)) {
    case 0:
      stays.erase(here);
      return;
    case 1:
      stays.insert(here, ScriptedStay(*here));
      return;
    case 2:
      std::swap(*here, dice.OneOf(stays));
      return;
    case 3:
      here->leaves_after = dice.OneOf(kTimes);
      return;
    case 4:
      here->arrives_after = dice.OneOf(kTimes);
      return;
    case 5:  // off and on, ever again
      for (int i = 0; i < 20 && !stays.empty(); ++i) {
        stays.push_back(ScriptedStay(dice.OneOf(stays)));
        stays.back().leaves_after = milliseconds(dice.Below(200));
      }
      return;
  }
}

}  // namespace

PortScript Mutated(PortScript script, uint64_t seed) {
  Dice dice(seed);
  for (size_t changes = 1 + dice.Below(6); changes > 0; --changes) {
    const size_t what = dice.Below(10);
    if (script.stays.empty() || what == 0) {
      ChangeStays(dice, script.stays);
      continue;
    }
    ScriptedStay& stay = dice.OneOf(script.stays);
    if (what == 1) {
      ChangeDevice(dice, stay);
    } else if (what <= 3 || stay.answers.empty()) {
      ChangeAnswers(dice, stay.answers);
    } else {
      ChangeAnswer(dice, dice.OneOf(stay.answers));
    }
  }
  return script;
}

}  // namespace zprov::transcripts
