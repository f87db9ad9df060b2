// Diff of the managed files, the directories and symlinks around them, and the procedure's files
// that a mode does without.
#include <fmt/format.h>

#include "core/plan/diff_parts.h"
#include "core/render/block.h"
#include "core/render/renderers.h"

namespace zprov::plan {
namespace {

// Most files are read once, when the machine boots or a device appears.
Risk RiskOf(const std::string& path) {
  const bool is_read_each_time =
      path == "/etc/hosts" || path == "/etc/exports" || path == render::kKnownHostsPath;
  return is_read_each_time ? Risk::kLiveSafe : Risk::kNextBoot;
}

std::string ReasonForBlock(const ObservedPath& now, const render::BlockFile& file) {
  if (now.type == PathType::kAbsent) return "there is no such file yet";
  if (render::HasBlock(now.content)) {
    return "the block differs from the spec: the spec changed, or somebody edited the block";
  }
  if (render::HasProcedureLines(now.content, file)) {
    return "the procedure's own lines become zprov's block";
  }
  return "the block is not there yet";
}

std::optional<size_t> LineStartedTwice(const std::string& after, const render::BlockFile& file) {
  if (file.starts_once.empty()) return std::nullopt;
  return render::LineThatStarts(file.starts_once, after);
}

struct FileDiff {
  const DiffInput& input;
  const render::ManagedFile& file;
  const ObservedPath& now;
  Plan& plan;

  void operator()(const render::WholeFile& whole) const {
    if (!IsThere()) return Write(whole.content, whole.mode, "there is no such file yet", "");
    if (now.content == whole.content) return;
    Write(whole.content, whole.mode,
          "the content differs from the spec; a copy of the old file stays below " +
              input.desired.retired,
          input.desired.retired);
  }

  void operator()(const render::SeedFile& seed) const {
    if (IsThere()) return;
    Write(seed.content, seed.mode, "there is no such file yet; an operator's own would stay", "");
  }

  void operator()(const render::BlockFile& block) const {
    const std::string& before = IsThere() ? now.content : block.new_file;
    auto after = render::WithBlocks(before, block);
    if (!after) return plan.refusals.push_back(file.path + ": " + after.error().message);
    if (const auto line = LineStartedTwice(*after, block)) {
      return plan.refusals.push_back(fmt::format(
          "{} starts {} outside zprov's block (line {}): remove it there, so that it does not run "
          "twice",
          file.path, block.starts_once, *line));
    }
    if (*after != before) Write(std::move(*after), block.mode, ReasonForBlock(now, block), "");
  }

 private:
  bool IsThere() const { return now.type == PathType::kFile; }

  void Write(std::string after, uint32_t mode, std::string reason, std::string keep_below) const {
    WriteFile write{.path = file.path,
                    .before = std::nullopt,
                    .after = std::move(after),
                    .mode = mode,
                    .keep_below = std::move(keep_below)};
    if (IsThere()) write.before = now.content;
    plan.steps.push_back({std::move(write), std::move(reason), RiskOf(file.path)});
  }
};

void DiffManagedFile(const DiffInput& input, const render::ManagedFile& file, Plan& plan) {
  if (file.path.empty()) return;
  const ObservedPath& now = At(input.observed, file.path);
  if (now.type != PathType::kAbsent && now.type != PathType::kFile) {
    plan.refusals.push_back(
        fmt::format("{} is not a regular file, and zprov must write it: move it away", file.path));
    return;
  }
  std::visit(FileDiff{input, file, now, plan}, file.body);
}

// No export may point to nothing, not even for a moment.
bool NamesRoots(const render::ManagedFile& file) { return file.path == "/etc/exports"; }

void DiffSymlink(const MakeSymlink& link, const ObservedPath& now, Plan& plan) {
  if (now.type == PathType::kSymlink && now.target == link.target) return;
  if (now.type != PathType::kAbsent && now.type != PathType::kSymlink) {
    return plan.refusals.push_back(link.path + " is not a symlink: move it away");
  }
  plan.steps.push_back({link, "the unit starts with the host", Risk::kNextBoot});
}

}  // namespace

void DiffFiles(const DiffInput& input, Plan& plan) {
  const auto& [desired, observed, wishes] = input;
  for (const MakeDirectory& directory : desired.directories) {
    if (At(observed, directory.path).type != PathType::kAbsent) continue;
    plan.steps.push_back({directory, "a place for the node's own boot files", Risk::kLiveSafe});
  }
  for (const render::ManagedFile& file : desired.files) {
    if (!NamesRoots(file)) DiffManagedFile(input, file, plan);
  }
  for (const MakeSymlink& link : desired.symlinks) DiffSymlink(link, At(observed, link.path), plan);
  for (const render::RetiredFile& file : desired.retired_files) {
    if (At(observed, file.path).type == PathType::kAbsent) continue;
    plan.steps.push_back({RetireFile{file.path, desired.retired}, file.reason, Risk::kNextBoot});
  }
}

void DiffExports(const DiffInput& input, Plan& plan) {
  for (const render::ManagedFile& file : input.desired.files) {
    if (NamesRoots(file)) DiffManagedFile(input, file, plan);
  }
}

}  // namespace zprov::plan
