// Which file answers which name, and what it means when none does. Rules only; nothing is read.
// Source: README.md of this folder, "File-server stage".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/net.h"

namespace zprov::usbboot {

struct Places {
  std::string directory;   // the operator's: rpiboot's "-d DIR"
  PortPath port;           // where the board is
  std::string chip;        // Chip::directory
  std::string generation;  // the boot set of the node's generation; empty: there is none
};

// The directories in which `name` is looked for, first the one that wins.
std::vector<std::string> DirectoriesFor(const Places& places, std::string_view name);

// What is made for a node when no directory has it.
enum class Rendered { kCommandLine, kConfig };
std::optional<Rendered> RenderedFor(std::string_view name);

// cmdline.txt, also of a prefix that config.txt names.
bool IsCommandLine(std::string_view name);

// The command line with the boot's nonce as the last word of its first line, all that the firmware
// takes of it.
std::string WithNonce(std::string_view command_line, std::string_view nonce);

enum class Miss {
  kExpected,    // the firmware asks for it and does well without
  kSuspicious,  // a boot that fails may fail for want of it
};
Miss Judge(std::string_view missing_name);

}  // namespace zprov::usbboot
