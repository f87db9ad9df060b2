#include "core/usbboot/lookup.h"

#include <algorithm>
#include <array>

#include "util/path.h"

namespace zprov::usbboot {
namespace {

constexpr std::string_view kNonceWord = "zprov.boot=";

// README.md of this folder, "A Zero, as logs show it": asked for at each boot, and there at none.
// The map only renames overlays between chips.
constexpr std::array<std::string_view, 6> kOptional = {"autoboot.txt", "recovery.elf",
                                                       "recovery.img", "dt-blob.bin",
                                                       "bootcfg.txt",  "overlay_map.dtb"};

std::string_view LastPart(std::string_view name) { return name.substr(name.rfind('/') + 1); }

bool IsFirstStage(std::string_view name) {
  return name.starts_with("bootcode") && name.ends_with(".bin");
}

// Asked for where NAME.dtbo is missing, which is what is said then.
bool IsOlderOverlayName(std::string_view name) {
  const bool is_in_overlays = name.starts_with("overlays/") || name.find("/overlays/") != name.npos;
  return is_in_overlays && name.ends_with(".dtb");
}

}  // namespace

std::vector<std::string> DirectoriesFor(const Places& places, std::string_view name) {
  std::vector<std::string> directories;
  if (!IsFirstStage(name))
    directories.push_back(JoinPath(places.directory, places.port.ToString()));
  directories.push_back(JoinPath(places.directory, places.chip));
  directories.push_back(places.directory);
  if (!places.generation.empty()) directories.push_back(places.generation);
  return directories;
}

std::optional<Rendered> RenderedFor(std::string_view name) {
  if (name == "cmdline.txt") return Rendered::kCommandLine;
  if (name == "config.txt") return Rendered::kConfig;
  return std::nullopt;
}

bool IsCommandLine(std::string_view name) { return LastPart(name) == "cmdline.txt"; }

std::string WithNonce(std::string_view command_line, std::string_view nonce) {
  const size_t end = std::min(command_line.find_first_of("\r\n"), command_line.size());
  std::string text(command_line.substr(0, end));
  text += ' ';
  text += kNonceWord;
  text += nonce;
  text += command_line.substr(end);
  return text;
}

Miss Judge(std::string_view missing_name) {
  const std::string_view last = LastPart(missing_name);
  const bool is_optional = std::ranges::find(kOptional, last) != kOptional.end();
  return is_optional || IsOlderOverlayName(missing_name) ? Miss::kExpected : Miss::kSuspicious;
}

}  // namespace zprov::usbboot
