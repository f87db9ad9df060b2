#include "hil/console_ears.h"

#include "engine/run_program.h"

namespace zprov::hil {
namespace {

// Devices that are no serial ports (a pipe of a machine in QEMU) have no speed to set.
void SetSpeed(const Rig& rig, const std::string& device) {
  static_cast<void>(
      engine::RunToEnd(rig.system, {"stty", "-F", device, "115200", "raw", "-echo", "-crtscts"}));
}

}  // namespace

Result<std::unique_ptr<ConsoleEars>> ConsoleEars::ListenTo(
    const Rig& rig, const std::vector<std::string>& devices) {
  std::unique_ptr<ConsoleEars> ears(new ConsoleEars(*rig.programs));
  for (const std::string& device : devices) {
    SetSpeed(rig, device);
    ZPROV_ASSIGN(ears->readers_[device], rig.programs->Start({"cat", device}));
  }
  return ears;
}

ConsoleEars::~ConsoleEars() {
  for (const auto& [device, reader] : readers_) programs_.Stop(reader);
}

const std::string& ConsoleEars::HeardFrom(const std::string& device) const {
  return programs_.SaidBy(readers_.at(device));
}

bool ConsoleEars::IsDead(const std::string& device) const {
  return programs_.ExitOf(readers_.at(device)).has_value();
}

std::string NodeHeardIn(const std::string& said) {
  constexpr std::string_view kWord = " zprov.node=";
  const size_t at = said.rfind(kWord);
  if (at == std::string::npos) return "";
  const size_t begin = at + kWord.size();
  const size_t end = said.find_first_of(" \r\n", begin);
  return end == std::string::npos ? "" : said.substr(begin, end - begin);
}

}  // namespace zprov::hil
