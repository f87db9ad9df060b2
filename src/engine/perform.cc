#include "engine/perform.h"

#include <fmt/format.h>

#include "core/plan/describe.h"
#include "core/plan/desired.h"
#include "engine/commit.h"
#include "engine/home_move.h"
#include "engine/links/set_up.h"
#include "engine/make_directories.h"
#include "engine/new_generation.h"
#include "engine/observe.h"
#include "engine/run_program.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

// A copy of `content` below `keep_below`, at the file's own path; a name already taken by another
// content gets a number. Synced: what is removed next is kept for certain.
Result<void> Keep(os::System& system, const std::string& keep_below, const std::string& path,
                  const std::string& content) {
  const std::string wanted = JoinPath(keep_below, path);
  ZPROV_TRY(MakeDirectories(system, ParentOf(wanted), 0700));
  for (int number = 0;; ++number) {
    const std::string name = number == 0 ? wanted : fmt::format("{}.{}", wanted, number);
    ZPROV_ASSIGN(const auto status, system.files.Status(name));
    if (status) {
      ZPROV_ASSIGN(const std::string kept, system.files.Read(name, kManagedFileLimit));
      if (kept != content) continue;
    } else {
      ZPROV_TRY(system.files.Write(name, content, 0600));
    }
    return system.trees.Sync(keep_below);
  }
}

// Somebody may have edited the file since the plan was made: a move of /home in between takes
// minutes.
Result<void> ExpectUnchanged(os::System& system, const plan::WriteFile& step) {
  std::optional<std::string> now;
  auto content = system.files.Read(step.path, kManagedFileLimit);
  if (content) {
    now = std::move(*content);
  } else if (content.error().kind != ErrorKind::kNotFound) {
    return tl::make_unexpected(std::move(content).error());
  }
  if (now == step.before) return {};
  return Fail(ErrorKind::kBusy,
              "somebody else changed it meanwhile; nothing was written: apply again");
}

// Each alternative of plan::Action has its own operator(); a new one does not compile without.
struct Performer {
  os::System& system;
  const Acting& acting;

  Result<void> operator()(const plan::MakeDirectory& step) const {
    return MakeDirectories(system, step.path, step.mode);
  }

  Result<void> operator()(const plan::MakeSubvolume& step) const {
    ZPROV_TRY(MakeDirectories(system, ParentOf(step.path), 0755));
    return system.btrfs.Create(step.path, step.mode);
  }

  Result<void> operator()(const plan::WriteFile& step) const {
    ZPROV_TRY(ExpectUnchanged(system, step));
    if (!step.keep_below.empty() && step.before) {
      ZPROV_TRY(Keep(system, step.keep_below, step.path, *step.before));
    }
    ZPROV_TRY(MakeDirectories(system, ParentOf(step.path), 0755));
    return system.files.Write(step.path, step.after, step.mode);
  }

  Result<void> operator()(const plan::RetireFile& step) const {
    ZPROV_ASSIGN(const auto status, system.files.Status(step.path));
    if (!status) return {};
    if (status->type == os::FileType::kRegular) {
      ZPROV_ASSIGN(const std::string content, system.files.Read(step.path, kManagedFileLimit));
      ZPROV_TRY(Keep(system, step.keep_below, step.path, content));
    }
    return system.trees.Remove(step.path);
  }

  Result<void> operator()(const plan::MakeSymlink& step) const {
    ZPROV_TRY(MakeDirectories(system, ParentOf(step.path), 0755));
    return system.files.ReplaceSymlink(step.path, step.target);
  }

  Result<void> operator()(const plan::MoveHome& step) const {
    return PerformMoveHome(system, step);
  }

  Result<void> operator()(const plan::DropOldHome& step) const {
    return PerformDropOldHome(system, step.move);
  }

  Result<void> operator()(const plan::AdoptRoot& step) const {
    const std::string generation = plan::GenerationZero(step);
    const std::string pointer = plan::CurrentPointer(step);
    ZPROV_TRY(MakeDirectories(system, generation, 0755));
    ZPROV_TRY(Link(JoinPath(generation, "root"), step.root));
    if (!step.boot.empty()) ZPROV_TRY(Link(JoinPath(generation, "boot"), step.boot));
    ZPROV_TRY(MakeDirectories(system, ParentOf(pointer), 0755));
    return Link(pointer, generation);
  }

  Result<void> operator()(const plan::MakeGeneration& step) const {
    NewGeneration wanted{.number = step.number, .moves = {}, .store = {}};
    for (const std::string& node : step.nodes) wanted.moves.push_back({node, -1, step.number});
    ZPROV_ASSIGN(const Run run, BuildRun(system, acting.spec, wanted, acting.notice));
    return Commit(system, acting.spec, run, {.exports = Exports::kByCaller}).map([](const Kept&) {
    });
  }

  Result<void> operator()(const plan::SetUpBridge& step) const {
    return SetUp(system.live->netlink, step);
  }

  Result<void> operator()(const plan::SetUpLink& step) const {
    return SetUp(system.live->netlink, step);
  }

  Result<void> operator()(const plan::RunProgram& step) const {
    return RunToEnd(system, step.argv);
  }

 private:
  Result<void> Link(const std::string& path, const std::string& to) const {
    return system.files.ReplaceSymlink(path, RelativeTarget(path, to));
  }
};

}  // namespace

Result<void> Perform(const Acting& acting, const plan::Action& action) {
  auto done = std::visit(Performer{acting.system, acting}, action);
  if (!done) return While(plan::Title(action), std::move(done).error());
  return {};
}

}  // namespace zprov::engine
