#include "engine/generations.h"

#include "core/generations/layout.h"
#include "engine/record.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

using generations::Generation;
using generations::Store;

constexpr uint64_t kRecordLimit = 64 << 10;  // bytes

// Nothing: the generation is unfinished. What was made by hand needs no record.
Result<std::optional<generations::Record>> ReadRecord(os::System& system,
                                                      const spec::ClusterSpec& spec, int number) {
  if (number == 0) {
    generations::Record by_hand;
    by_hand.source = spec.storage.source;
    return by_hand;
  }
  const std::string path = generations::RecordPath(spec, number);
  auto text = system.files.Read(path, kRecordLimit);
  if (!text && text.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!text) return tl::make_unexpected(std::move(text).error());
  const auto record = ParseRecord(*text);
  if (!record || record->number != number) {
    return Fail(ErrorKind::kInvalid,
                path +
                    " is no record of this version of zprov: use the version that wrote it, or "
                    "remove the file so that the generation counts as unfinished");
  }
  return record;
}

// A node's directory, as told from base, boot and the files beside it.
Result<bool> HasRoot(os::System& system, const spec::ClusterSpec& spec,
                     const generations::NodeGeneration& which) {
  const std::string path = generations::NodePath(spec, which.number, which.node);
  if (path == generations::BasePath(spec, which.number)) return false;
  if (path == generations::BootPath(spec, which.number)) return false;
  const auto root = system.files.Status(generations::RootOf(spec, which.number, which.node));
  if (!root && root.error().kind == ErrorKind::kNotDirectory) return false;
  return root.map([](const auto& status) { return status.has_value(); });
}

Result<Generation> ObserveGeneration(os::System& system, const spec::ClusterSpec& spec,
                                     int number) {
  Generation generation;
  ZPROV_ASSIGN(const auto record, ReadRecord(system, spec, number));
  generation.is_finished = record.has_value();
  if (record) generation.record = *record;
  generation.record.number = number;
  ZPROV_ASSIGN(const auto names, NamesOrNone(system, generations::Directory(spec, number)));
  for (const std::string& name : names) {
    ZPROV_ASSIGN(const bool is_node, HasRoot(system, spec, {name, number}));
    if (is_node) generation.nodes.insert(name);
  }
  return generation;
}

}  // namespace

Result<std::vector<std::string>> NamesOrNone(os::System& system, const std::string& directory) {
  auto names = system.trees.List(directory);
  if (!names && names.error().kind == ErrorKind::kNotFound) return std::vector<std::string>();
  return names;
}

Result<Store> ObserveGenerations(os::System& system, const spec::ClusterSpec& spec) {
  Store store;
  ZPROV_ASSIGN(const auto numbers, NamesOrNone(system, generations::GenerationsDirectory(spec)));
  for (const std::string& name : numbers) {
    const auto number = generations::NumberOf(name);
    if (!number) continue;
    ZPROV_ASSIGN(store.generations[*number], ObserveGeneration(system, spec, *number));
  }
  ZPROV_ASSIGN(const auto nodes, NamesOrNone(system, generations::CurrentDirectory(spec)));
  for (const std::string& node : nodes) {
    const auto text = system.files.ReadSymlink(generations::CurrentPath(spec, node));
    const bool is_none = !text && (text.error().kind == ErrorKind::kInvalid ||
                                   text.error().kind == ErrorKind::kNotFound);
    if (is_none) continue;  // not ours, or a draft that is gone again
    ZPROV_TRY(text);
    if (const auto number = generations::NumberInPointer(*text, node)) {
      store.current[node] = *number;
    }
  }
  return store;
}

Result<void> WriteRecord(os::System& system, const spec::ClusterSpec& spec,
                         const generations::Record& record) {
  const std::string path = generations::RecordPath(spec, record.number);
  ZPROV_TRY(system.files.Write(path, RecordText(record), 0600));
  return system.files.SyncDirectory(ParentOf(path));
}

}  // namespace zprov::engine
