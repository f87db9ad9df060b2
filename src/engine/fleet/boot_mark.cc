#include "engine/fleet/boot_mark.h"

#include <fmt/format.h>

#include "core/generations/layout.h"
#include "engine/make_directories.h"
#include "engine/node_reports.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::engine {
namespace {

constexpr uint64_t kLongestMark = 8192;  // bytes: a nonce, a number, a path
constexpr const char* kHalted = "halted\n";

}  // namespace

Result<void> MakeRoomForBootMarks(os::System& system) {
  return MakeDirectories(system, kBootMarks, 0755);
}

Result<void> WriteBootMark(os::System& system, const std::string& node, const BootMark& mark) {
  const std::string generation = mark.generation ? fmt::format("{}", *mark.generation) : "-";
  return system.files.Write(JoinPath(kBootMarks, node),
                            fmt::format("{}\n{}\n{}\n", mark.nonce, generation, mark.root), 0600);
}

Result<void> MarkHalted(os::System& system, const std::string& node) {
  return system.files.Write(JoinPath(kBootMarks, node), kHalted, 0600);
}

bool IsMarkedHalted(os::System& system, const std::string& node) {
  const auto text = system.files.Read(JoinPath(kBootMarks, node), kLongestMark);
  return text && *text == kHalted;
}

std::optional<BootMark> ReadBootMark(os::System& system, const std::string& node) {
  const auto text = system.files.Read(JoinPath(kBootMarks, node), kLongestMark);
  if (!text) return std::nullopt;
  const auto lines = Split(*text, '\n');
  if (lines.size() != 4 || !IsNonce(lines[0])) return std::nullopt;
  return BootMark{std::string(lines[0]), generations::NumberOf(std::string(lines[1])),
                  std::string(lines[2])};
}

}  // namespace zprov::engine
