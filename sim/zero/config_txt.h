// config.txt as far as it names files, and the kernel's command line as far as a node reads it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zprov::sim::zero {

struct Config {
  std::string kernel;                 // empty: not said
  std::string initramfs;              // empty: none
  std::vector<std::string> overlays;  // "dwc2"

  // Lines below [all] and [pi0] count, and those above any section.
  static Config Of(std::string_view text);
};

// NAME=… of the first line; the last one counts.
std::optional<std::string> Word(std::string_view command_line, std::string_view name);

}  // namespace zprov::sim::zero
