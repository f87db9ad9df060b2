#include "engine/commit.h"

#include "core/generations/layout.h"
#include "engine/generations.h"
#include "engine/make_directories.h"
#include "engine/settle.h"
#include "engine/take_over.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

constexpr uint64_t kRunLimit = 16 << 20;  // bytes; a line for each of thousands of nodes

Result<void> WriteRun(os::System& system, const spec::ClusterSpec& spec, const Run& run) {
  ZPROV_TRY(MakeDirectories(system, generations::CurrentDirectory(spec), 0755));
  const std::string path = generations::RunPath(spec);
  ZPROV_TRY(system.files.Write(path, RunText(run), 0600));
  return system.files.SyncDirectory(ParentOf(path));
}

Result<void> MovePointers(os::System& system, const spec::ClusterSpec& spec, const Run& run) {
  for (const generations::Move& move : run.moves) {
    ZPROV_TRY(system.files.ReplaceSymlink(generations::CurrentPath(spec, move.node),
                                          generations::PointerText(move.to, move.node)));
  }
  return system.files.SyncDirectory(generations::CurrentDirectory(spec));
}

// Everything after run.json is on disk; each part can be repeated.
Result<void> CarryOut(os::System& system, const spec::ClusterSpec& spec, const Run& run,
                      Exports exports) {
  if (run.record) ZPROV_TRY(WriteRecord(system, spec, *run.record));
  if (exports == Exports::kNow) ZPROV_TRY(SettleExports(system, spec, {}));
  ZPROV_TRY(MovePointers(system, spec, run));
  bool has_moved_roots = false;
  for (const generations::Move& move : run.moves) {
    ZPROV_ASSIGN(const bool has_moved, TakeOver(system, spec, move.node));
    has_moved_roots |= has_moved;
  }
  // Compatibly the exports name /x/s0, which the NFS server resolved when it was told of them.
  const bool is_stale = has_moved_roots || spec.mode == spec::Mode::kCompatible;
  if (is_stale && exports == Exports::kNow) ZPROV_TRY(SettleExports(system, spec, {}));
  ZPROV_TRY(system.trees.Remove(generations::RunPath(spec)));
  return system.files.SyncDirectory(ParentOf(generations::RunPath(spec)));
}

}  // namespace

Result<void> Commit(os::System& system, const spec::ClusterSpec& spec, const Run& run,
                    Exports exports) {
  ZPROV_TRY(WriteRun(system, spec, run));
  return CarryOut(system, spec, run, exports);
}

Result<std::optional<Run>> InterruptedRun(os::System& system, const spec::ClusterSpec& spec) {
  const std::string path = generations::RunPath(spec);
  auto text = system.files.Read(path, kRunLimit);
  if (!text && text.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!text) return tl::make_unexpected(std::move(text).error());
  auto run = ParseRun(*text);
  if (run) return run;
  return Fail(ErrorKind::kInvalid,
              path +
                  " is no run of this version of zprov: finish the interrupted run with the "
                  "version that wrote it");
}

Result<void> Recover(os::System& system, const spec::ClusterSpec& spec) {
  ZPROV_ASSIGN(const auto run, InterruptedRun(system, spec));
  if (!run) return {};
  return CarryOut(system, spec, *run, Exports::kNow);
}

}  // namespace zprov::engine
