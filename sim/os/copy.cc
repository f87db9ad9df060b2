#include "sim/os/copy.h"

#include <map>

#include "sim/disk/walk.h"
#include "util/path.h"

namespace zprov::sim {

namespace {

bool IsDirectory(const Inode& inode) { return inode.type == os::FileType::kDirectory; }

class TreeCopy {
 public:
  explicit TreeCopy(Disk& disk) : disk_(disk) {}

  Result<void> Directory(const PlacedNode& from, const PlacedNode& to) {
    const Names names = disk_.Get(from.node).names;
    for (const auto& [name, entry] : names) {
      const PlacedNode source{*disk_.Child(from.node, name), JoinPath(from.path, name)};
      const Spot spot{to.node, name};
      const std::string path = JoinPath(to.path, name);
      if (IsDirectory(disk_.Get(source.node))) {
        ZPROV_TRY(SubDirectory(from.node, source, {spot, path}));
      } else {
        ZPROV_TRY(About(path, File(source.node, spot)));
      }
    }
    return Attributes(disk_.Get(from.node), to);
  }

  os::CopyReport TakeReport() { return std::move(report_); }

 private:
  struct PlacedSpot {
    Spot spot;
    std::string path;
  };

  Result<void> SubDirectory(const Node& parent, PlacedNode source, const PlacedSpot& target) {
    const Mount* over = disk_.MountOver(source.node);
    const bool enter = over == nullptr && source.node.tree == parent.tree;
    if (over != nullptr) source.node = over->root;
    auto there = disk_.Child(target.spot.directory, target.spot.name);
    if (there.has_value() && IsDirectory(disk_.Get(*there)) &&
        (there->tree != target.spot.directory.tree || disk_.MountOver(*there) != nullptr))
      return Fail(ErrorKind::kCrossDevice, target.path + ": another subvolume or file system");
    if (there.has_value() && !IsDirectory(disk_.Get(*there))) {
      if (disk_.Get(*there).modified_ns > disk_.Get(source.node).modified_ns) {
        ++report_.kept_newer;
        return {};
      }
      ZPROV_TRY(About(target.path, disk_.Remove(target.spot)));
      there.reset();
    }
    if (!there.has_value()) {
      Inode directory = disk_.Get(source.node);
      directory.names.clear();
      ZPROV_ASSIGN(there, About(target.path, disk_.Make(target.spot, std::move(directory))));
      ++report_.entries;
    }
    if (enter) return Directory(source, {*there, target.path});
    report_.not_entered.push_back(source.path);
    return Attributes(disk_.Get(source.node), {*there, target.path});
  }

  Result<void> Attributes(const Inode& source, const PlacedNode& to) {
    const Inode& now = disk_.Get(to.node);
    if (SameAttributes(source, now) && source.modified_ns == now.modified_ns) return {};
    const Inode wanted = source;
    ZPROV_ASSIGN(Inode * directory, About(to.path, disk_.Edit(to.node)));
    directory->mode = wanted.mode;
    directory->uid = wanted.uid;
    directory->gid = wanted.gid;
    directory->xattrs = wanted.xattrs;
    directory->modified_ns = wanted.modified_ns;
    return {};
  }

  Result<void> File(const Node& source, const Spot& spot) {
    const Inode wanted = disk_.Get(source);
    const auto there = disk_.Child(spot.directory, spot.name);
    const auto twin = copied_.find(source);
    if (there.has_value()) {
      const Inode& old = disk_.Get(*there);
      if (IsDirectory(old) && !old.names.empty())
        return Fail(ErrorKind::kNotEmpty, "a directory with content is in the way: move it away");
      const bool same = SameContent(wanted, old) && SameAttributes(wanted, old);
      const bool linked = twin == copied_.end() || twin->second == *there;
      const bool newer = !IsDirectory(old) && old.modified_ns > wanted.modified_ns;
      if ((same && linked) || newer) {
        if (!same) ++report_.kept_newer;
        copied_.emplace(source, *there);
        return {};
      }
    }
    return Put(source, spot);
  }

  // Whatever is at the spot may go.
  Result<void> Put(const Node& source, const Spot& spot) {
    const auto there = disk_.Child(spot.directory, spot.name);
    const auto twin = copied_.find(source);
    if (there.has_value() && (twin != copied_.end() || IsDirectory(disk_.Get(*there))))
      ZPROV_TRY(disk_.Remove(spot));
    ++report_.entries;
    if (twin != copied_.end()) return disk_.Link(spot, twin->second);
    Inode copy = disk_.Get(source);
    copy.content_synced = false;
    report_.bytes += copy.type == os::FileType::kRegular ? copy.content->size() : 0;
    if (source.volume != spot.directory.volume && copy.content != nullptr)
      copy.content = std::make_shared<const std::string>(*copy.content);
    ZPROV_ASSIGN(const Node made, disk_.Replace(spot, std::move(copy)));
    copied_.emplace(source, made);
    return {};
  }

  Disk& disk_;
  os::CopyReport report_;
  std::map<Node, Node> copied_;  // files of the source and what they became
};

}  // namespace

Result<os::CopyReport> CopyTree(Disk& disk, const PlacedNode& from, const PlacedNode& to) {
  TreeCopy copy(disk);
  ZPROV_TRY(copy.Directory(from, to));
  return copy.TakeReport();
}

bool SameContent(const Inode& a, const Inode& b) {
  if (a.type != b.type || a.device != b.device) return false;
  if (a.content == b.content) return true;
  return a.content != nullptr && b.content != nullptr && *a.content == *b.content;
}

bool SameAttributes(const Inode& a, const Inode& b) {
  return a.mode == b.mode && a.uid == b.uid && a.gid == b.gid && a.xattrs == b.xattrs &&
         (a.type == os::FileType::kDirectory || a.modified_ns == b.modified_ns);
}

}  // namespace zprov::sim
