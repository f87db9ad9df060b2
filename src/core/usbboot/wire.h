// The bytes of the boot protocol, made and read. Nothing is assumed of what a board sends.
// Source: README.md of this folder, "The two transfers everything is made of".
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace zprov::usbboot {

// The setup packet of a vendor request.
struct ControlWords {
  uint8_t request_type = 0;
  uint8_t request = 0;
  uint16_t value = 0;   // low half of the length
  uint16_t index = 0;   // high half
  uint16_t length = 0;  // wLength: of the control transfer's own data stage

  bool operator==(const ControlWords&) const = default;
};

ControlWords WriteWords(uint32_t length);
ControlWords ReadWords(uint16_t length);

inline constexpr uint16_t kRequestBytes = 260;
inline constexpr uint16_t kStatusBytes = 4;
inline constexpr size_t kBootMessageBytes = 24;
// A length is an int32 on the wire.
inline constexpr uint32_t kLargestFile = 0x7fffffff;

// What the boot ROM is told before the first-stage file: its length, and no signature.
std::array<char, kBootMessageBytes> BootMessage(uint32_t first_stage_length);

// Little endian; `bytes` has at least 4.
uint32_t ReadWord(std::string_view bytes);

// Why a request is not served. The board is told that there is no such file.
enum class Oddity {
  kShort,           // fewer than kRequestBytes
  kUnknownCommand,  // none of README.md's table
  kUnterminated,    // no zero byte in 256
  kUnprintable,     // a byte that is no printable ASCII character
  kAbsolute,
  kParent,     // a component ".."
  kNotNormal,  // a component "." or an empty one
  kMetadata,   // "*NAME*VALUE": later chips say something about themselves
};

// For a person: "asks for a path with .. in it".
std::string_view Describe(Oddity oddity);

struct SizeOf {
  std::string name;  // relative, normal, printable
  bool operator==(const SizeOf&) const = default;
};

struct ContentOf {
  std::string name;  // as in SizeOf
  bool operator==(const ContentOf&) const = default;
};

struct Done {
  bool operator==(const Done&) const = default;
};

// An empty name with any command: how sessions end in practice.
struct NoMoreNames {
  bool operator==(const NoMoreNames&) const = default;
};

struct OddRequest {
  Oddity why = Oddity::kShort;
  std::string shown;  // the name as far as it can be shown, others' bytes as '?'
  bool operator==(const OddRequest&) const = default;
};

using Request = std::variant<SizeOf, ContentOf, Done, NoMoreNames, OddRequest>;

// What a board asks for, from whatever bytes it sent.
Request ParseRequest(std::string_view bytes);

}  // namespace zprov::usbboot
