// Both sessions, driven by arbitrary outcomes: they send nothing but the file that was asked for
// and is there, they announce what they send, and they end or wait for the board.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <variant>

#include "core/usbboot/file_session.h"
#include "core/usbboot/rom_session.h"
#include "fuzz/property.h"

namespace zprov::fuzz {
namespace {

using usbboot::Act;
using usbboot::TransferEnd;
using usbboot::Transferred;

constexpr std::array<std::string_view, 3> kFiles = {"", "short", "a longer file, of some words"};

// Takes outcomes from the input until it is used up.
class Outcomes {
 public:
  explicit Outcomes(std::string_view input) : input_(input) {}

  bool AreLeft() const { return !input_.empty(); }

  uint8_t Byte() {
    if (input_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(input_.front());
    input_.remove_prefix(1);
    return byte;
  }

  // What a board sends where `length` bytes were asked for: a name of the input's, mostly.
  std::string Answer(size_t length) {
    std::string bytes(4, '\0');
    bytes[0] = static_cast<char>(Byte() % 5);
    const size_t wanted = std::min<size_t>(Byte(), input_.size());
    bytes += input_.substr(0, wanted);
    input_.remove_prefix(wanted);
    const bool is_short = Byte() % 16 == 15;
    bytes.resize(is_short ? std::min(bytes.size(), length) : length, '\0');
    return bytes;
  }

  TransferEnd End() {
    constexpr std::array kFailures = {TransferEnd::kTimedOut, TransferEnd::kStalled,
                                      TransferEnd::kGone, TransferEnd::kFailed};
    const uint8_t byte = Byte();
    return byte < 0xe0 ? TransferEnd::kDone : kFailures[byte % kFailures.size()];
  }

 private:
  std::string_view input_;
};

// The content of a name is always the same, as within one boot.
std::optional<std::string_view> ContentOf(std::string_view name) {
  if (name.size() % 4 == 3) return std::nullopt;
  return kFiles[name.size() % 4];
}

// What must hold of one act after the acts before it.
struct Watch {
  std::optional<uint32_t> announced;
  std::optional<std::string_view> content;

  void See(const Act& act) {
    if (const auto* write = std::get_if<usbboot::AnnounceWrite>(&act)) {
      announced = write->length;
      if (content) ZPROV_HOLDS(write->length == 0 || write->length == content->size());
    }
    if (const auto* send = std::get_if<usbboot::SendBytes>(&act)) {
      ZPROV_HOLDS(!send->bytes.empty() && announced == send->bytes.size());
      if (content) {
        ZPROV_HOLDS(send->bytes.data() == content->data() && send->bytes == *content);
      }
      announced.reset();
    }
  }
};

void DriveFiles(Outcomes outcomes) {
  usbboot::FileSession session;
  Watch watch;
  watch.content = "";
  Act act = session.Begin();
  while (true) {
    watch.See(act);
    if (std::holds_alternative<usbboot::Ended>(act) || !outcomes.AreLeft()) break;
    if (const auto* look = std::get_if<usbboot::LookUp>(&act)) {
      const auto content = ContentOf(look->name);
      watch.content = content.value_or("");
      act = session.Answer(content);
    } else if (const auto* read = std::get_if<usbboot::ReadBytes>(&act)) {
      watch.content = "";
      const std::string bytes = outcomes.Answer(read->length);
      act = session.On({outcomes.End(), bytes.size(), bytes});
    } else {
      const auto* send = std::get_if<usbboot::SendBytes>(&act);
      const size_t all = send != nullptr ? send->bytes.size() : 0;
      const TransferEnd end = outcomes.End();
      act = session.On({end, end == TransferEnd::kDone ? all : all / 2});
    }
  }
  if (std::holds_alternative<usbboot::Ended>(act)) ZPROV_HOLDS(session.On({}) == act);
}

void DriveRom(Outcomes outcomes) {
  usbboot::RomSession session(kFiles[2]);
  Watch watch;
  Act act = session.Begin();
  int acts = 0;
  for (; !std::holds_alternative<usbboot::Ended>(act); ++acts) {
    watch.See(act);
    ZPROV_HOLDS(!std::holds_alternative<usbboot::LookUp>(act) && acts < 5);
    const auto* send = std::get_if<usbboot::SendBytes>(&act);
    const std::string bytes = outcomes.Answer(outcomes.Byte() % 6);
    const size_t all = send != nullptr ? send->bytes.size() : 0;
    act = session.On({outcomes.End(), all, bytes});
  }
  ZPROV_HOLDS(session.On({}) == act);
}

}  // namespace
}  // namespace zprov::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace zprov::fuzz;
  DriveFiles(Outcomes(TextOf(data, size)));
  DriveRom(Outcomes(TextOf(data, size)));
  return 0;
}
