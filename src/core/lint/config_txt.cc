#include "core/lint/config_txt.h"

#include <algorithm>
#include <array>

#include "util/strings.h"

namespace zprov::lint {
namespace {

// Raspberry Pi documentation, config.txt, conditional filters.
constexpr std::array<std::string_view, 3> kSectionsOfZeros = {"[all]", "[pi0]", "[pi0w]"};

void AddNames(std::string_view list, std::vector<std::string>& names) {
  for (const std::string_view name : Split(list, ',')) {
    const std::string trimmed(Trim(name));
    if (trimmed.empty() || std::ranges::find(names, trimmed) != names.end()) continue;
    names.push_back(trimmed);
  }
}

// dtoverlay=NAME,parameter=value; an empty one ends the parameters of the last.
void AddOverlay(std::string_view value, std::vector<std::string>& overlays) {
  const std::string name(Trim(value.substr(0, value.find_first_of(",:"))));
  if (name.empty() || std::ranges::find(overlays, name) != overlays.end()) return;
  overlays.push_back(name);
}

// The variants of the firmware that an option chooses: start_cd.elf with fixup_cd.dat.
void TakeVariant(std::string_view suffix, ConfigTxt& config) {
  config.start = "start" + std::string(suffix) + ".elf";
  config.fixup = "fixup" + std::string(suffix) + ".dat";
}

void TakeSetting(std::string_view key, std::string_view value, ConfigTxt& config) {
  if (key == "kernel") config.kernel = value;
  if (key == "cmdline") config.cmdline = value;
  if (key == "start_file") config.start = value;
  if (key == "fixup_file") config.fixup = value;
  if (key == "device_tree") config.device_tree = value;
  if (key == "upstream_kernel") config.upstream = value == "1";
  if (key == "ramfsfile") AddNames(value, config.initramfs);
  if (key == "dtoverlay" || key == "device_tree_overlay") AddOverlay(value, config.overlays);
  if (key == "gpu_mem" && value == "16") TakeVariant("_cd", config);
  if (key == "start_x" && value == "1") TakeVariant("_x", config);
  if (key == "start_debug" && value == "1") TakeVariant("_db", config);
}

// "initramfs FILE[,FILE] followkernel", the one option without "=".
void TakeLine(std::string_view line, ConfigTxt& config) {
  const auto words = Words(line);
  if (words.size() >= 2 && words[0] == "initramfs") {
    AddNames(words[1], config.initramfs);
    return;
  }
  const size_t equals = line.find('=');
  if (equals == std::string_view::npos) return;
  TakeSetting(Trim(line.substr(0, equals)), Trim(line.substr(equals + 1)), config);
}

}  // namespace

ConfigTxt ParseConfigTxt(std::string_view text) {
  ConfigTxt config;
  bool counts = true;
  for (const std::string_view with_ending : LinesWithEndings(text)) {
    const std::string_view line = Trim(with_ending.substr(0, with_ending.find_first_of("#\r\n")));
    if (line.starts_with('[')) {
      counts = std::ranges::find(kSectionsOfZeros, line) != kSectionsOfZeros.end();
    } else if (counts) {
      TakeLine(line, config);
    }
  }
  return config;
}

}  // namespace zprov::lint
