#include "sim/disk/walk.h"

#include <boost/container/small_vector.hpp>

#include "util/path.h"

namespace zprov::sim {

namespace {

constexpr int kMaxSymlinks = 40;  // MAXSYMLINKS of the kernel

// One walk: the directories from the root down to where it stands, and the names still to go. What
// is walked must outlive it, and the disk stay as it is.
class Walker {
 public:
  Walker(const Disk& disk, const Level& root) : disk_(disk) { levels_.push_back(root); }

  Result<void> Go(std::string_view path, Last last) {
    Prepend(path);
    while (!to_go_.empty()) {
      const std::string_view name = to_go_.back();
      to_go_.pop_back();
      ZPROV_TRY(Step(name, last));
    }
    return {};
  }

  const auto& levels() const { return levels_; }
  std::optional<std::string_view> missing() const { return missing_; }

 private:
  static constexpr size_t kUsualDepth = 12;  // deeper paths cost an allocation

  void Prepend(std::string_view path) {
    while (!path.empty()) {
      const size_t begin = path.rfind('/') + 1;  // 0 when there is none
      const std::string_view part = path.substr(begin);
      if (!part.empty() && part != ".") to_go_.push_back(part);
      path = path.substr(0, begin == 0 ? 0 : begin - 1);
    }
  }

  Result<void> Step(std::string_view name, Last last) {
    const Level at = levels_.back();
    if (missing_) return Fail(ErrorKind::kNotFound, "no such directory");
    if (disk_.Get(at.node).type != os::FileType::kDirectory)
      return Fail(ErrorKind::kNotDirectory, "'" + std::string(at.name) + "' is no directory");
    if (name == "..") {
      if (levels_.size() > 1) levels_.pop_back();
      return {};
    }
    const auto child = disk_.Child(at.node, name);
    if (!child) {
      missing_ = name;
      return {};
    }
    const Inode& inode = disk_.Get(*child);
    if (inode.type == os::FileType::kSymlink && (!to_go_.empty() || last == Last::kFollow))
      return Follow(*inode.content);
    const Mount* over = disk_.MountOver(*child);
    levels_.push_back({over == nullptr ? *child : over->root, name,
                       over == nullptr ? at.mount : over, over != nullptr});
    return {};
  }

  Result<void> Follow(std::string_view target) {
    if (++symlinks_ > kMaxSymlinks)
      return Fail(ErrorKind::kInvalid, "its symlinks go round in a circle: repair one of them");
    if (target.starts_with('/')) levels_.erase(levels_.begin() + 1, levels_.end());
    Prepend(target);
    return {};
  }

  const Disk& disk_;
  boost::container::small_vector<Level, kUsualDepth> levels_;
  boost::container::small_vector<std::string_view, kUsualDepth> to_go_;  // last first
  std::optional<std::string_view> missing_;
  int symlinks_ = 0;
};

Found Describe(const Walker& walker) {
  const auto& levels = walker.levels();
  Found found;
  for (size_t i = 1; i < levels.size(); ++i) {
    found.path.append("/").append(levels[i].name);
    if (levels[i].mounted_here) found.mount_path = found.path;
  }
  found.mount = levels.back().mount;
  if (const auto missing = walker.missing()) {
    found.spot = {levels.back().node, std::string(*missing)};
    found.path.append("/").append(*missing);
    found.directory_mount = found.mount;
    return found;
  }
  found.node = levels.back().node;
  found.is_mount_point = levels.size() == 1 || levels.back().mounted_here;
  if (levels.size() == 1) {
    found.path = "/";
  } else {
    found.spot = {levels[levels.size() - 2].node, std::string(levels.back().name)};
    found.directory_mount = levels[levels.size() - 2].mount;
  }
  return found;
}

}  // namespace

View View::Inside(const Found& found) const {
  View inside(*disk_, root_ == "/" ? found.path : root_ + (found.path == "/" ? "" : found.path));
  inside.fixed_ = {*found.node, found.mount};
  return inside;
}

Result<Level> View::RootLevel() const {
  if (fixed_ && disk_->Exists(fixed_->node)) return Level{fixed_->node, "", fixed_->mount, false};
  if (fixed_) return Fail(ErrorKind::kNotFound, root_ + ": it was deleted");
  const Level top{disk_->Root(), "", nullptr, false};
  if (root_ == "/") return top;
  Walker to_root(*disk_, top);
  ZPROV_TRY(About(root_, to_root.Go(root_, Last::kFollow)));
  if (to_root.missing()) return Fail(ErrorKind::kNotFound, root_ + ": not there");
  const Level& root = to_root.levels().back();
  return Level{root.node, "", root.mount, false};
}

// Where a walk along `path` begins.
Result<Level> View::Begin(std::string_view path) const {
  if (!IsNormalPath(path))
    return Fail(ErrorKind::kInvalid, std::string(path) + ": give an absolute path without . or ..");
  return RootLevel();
}

Result<Found> View::Walk(std::string_view path, Last last) const {
  ZPROV_ASSIGN(const Level root, Begin(path));
  Walker walker(*disk_, root);
  ZPROV_TRY(About(path, walker.Go(path, last)));
  return Describe(walker);
}

Result<Node> View::NodeAt(std::string_view path, Last last) const {
  ZPROV_ASSIGN(const Level root, Begin(path));
  Walker walker(*disk_, root);
  ZPROV_TRY(About(path, walker.Go(path, last)));
  if (walker.missing()) return Fail(ErrorKind::kNotFound, std::string(path) + ": not there");
  return walker.levels().back().node;
}

Result<Found> View::Existing(std::string_view path, Last last) const {
  ZPROV_ASSIGN(Found found, Walk(path, last));
  if (!found.node.has_value()) return Fail(ErrorKind::kNotFound, std::string(path) + ": not there");
  return found;
}

Result<Found> View::Directory(std::string_view path, Last last) const {
  ZPROV_ASSIGN(Found found, Existing(path, last));
  if (disk_->Get(*found.node).type != os::FileType::kDirectory)
    return Fail(ErrorKind::kNotDirectory, std::string(path) + ": it is no directory");
  return found;
}

Result<Found> View::ForChange(std::string_view path, Last last) const {
  ZPROV_ASSIGN(Found found, Walk(path, last));
  if (found.directory_mount != nullptr && found.directory_mount->access == os::Access::kReadOnly)
    return Fail(ErrorKind::kReadOnly,
                std::string(path) + ": the file system is mounted read-only: remount it writable");
  return found;
}

}  // namespace zprov::sim
