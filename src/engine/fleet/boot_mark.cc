#include "engine/fleet/boot_mark.h"

#include <fmt/format.h>

#include "core/generations/layout.h"
#include "engine/boots/boot_ring.h"
#include "engine/make_directories.h"
#include "engine/node_reports.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::engine {
namespace {

constexpr uint64_t kLongestMark = 8192;  // bytes: a nonce, a number, a path
constexpr const char* kHalted = "halted\n";
constexpr const char* kPowerCut = "power cut\n";
constexpr const char* kPowerGiven = "power given\n";

bool HasMark(os::System& system, const std::string& node, std::string_view words) {
  const auto text = system.files.Read(JoinPath(kBootMarks, node), kLongestMark);
  return text && *text == words;
}

bool IsCurrent(os::System& system, const spec::ClusterSpec& spec, const std::string& node,
               std::optional<int> generation) {
  const auto pointer = system.files.ReadSymlink(generations::CurrentPath(spec, node));
  return generation && pointer && generations::NumberInPointer(*pointer, node) == generation;
}

// Whether that boot has mounted the root, or reported from it where the mount was never told.
bool KnowsBoot(os::System& system, const std::string& root, const std::string& nonce) {
  const auto mounted = MountedNonce(system, root);
  if (mounted && *mounted == nonce) return true;
  const auto report = ReadBootReport(system, root, nonce);
  return report && report->has_value();
}

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
  return HasMark(system, node, kHalted);
}

Result<void> MarkPowerCut(os::System& system, const std::string& node) {
  return system.files.Write(JoinPath(kBootMarks, node), kPowerCut, 0600);
}

bool IsMarkedPowerCut(os::System& system, const std::string& node) {
  return HasMark(system, node, kPowerCut);
}

Result<void> MarkPowerGiven(os::System& system, const std::string& node) {
  return system.files.Write(JoinPath(kBootMarks, node), kPowerGiven, 0600);
}

std::optional<BootMark> ReadBootMark(os::System& system, const std::string& node) {
  const auto text = system.files.Read(JoinPath(kBootMarks, node), kLongestMark);
  if (!text) return std::nullopt;
  const auto lines = Split(*text, '\n');
  if (lines.size() != 4 || !IsNonce(lines[0])) return std::nullopt;
  return BootMark{std::string(lines[0]), generations::NumberOf(std::string(lines[1])),
                  std::string(lines[2])};
}

std::optional<BootMark> ReadUnfinishedMark(os::System& system, const spec::ClusterSpec& spec,
                                           const std::string& node) {
  auto mark = ReadBootMark(system, node);
  if (!mark || mark->root.empty()) return std::nullopt;
  const auto mounted = MountedNonce(system, mark->root);
  const bool has_run = !mounted || *mounted == mark->nonce;
  if (has_run || !IsCurrent(system, spec, node, mark->generation)) return std::nullopt;
  return mark;
}

std::optional<BootMark> FindMovedBoot(os::System& system, const spec::ClusterSpec& spec,
                                      const std::string& node, const BootMark& mark) {
  if (spec.mode == spec::Mode::kNative) return std::nullopt;
  const auto pointer = system.files.ReadSymlink(generations::CurrentPath(spec, node));
  const auto current = pointer ? generations::NumberInPointer(*pointer, node) : std::nullopt;
  if (!current || current == mark.generation) return std::nullopt;
  const auto root = system.files.Resolve(generations::RootOf(spec, *current, node));
  if (!root || !KnowsBoot(system, *root, mark.nonce)) return std::nullopt;
  return BootMark{mark.nonce, current, *root, mark.is_sure};
}

std::optional<BootMark> RecallBoot(os::System& system, const spec::ClusterSpec& spec,
                                   const std::string& node) {
  const auto latest = ReadLatestBoot(system, spec, node);
  if (!latest || !*latest || !(*latest)->generation || !IsNonce((*latest)->nonce)) {
    return std::nullopt;
  }
  const int generation = *(*latest)->generation;
  const auto root = system.files.Resolve(generations::RootOf(spec, generation, node));
  if (!root) return std::nullopt;
  return BootMark{(*latest)->nonce, generation, *root, IsCurrent(system, spec, node, generation)};
}

}  // namespace zprov::engine
