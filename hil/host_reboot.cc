#include "hil/host_reboot.h"

#include <fmt/format.h>

#include "core/generations/layout.h"
#include "engine/run_program.h"
#include "hil/node_look.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

constexpr std::string_view kNoteBegins = "zprov --hil --reboot-host 1";
constexpr uint64_t kLongestNote = 1 << 20;
constexpr std::string_view kSaidNothing = "-";

std::string WordOf(const std::string& text) {
  return text.empty() ? std::string(kSaidNothing) : text;
}
std::string TextOf(std::string_view word) { return word == kSaidNothing ? "" : std::string(word); }

// The first line, the host's boot, and a line per node: its name, its boot and its serial.
std::optional<HostReboot> ParseNote(std::string_view text) {
  const auto lines = Split(text, '\n');
  if (lines.size() < 4 || lines[0] != kNoteBegins || !lines.back().empty()) return std::nullopt;
  HostReboot note{.boot_id = std::string(lines[1]), .nodes = {}};
  for (size_t i = 2; i + 1 < lines.size(); ++i) {
    const auto words = Words(lines[i]);
    if (words.size() != 3) return std::nullopt;
    note.nodes.push_back({std::string(words[0]), TextOf(words[1]), TextOf(words[2])});
  }
  return note;
}

std::string NoteText(const HostReboot& reboot) {
  std::string text = fmt::format("{}\n{}\n", kNoteBegins, reboot.boot_id);
  for (const HostReboot::Node& node : reboot.nodes) {
    text += fmt::format("{} {} {}\n", node.name, WordOf(node.boot_id), WordOf(node.serial));
  }
  return text;
}

}  // namespace

std::string HostRebootPath(const spec::ClusterSpec& spec) {
  return generations::StateDirectory(spec) + "/hil.reboot";
}

Result<std::string> HostBootId(os::System& system) {
  constexpr uint64_t kLongest = 100;  // it is a UUID, 36 characters
  ZPROV_ASSIGN(const std::string id,
               system.files.Read("/proc/sys/kernel/random/boot_id", kLongest));
  return std::string(Trim(id));
}

Result<void> RebootHost(const Rig& rig) {
  HostReboot reboot;
  ZPROV_ASSIGN(reboot.boot_id, HostBootId(rig.system));
  ZPROV_ASSIGN(const auto looks, LookAtNodes(rig));
  for (const NodeLook& look : looks) {
    if (look.life.life != engine::Life::kUp) continue;
    HostReboot::Node node{.name = look.node->name};
    if (look.report) {
      node.boot_id = look.report->boot_id;
      node.serial = look.report->serial;
    }
    reboot.nodes.push_back(std::move(node));
  }
  if (reboot.nodes.empty()) {
    return Fail(ErrorKind::kFailed,
                "the host is not rebooted: no node runs that could come back (zprov boot)");
  }
  const std::string path = HostRebootPath(rig.spec);
  ZPROV_TRY(rig.system.files.Write(path, NoteText(reboot), 0600));
  ZPROV_TRY(rig.system.files.SyncDirectory(ParentOf(path)));
  if (auto begun = engine::RunToEnd(rig.system, {"systemctl", "reboot"}); !begun) {
    return Fail(ErrorKind::kFailed,
                "whether the host reboots is not known: " + begun.error().message +
                    "; the next zprov --hil says what came of it");
  }
  return {};
}

Result<std::optional<HostReboot>> ReadHostReboot(os::System& system,
                                                 const spec::ClusterSpec& spec) {
  const std::string path = HostRebootPath(spec);
  const auto text = system.files.Read(path, kLongestNote);
  if (!text && text.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!text) return tl::make_unexpected(text.error());
  auto note = ParseNote(*text);
  if (!note) {
    return Fail(ErrorKind::kInvalid,
                path + " was not written by this version of zprov: remove that file");
  }
  return note;
}

Result<void> ForgetHostReboot(os::System& system, const spec::ClusterSpec& spec) {
  const std::string path = HostRebootPath(spec);
  ZPROV_TRY(system.trees.Remove(path));
  return system.files.SyncDirectory(ParentOf(path));
}

}  // namespace zprov::hil
