// The cable's command line. What it does is run.h.
#include <charconv>
#include <chrono>
#include <iostream>
#include <string_view>

#include "vm/cable/run.h"
#include "vm/cable/stamp.h"

namespace {

constexpr std::string_view kUsage =
    "Usage: zprov-cable SOCKET DIRECTORY PORT SEED\n"
    "A Zero behind a USB port of a QEMU machine, which connects to SOCKET (-device usb-redir). "
    "What\n"
    "it is served, and its console, are in DIRECTORY. PORT (\"1-1\") and SEED decide when it does "
    "what.\n";

}  // namespace

int main(int argc, char** argv) {
  zprov::vm::RunOptions options;
  const auto port = argc == 5 ? zprov::PortPath::Parse(argv[3]) : std::nullopt;
  const std::string_view seed = argc == 5 ? argv[4] : "";
  const auto [end, error] = std::from_chars(seed.data(), seed.data() + seed.size(), options.seed);
  if (!port || error != std::errc() || end != seed.data() + seed.size()) {
    std::cerr << kUsage;
    return 2;
  }
  options.socket = argv[1];
  options.directory = argv[2];
  options.port = *port;
  const auto say = [](const std::string& line) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    std::cerr << zprov::vm::Stamp(now) + " " + line + "\n";
  };
  const auto ran = zprov::vm::RunCable(options, say);
  if (ran) return 0;
  say(ran.error().message);
  return 1;
}
