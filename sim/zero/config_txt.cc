#include "sim/zero/config_txt.h"

#include "util/strings.h"

namespace zprov::sim::zero {
namespace {

std::string Value(std::string_view line, std::string_view key) {
  return line.starts_with(key) ? std::string(Trim(line.substr(key.size()))) : "";
}

}  // namespace

Config Config::Of(std::string_view text) {
  Config config;
  bool counts = true;
  for (const std::string_view each : Split(text, '\n')) {
    const std::string_view line = Trim(each);
    if (line.starts_with('[')) counts = line == "[all]" || line == "[pi0]";
    if (!counts) continue;
    if (line.starts_with("kernel=")) config.kernel = Value(line, "kernel=");
    if (line.starts_with("initramfs ")) {
      const auto words = Words(line);
      if (words.size() > 1) config.initramfs = std::string(words[1]);
    }
    const std::string overlay = Value(line, "dtoverlay=");
    if (!overlay.empty()) config.overlays.push_back(overlay.substr(0, overlay.find(',')));
  }
  return config;
}

std::optional<std::string> Word(std::string_view command_line, std::string_view name) {
  std::optional<std::string> found;
  for (const std::string_view word : Words(command_line.substr(0, command_line.find('\n')))) {
    if (word.starts_with(name) && word.substr(name.size()).starts_with('=')) {
      found = std::string(word.substr(name.size() + 1));
    }
  }
  return found;
}

}  // namespace zprov::sim::zero
