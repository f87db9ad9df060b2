// What the two sessions with a board have in common: what is to be done next, and how it went.
// Values only; whoever drives a session does the act, says how it ended, and gets the next.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace zprov::usbboot {

// README.md of this folder, "The two transfers everything is made of".
inline constexpr uint32_t kControlTimeoutMs = 1000;
inline constexpr uint32_t kChunkTimeoutMs = 5000;
inline constexpr uint32_t kReadTimeoutMs = 20000;

// The control stage of WRITE(length).
struct AnnounceWrite {
  uint32_t length = 0;
  bool operator==(const AnnounceWrite&) const = default;
};

// The data stage of WRITE: all of it, in chunks as the bus likes them. Never empty; the bytes stay
// where they are until the next act.
struct SendBytes {
  std::string_view bytes;
  bool operator==(const SendBytes&) const = default;
};

struct ReadBytes {
  uint16_t length = 0;
  uint32_t timeout_ms = kReadTimeoutMs;
  bool operator==(const ReadBytes&) const = default;
};

// What is the content of this file? Answered by FileSession::Answer.
struct LookUp {
  std::string name;  // relative, normal, printable
  bool operator==(const LookUp&) const = default;
};

// Nothing more is to be done in this session.
struct Ended {
  enum class How {
    kAccepted,     // ROM: the board took the first stage, or left for it before it could say so
    kUnconfirmed,  // ROM: all was sent, and the status could not be read: often all is well
    kRefused,      // ROM: the board says that it does not take the first stage
    kDone,         // files: the board says so, or asks for the empty name
    kLeft,         // the board left the bus; between two files that is how it re-enumerates
    kSilent,       // it did not answer in time
    kBroken,       // it stalled or the bus failed
    kNonsense,     // files: one odd request after another
  };
  How how = How::kDone;
  std::string doing;  // what was under way: "send start.elf"; empty where that says nothing

  bool operator==(const Ended&) const = default;
};

using Act = std::variant<AnnounceWrite, SendBytes, ReadBytes, LookUp, Ended>;

enum class TransferEnd { kDone, kTimedOut, kStalled, kGone, kFailed };

// How a transfer ended; a SendBytes as a whole.
struct Transferred {
  TransferEnd end = TransferEnd::kDone;
  uint64_t count = 0;        // bytes of the data stage that went through, also when it failed
  std::string_view bytes{};  // of a ReadBytes: what came
};

// The end that a transfer's failure means for a session.
Ended EndFor(TransferEnd end, std::string doing);

}  // namespace zprov::usbboot
