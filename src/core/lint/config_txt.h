// What config.txt makes a Zero's firmware ask for. Options that change no file's name are not read,
// nor is os_prefix, which depends on what the firmware finds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zprov::lint {

// Defaults: src/core/usbboot/README.md, A Zero on the wire.
struct ConfigTxt {
  std::string start = "start.elf";
  std::string fixup = "fixup.dat";
  std::string kernel = "kernel.img";
  std::string cmdline = "cmdline.txt";
  std::string device_tree;             // empty: the board's own
  bool upstream = false;               // the board's own, by kernel.org's name
  std::vector<std::string> initramfs;  // in order; empty: none
  std::vector<std::string> overlays;   // "dwc2", each once

  bool operator==(const ConfigTxt&) const = default;
};

// A section like [pi4] counts only when it means every board or a Zero.
ConfigTxt ParseConfigTxt(std::string_view text);

}  // namespace zprov::lint
