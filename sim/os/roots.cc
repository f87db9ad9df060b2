#include "sim/os/roots.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "util/path.h"

namespace zprov::sim {

namespace {

// An entry below the top of a walk.
struct Visited {
  Node node;
  std::string path;  // relative to the top
  // Of another subvolume or file system, or a stub: not entered.
  bool foreign = false;
};

// Whether to go on below a directory.
enum class Below { kEnter, kLeaveOut };

using Visit = std::function<Below(const Visited&)>;

std::string Relative(const std::string& directory, const std::string& name) {
  std::string path = directory;
  if (!path.empty()) path += '/';
  path += name;
  return path;
}

void WalkBelow(const Disk& disk, const Node& directory, const std::string& path,
               const Visit& visit) {
  for (const auto& [name, entry] : disk.Get(directory).names) {
    const Node child = *disk.Child(directory, name);
    const Mount* over = disk.MountOver(child);
    Visited visited{over == nullptr ? child : over->root, Relative(path, name),
                    over != nullptr || child.tree != directory.tree || child.IsStub()};
    const Below below = visit(visited);
    const bool is_directory = disk.Get(visited.node).type == os::FileType::kDirectory;
    if (is_directory && !visited.foreign && below == Below::kEnter)
      WalkBelow(disk, child, visited.path, visit);
  }
}

// Two FNV-1a of 64 bits with different bases: enough to tell trees of a simulation apart.
class Digest {
 public:
  void Add(std::string_view text) {
    Mix(text);
    Mix(fmt::format("/{};", text.size()));  // so that "ab", "c" is not "a", "bc"
  }

  std::string Text() const { return fmt::format("{:016x}{:016x}", first_, second_); }

 private:
  static constexpr uint64_t kPrime = 0x100000001b3;  // FNV, 64 bits

  void Mix(std::string_view text) {
    for (char c : text) {
      first_ = (first_ ^ static_cast<unsigned char>(c)) * kPrime;
      second_ = (second_ ^ static_cast<unsigned char>(c)) * kPrime;
    }
  }

  uint64_t first_ = 0xcbf29ce484222325;  // FNV's offset basis
  uint64_t second_ = 0x6c62272e07bb0142;
};

void AddTo(Digest& digest, const Inode& inode) {
  digest.Add(fmt::format("{} {:o} {}:{} {:x}", static_cast<int>(inode.type), inode.mode, inode.uid,
                         inode.gid, inode.device));
  digest.Add(inode.content == nullptr ? "" : *inode.content);
  for (const auto& [name, value] : inode.xattrs) {
    digest.Add(name);
    digest.Add(value);
  }
}

bool IsLeftOut(const std::string& path, const std::vector<std::string>& without) {
  return std::ranges::any_of(
      without, [&](const std::string& tree) { return IsBelow("/" + path, "/" + tree); });
}

void KeepLargest(std::vector<os::ChangedFile>& files, uint64_t most) {
  std::ranges::sort(files, [](const os::ChangedFile& a, const os::ChangedFile& b) {
    return a.bytes != b.bytes ? a.bytes > b.bytes : a.path < b.path;
  });
  if (files.size() > most) files.resize(static_cast<size_t>(most));
}

}  // namespace

InsideRoot::InsideRoot(const View& view) : files_(view), trees_(view) {}

Result<std::unique_ptr<os::InsideRoot>> Roots::Open(std::string_view path) {
  ZPROV_ASSIGN(const Found found, view_.Directory(path, Last::kKeep));
  return std::make_unique<InsideRoot>(view_.Inside(found));
}

Result<std::vector<std::string>> Roots::Stubs(std::string_view path) {
  ZPROV_ASSIGN(const Found found, view_.Directory(path, Last::kKeep));
  std::vector<std::string> stubs;
  WalkBelow(view_.disk(), *found.node, "", [&](const Visited& visited) {
    if (visited.node.IsStub()) stubs.push_back(visited.path);
    return Below::kEnter;
  });
  std::ranges::sort(stubs);
  return stubs;
}

Result<void> Roots::CopyAttributes(std::string_view from, std::string_view to) {
  ZPROV_ASSIGN(const Found source, view_.Directory(from, Last::kKeep));
  ZPROV_ASSIGN(const Found target, view_.Directory(to, Last::kKeep));
  if (target.mount != nullptr && target.mount->access == os::Access::kReadOnly)
    return Fail(ErrorKind::kReadOnly, std::string(to) + ": mounted read-only: remount it writable");
  const Inode attributes = view_.disk().Get(*source.node);
  ZPROV_ASSIGN(Inode * directory, About(to, view_.disk().Edit(*target.node)));
  directory->uid = attributes.uid;
  directory->gid = attributes.gid;
  directory->mode = attributes.mode;
  directory->xattrs = attributes.xattrs;
  return {};
}

Result<std::string> Roots::ContentHash(std::string_view path) {
  ZPROV_ASSIGN(const Found found, view_.Directory(path, Last::kKeep));
  Digest digest;
  AddTo(digest, view_.disk().Get(*found.node));
  WalkBelow(view_.disk(), *found.node, "", [&](const Visited& visited) {
    digest.Add(visited.path);
    AddTo(digest, view_.disk().Get(visited.node));
    return Below::kEnter;
  });
  return digest.Text();
}

Result<os::Changes> Roots::ChangedSince(std::string_view path, const os::ChangesQuery& query) {
  ZPROV_ASSIGN(const Found found, view_.Directory(path, Last::kKeep));
  os::Changes changes;
  WalkBelow(view_.disk(), *found.node, "", [&](const Visited& visited) {
    if (IsLeftOut(visited.path, query.without)) return Below::kLeaveOut;
    const Inode& inode = view_.disk().Get(visited.node);
    if (inode.type == os::FileType::kDirectory || inode.changed_ns <= query.since_ns)
      return Below::kEnter;
    const uint64_t bytes = inode.type == os::FileType::kRegular ? inode.Size() : 0;
    ++changes.count;
    changes.bytes += bytes;
    changes.largest.push_back({visited.path, bytes});
    return Below::kEnter;
  });
  KeepLargest(changes.largest, query.most);
  return changes;
}

}  // namespace zprov::sim
