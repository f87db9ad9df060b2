#include "sim/disk/walk.h"

#include <vector>

#include "util/path.h"
#include "util/strings.h"

namespace zprov::sim {

namespace {

constexpr int kMaxSymlinks = 40;  // MAXSYMLINKS of the kernel

// One walk: the directories from the root down to where it stands, and the names still to go.
class Walker {
 public:
  Walker(Disk& disk, Level root) : disk_(disk) { levels_.push_back(std::move(root)); }

  Result<void> Go(std::string_view path, Last last) {
    Prepend(path);
    while (!to_go_.empty()) {
      const std::string name = std::move(to_go_.back());
      to_go_.pop_back();
      ZPROV_TRY(Step(name, last));
    }
    return {};
  }

  const std::vector<Level>& levels() const { return levels_; }
  const std::optional<std::string>& missing() const { return missing_; }

 private:
  void Prepend(std::string_view path) {
    const auto parts = Split(path, '/');
    for (auto part = parts.rbegin(); part != parts.rend(); ++part)
      if (!part->empty() && *part != ".") to_go_.emplace_back(*part);
  }

  Result<void> Step(const std::string& name, Last last) {
    const Level& at = levels_.back();
    if (missing_.has_value()) return Fail(ErrorKind::kNotFound, "no such directory");
    if (disk_.Get(at.node).type != os::FileType::kDirectory)
      return Fail(ErrorKind::kNotDirectory, "'" + at.name + "' is no directory");
    if (name == "..") {
      if (levels_.size() > 1) levels_.pop_back();
      return {};
    }
    auto child = disk_.Child(at.node, name);
    if (!child.has_value()) {
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

  Result<void> Follow(const std::string& target) {
    if (++symlinks_ > kMaxSymlinks)
      return Fail(ErrorKind::kInvalid, "its symlinks go round in a circle: repair one of them");
    if (target.starts_with('/')) levels_.resize(1);
    Prepend(target);
    return {};
  }

  Disk& disk_;
  std::vector<Level> levels_;
  std::vector<std::string> to_go_;  // last first
  std::optional<std::string> missing_;
  int symlinks_ = 0;
};

Found Describe(const Walker& walker) {
  const auto& levels = walker.levels();
  Found found;
  for (size_t i = 1; i < levels.size(); ++i) {
    found.path += "/" + levels[i].name;
    if (levels[i].mounted_here) found.mount_path = found.path;
  }
  found.mount = levels.back().mount;
  if (walker.missing().has_value()) {
    found.spot = {levels.back().node, *walker.missing()};
    found.path += "/" + *walker.missing();
    found.directory_mount = found.mount;
    return found;
  }
  found.node = levels.back().node;
  found.is_mount_point = levels.size() == 1 || levels.back().mounted_here;
  if (levels.size() == 1) {
    found.path = "/";
  } else {
    found.spot = {levels[levels.size() - 2].node, levels.back().name};
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
  if (fixed_.has_value() && disk_->Exists(fixed_->node))
    return Level{fixed_->node, "", fixed_->mount, false};
  if (fixed_.has_value()) return Fail(ErrorKind::kNotFound, root_ + ": it was deleted");
  Walker to_root(*disk_, {disk_->Root(), "", nullptr, false});
  if (root_ != "/") ZPROV_TRY(About(root_, to_root.Go(root_, Last::kFollow)));
  if (to_root.missing().has_value()) return Fail(ErrorKind::kNotFound, root_ + ": not there");
  Level root = to_root.levels().back();
  root.mounted_here = false;
  return root;
}

Result<Found> View::Walk(std::string_view path, Last last) const {
  if (!IsNormalPath(path))
    return Fail(ErrorKind::kInvalid, std::string(path) + ": give an absolute path without . or ..");
  ZPROV_ASSIGN(Level root, RootLevel());
  Walker walker(*disk_, std::move(root));
  ZPROV_TRY(About(path, walker.Go(path, last)));
  return Describe(walker);
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
