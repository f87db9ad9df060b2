#include "engine/commit.h"

#include <algorithm>

#include "core/generations/layout.h"
#include "engine/generations.h"
#include "engine/guards.h"
#include "engine/liveness.h"
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

Result<bool> IsSymlink(os::System& system, const std::string& path) {
  ZPROV_ASSIGN(const auto status, system.files.Status(path));
  return status && status->type == os::FileType::kSymlink;
}

Result<void> Point(os::System& system, const spec::ClusterSpec& spec, const std::string& node,
                   int number) {
  return system.files.ReplaceSymlink(generations::CurrentPath(spec, node),
                                     generations::PointerText(number, node));
}

// Who loses its root when its pointer moves now. A node without a pointer has none to lose.
Kept InTheWay(os::System& system, const spec::ClusterSpec& spec, const Run& run,
              const Manner& manner) {
  Kept kept;
  const bool is_none_to_lose =
      std::ranges::none_of(run.moves, [](const generations::Move& move) { return move.from >= 0; });
  if (spec.mode == spec::Mode::kNative || is_none_to_lose) return kept;
  const auto lives = GlanceAtLives(system, spec, manner.assume_down);
  for (const generations::Move& move : run.moves) {
    const auto life = lives.find(move.node);
    if (move.from < 0 || life == lives.end()) continue;
    if (auto why = WhyNotMoved(spec, move.node, life->second)) kept.emplace(move.node, *why);
  }
  return kept;
}

// How far an interrupted run had come with a node.
enum class Way {
  kNotBegun,
  kPointed,  // its pointer has moved, and what a hand made may be in the way still
  kArrived,  // what it mounts is of the run's generation
};

Result<Way> WayOf(os::System& system, const spec::ClusterSpec& spec,
                  const generations::Move& move) {
  const auto text = system.files.ReadSymlink(generations::CurrentPath(spec, move.node));
  const bool is_none = !text && (text.error().kind == ErrorKind::kNotFound ||
                                 text.error().kind == ErrorKind::kInvalid);  // no pointer of ours
  if (is_none) return Way::kNotBegun;
  ZPROV_TRY(text);
  if (generations::NumberInPointer(*text, move.node) != move.to) return Way::kNotBegun;
  ZPROV_ASSIGN(const bool is_ours, IsSymlink(system, generations::StablePath(spec, move.node)));
  return is_ours ? Way::kArrived : Way::kPointed;
}

using Ways = std::map<std::string, Way>;

// Empty natively, where nobody is kept.
Result<Ways> WaysOf(os::System& system, const spec::ClusterSpec& spec, const Run& run) {
  Ways ways;
  if (spec.mode == spec::Mode::kNative) return ways;
  for (const generations::Move& move : run.moves) {
    ZPROV_ASSIGN(ways[move.node], WayOf(system, spec, move));
  }
  return ways;
}

Result<void> MovePointers(os::System& system, const spec::ClusterSpec& spec, const Run& run,
                          const Kept& kept) {
  for (const generations::Move& move : run.moves) {
    if (!kept.contains(move.node)) ZPROV_TRY(Point(system, spec, move.node, move.to));
  }
  return system.files.SyncDirectory(generations::CurrentDirectory(spec));
}

// Whoever of `kept` has not arrived, and so cannot have mounted the new root.
std::vector<generations::Move> NotArrived(const Run& run, const Kept& kept, const Ways& ways) {
  std::vector<generations::Move> moves;
  for (const generations::Move& move : run.moves) {
    const bool goes_back = kept.contains(move.node) && ways.at(move.node) != Way::kArrived;
    if (goes_back) moves.push_back(move);
  }
  return moves;
}

Result<void> MoveBack(os::System& system, const spec::ClusterSpec& spec,
                      const std::vector<generations::Move>& moves) {
  if (moves.empty()) return {};
  for (const generations::Move& move : moves) {
    ZPROV_TRY(Point(system, spec, move.node, move.from));
  }
  return system.files.SyncDirectory(generations::CurrentDirectory(spec));
}

// True when what was made by hand became generation 0 of some node.
Result<bool> TakeOverEach(os::System& system, const spec::ClusterSpec& spec,
                          const std::vector<std::string>& nodes) {
  bool has_moved_roots = false;
  for (const std::string& node : nodes) {
    ZPROV_ASSIGN(const bool has_moved, TakeOver(system, spec, node));
    has_moved_roots |= has_moved;
  }
  return has_moved_roots;
}

// But for those that were not begun and stay where they are.
std::vector<std::string> Begun(const Run& run, const Kept& kept, const Ways& ways) {
  std::vector<std::string> nodes;
  for (const generations::Move& move : run.moves) {
    const bool is_left_out = kept.contains(move.node) && ways.at(move.node) == Way::kNotBegun;
    if (!is_left_out) nodes.push_back(move.node);
  }
  return nodes;
}

// Everything after run.json is on disk; each part can be repeated.
Result<Kept> CarryOut(os::System& system, const spec::ClusterSpec& spec, const Run& run,
                      const Manner& manner) {
  if (run.record) ZPROV_TRY(WriteRecord(system, spec, *run.record));
  const bool tells_server = manner.exports == Exports::kNow;
  if (tells_server) ZPROV_TRY(SettleExports(system, spec, {}));
  ZPROV_ASSIGN(const Ways ways, WaysOf(system, spec, run));
  Kept kept = InTheWay(system, spec, run, manner);
  ZPROV_TRY(MovePointers(system, spec, run, kept));
  ZPROV_ASSIGN(const bool has_moved_roots, TakeOverEach(system, spec, Begun(run, kept, ways)));
  kept.merge(InTheWay(system, spec, run, manner));
  ZPROV_TRY(MoveBack(system, spec, NotArrived(run, kept, ways)));
  // Compatibly the exports name /x/s0, which the NFS server resolved when it was told of them.
  const bool is_stale = has_moved_roots || spec.mode == spec::Mode::kCompatible;
  if (is_stale && tells_server) ZPROV_TRY(SettleExports(system, spec, {}));
  ZPROV_TRY(system.trees.Remove(generations::RunPath(spec)));
  ZPROV_TRY(system.files.SyncDirectory(ParentOf(generations::RunPath(spec))));
  return kept;
}

}  // namespace

Result<Kept> Commit(os::System& system, const spec::ClusterSpec& spec, const Run& run,
                    const Manner& manner) {
  ZPROV_TRY(WriteRun(system, spec, run));
  return CarryOut(system, spec, run, manner);
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
  return CarryOut(system, spec, *run, {}).map([](const Kept&) {});
}

}  // namespace zprov::engine
