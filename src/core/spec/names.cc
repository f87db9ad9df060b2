#include "core/spec/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "util/path.h"
#include "util/strings.h"

namespace zprov::spec {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLabelCharacter(char c) { return IsDigit(c) || IsLower(c) || c == '-'; }

std::optional<std::string> LabelFault(std::string_view name, size_t max_bytes) {
  if (name.empty()) return "is empty";
  if (name.size() > max_bytes) return fmt::format("is longer than {} bytes", max_bytes);
  if (!std::ranges::all_of(name, IsLabelCharacter)) {
    return "has a character other than a-z, 0-9 and '-'";
  }
  if (name.front() == '-' || name.back() == '-') return "begins or ends with '-'";
  // A resolver takes it for an address, and systemd for a link's index.
  if (std::ranges::all_of(name, IsDigit)) return "is only digits";
  if (name == "localhost") return "means every host itself";
  return std::nullopt;
}

// The kernel hands these out itself: a rename to one of them can fail at any time.
bool IsKernelsOwnName(std::string_view name) {
  return name.starts_with("usb") && name.size() > 3 && std::ranges::all_of(name.substr(3), IsDigit);
}

std::optional<std::string> NormalPathFault(std::string_view path) {
  if (!path.starts_with('/')) return "is not absolute: begin it with /";
  if (!IsNormalPath(path)) {
    return "has an empty, \".\" or \"..\" component or a slash at its end: write the plain path";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> HostNameFault(std::string_view name) {
  return LabelFault(name, kMaxLabelBytes);
}

std::optional<std::string> LinkNameFault(std::string_view name) {
  if (auto fault = LabelFault(name, kMaxLinkNameBytes)) return fault;
  if (name == "lo") return "is the loopback link's";
  // systemd.link(5) and sysctl keep these two for themselves.
  if (name == "all" || name == "default") return "is reserved by the kernel's sysctl tree";
  if (IsKernelsOwnName(name)) return "is one that the kernel gives to new USB links";
  return std::nullopt;
}

std::optional<std::string> LinkPatternFault(std::string_view pattern) {
  if (pattern.empty()) return "is empty";
  if (pattern.size() > kMaxLinkNameBytes) {
    return fmt::format("is longer than {} bytes", kMaxLinkNameBytes);
  }
  const auto is_allowed = [](char c) {
    return IsLabelCharacter(c) || IsUpper(c) || c == '_' || c == '.' || c == '*' || c == '?';
  };
  if (!std::ranges::all_of(pattern, is_allowed)) return "has a character that no link name has";
  return std::nullopt;
}

std::optional<std::string> PlaceFault(std::string_view path) {
  if (path == "/") return "is the whole root: name a place in it";
  return NormalPathFault(path);
}

std::optional<std::string> PathFault(std::string_view path) {
  if (auto fault = NormalPathFault(path)) return fault;
  const auto is_plain = [](char c) {
    return IsDigit(c) || IsLower(c) || IsUpper(c) ||
           std::string_view("/._-+@~").find(c) != std::string_view::npos;
  };
  if (!std::ranges::all_of(path, is_plain)) {
    return "has a character that exports or fstab cannot carry: use letters, digits and ._-+@~";
  }
  return std::nullopt;
}

std::optional<std::string> OptionsFault(std::string_view options) {
  constexpr std::string_view kBreaking = " \t()#\"'\\";
  if (const size_t at = options.find_first_of(kBreaking); at != std::string_view::npos) {
    return fmt::format(
        "has a {}, which would break the line: take it out",
        options[at] == ' ' ? std::string("space") : fmt::format("'{}'", options[at]));
  }
  const auto parts = Split(options, ',');
  if (std::ranges::any_of(parts, &std::string_view::empty)) {
    return "has an empty option: write at least one, with one comma between two";
  }
  return std::nullopt;
}

std::optional<std::string> SerialFault(std::string_view serial) {
  constexpr size_t kMaxDigits = 16;  // /proc/cpuinfo, Serial
  const auto is_hex = [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); };
  if (serial.size() <= kMaxDigits && std::ranges::all_of(serial, is_hex)) return std::nullopt;
  return "is no serial number: write the at most 16 digits 0-9a-f that /proc/cpuinfo shows on it, "
         "or leave it out";
}

std::optional<std::string> CmdlineFault(std::string_view words) {
  constexpr size_t kMaxBytes = 512;  // ARM's COMMAND_LINE_SIZE is 1024; the rest is zprov's own
  constexpr std::array<std::string_view, 4> kOwn = {"root=", "nfsroot=", "ip=", "zprov."};
  if (words.size() > kMaxBytes)
    return fmt::format("is longer than {} bytes: shorten it", kMaxBytes);
  for (std::string_view word : Words(words)) {
    const auto own =
        std::ranges::find_if(kOwn, [&](auto start) { return word.starts_with(start); });
    if (own != kOwn.end())
      return fmt::format("has {}…, which zprov writes itself: take it out", *own);
  }
  return std::nullopt;
}

}  // namespace zprov::spec
