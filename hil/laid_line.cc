#include "hil/laid_line.h"

#include "hil/run_mark.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

constexpr char kLine[] = "cmdline.txt";
constexpr uint64_t kLongestLine = 4096;  // bytes; Linux takes 1024 on ARM (COMMAND_LINE_SIZE)

std::string DirectoryOf(const Rig& rig, const spec::Node& node) {
  return JoinPath(rig.spec.storage.boot, node.usb->ToString());
}

std::string PathOf(const Rig& rig, const spec::Node& node) {
  return JoinPath(DirectoryOf(rig, node), kLine);
}

// What somebody else put there meanwhile is his.
Result<bool> IsOurs(const Rig& rig, const RunMark& mark) {
  ZPROV_ASSIGN(const auto status, rig.system.files.Status(mark.laid));
  if (!status || status->type != os::FileType::kRegular) return false;
  const auto text = rig.system.files.Read(mark.laid, kLongestLine);
  if (text) return Trim(*text) == mark.laid_line;
  const ErrorKind kind = text.error().kind;
  if (kind == ErrorKind::kNotFound || kind == ErrorKind::kTooLarge) return false;
  return tl::make_unexpected(text.error());
}

}  // namespace

Result<std::string> WhyNoLine(const Rig& rig, const spec::Node& node) {
  const std::string directory = DirectoryOf(rig, node);
  ZPROV_ASSIGN(const auto status, rig.system.files.Status(directory));
  if (!status || status->type != os::FileType::kDirectory) {
    return directory + " is no directory: zprov plan says why";
  }
  ZPROV_ASSIGN(const auto line, rig.system.files.Status(PathOf(rig, node)));
  return line ? PathOf(rig, node) + " is yours, and stays" : "";
}

Result<void> LayLine(const Rig& rig, const spec::Node& node, const std::string& line) {
  constexpr uint32_t kMode = 0644;
  ZPROV_ASSIGN(const std::string why_not, WhyNoLine(rig, node));
  if (!why_not.empty()) return Fail(ErrorKind::kExists, why_not);
  ZPROV_ASSIGN(RunMark mark, NeedRunMark(rig.system, rig.spec));
  mark.laid = PathOf(rig, node);
  mark.laid_line = Trim(line);
  ZPROV_TRY(WriteRunMark(rig.system, rig.spec, mark));
  return rig.system.files.Write(mark.laid, mark.laid_line + "\n", kMode);
}

Result<void> TakeLineAway(const Rig& rig) {
  ZPROV_ASSIGN(RunMark mark, NeedRunMark(rig.system, rig.spec));
  if (mark.laid.empty()) return {};
  ZPROV_ASSIGN(const bool is_ours, IsOurs(rig, mark));
  if (is_ours) {
    ZPROV_TRY(rig.system.trees.Remove(mark.laid));
    ZPROV_TRY(rig.system.files.SyncDirectory(ParentOf(mark.laid)));
  }
  mark.laid.clear();
  mark.laid_line.clear();
  return WriteRunMark(rig.system, rig.spec, mark);
}

}  // namespace zprov::hil
