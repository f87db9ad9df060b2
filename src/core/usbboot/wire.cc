#include "core/usbboot/wire.h"

#include <algorithm>
#include <optional>

#include "util/path.h"
#include "util/strings.h"

namespace zprov::usbboot {
namespace {

constexpr uint8_t kVendorOut = 0x40;
constexpr uint8_t kVendorIn = 0xc0;
constexpr size_t kNameAt = 4;  // behind the command
constexpr size_t kShownBytes = 64;

// README.md of this folder, File-server stage.
constexpr uint32_t kGetFileSize = 0;
constexpr uint32_t kReadFile = 1;
constexpr uint32_t kDone = 2;

bool IsPrintable(char c) { return c >= 0x20 && c <= 0x7e; }

std::string Shown(std::string_view name) {
  std::string shown(name.substr(0, kShownBytes));
  std::ranges::replace_if(
      shown, [](char c) { return !IsPrintable(c); }, '?');
  return shown;
}

std::optional<Oddity> OddityOf(std::string_view name) {
  if (!std::ranges::all_of(name, IsPrintable)) return Oddity::kUnprintable;
  if (name.front() == '*') return Oddity::kMetadata;
  if (name.front() == '/') return Oddity::kAbsolute;
  const auto parts = Split(name, '/');
  if (std::ranges::find(parts, "..") != parts.end()) return Oddity::kParent;
  if (!IsNormalPath("/" + std::string(name))) return Oddity::kNotNormal;
  return std::nullopt;
}

}  // namespace

ControlWords WriteWords(uint32_t length) {
  return {kVendorOut, 0, static_cast<uint16_t>(length & 0xffff),
          static_cast<uint16_t>(length >> 16), 0};
}

ControlWords ReadWords(uint16_t length) { return {kVendorIn, 0, length, 0, length}; }

std::array<char, kBootMessageBytes> BootMessage(uint32_t first_stage_length) {
  std::array<char, kBootMessageBytes> message{};
  for (size_t i = 0; i < 4; ++i) {
    message[i] = static_cast<char>((first_stage_length >> (8 * i)) & 0xff);
  }
  return message;
}

uint32_t ReadWord(std::string_view bytes) {
  uint32_t word = 0;
  for (size_t i = 0; i < 4; ++i) {
    word |= uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return word;
}

std::string_view Describe(Oddity oddity) {
  switch (oddity) {
    case Oddity::kShort:
      return "sent less than a whole request";
    case Oddity::kUnknownCommand:
      return "sent a command that nobody knows";
    case Oddity::kUnterminated:
      return "asks for a name without an end";
    case Oddity::kUnprintable:
      return "asks for a name with unprintable characters";
    case Oddity::kAbsolute:
      return "asks for an absolute path";
    case Oddity::kParent:
      return "asks for a path with .. in it";
    case Oddity::kNotNormal:
      return "asks for a path with an empty part";
    case Oddity::kMetadata:
      return "says something about itself";
  }
  return "";
}

Request ParseRequest(std::string_view bytes) {
  if (bytes.size() < kRequestBytes) return OddRequest{Oddity::kShort, ""};
  const uint32_t command = ReadWord(bytes);
  const std::string_view field = bytes.substr(kNameAt, kRequestBytes - kNameAt);
  const size_t end = field.find('\0');
  if (end == 0) return NoMoreNames{};
  if (command == kDone) return Done{};
  const std::string_view name = field.substr(0, end);
  if (command != kGetFileSize && command != kReadFile) {
    return OddRequest{Oddity::kUnknownCommand, Shown(name)};
  }
  if (end == std::string_view::npos) return OddRequest{Oddity::kUnterminated, Shown(name)};
  if (const auto odd = OddityOf(name)) return OddRequest{*odd, Shown(name)};
  if (command == kGetFileSize) return SizeOf{std::string(name)};
  return ContentOf{std::string(name)};
}

}  // namespace zprov::usbboot
