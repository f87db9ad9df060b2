#include "sim/os/locks.h"

#include "util/strings.h"

namespace zprov::sim {

namespace {

class HeldLock final : public os::Lock {
 public:
  HeldLock(std::shared_ptr<HeldLocks> held, const Node& node)
      : held_(std::move(held)), node_(node), boot_(held_->boot) {
    held_->nodes.insert(node_);
  }
  HeldLock(const HeldLock&) = delete;
  HeldLock& operator=(const HeldLock&) = delete;
  ~HeldLock() override {
    if (held_->boot != boot_ || held_->disk == nullptr) return;
    held_->nodes.erase(node_);
    if (!held_->disk->Exists(node_)) return;
    // Its line goes with it, so that the next holder's rival never reads it.
    (void)held_->disk->Rewrite(node_, "");
  }

 private:
  std::shared_ptr<HeldLocks> held_;
  Node node_;
  uint64_t boot_;
};

// A directory that is missing on the way is no error: the file is not there.
Result<Found> OrMissing(Result<Found> found) {
  if (found.has_value() || found.error().kind != ErrorKind::kNotFound) return found;
  return Found{};
}

}  // namespace

Result<std::unique_ptr<os::Lock>> Locks::TryLock(std::string_view path, std::string_view holder) {
  Disk& disk = view_.disk();
  if (holder.empty() || holder.find('\n') != std::string_view::npos)
    return Fail(ErrorKind::kInvalid, std::string(path) + ": the holder is not one line");
  ZPROV_ASSIGN(const Found found, view_.ForChange(path, Last::kKeep));
  std::optional<Node> node = found.node;
  if (!node.has_value()) {
    Inode file;
    file.mode = 0600;
    file.content = std::make_shared<const std::string>();
    ZPROV_ASSIGN(node, About(path, disk.Make(found.spot, std::move(file))));
  }
  if (disk.Get(*node).type == os::FileType::kDirectory)
    return Fail(ErrorKind::kIsDirectory, std::string(path) + ": it is a directory");
  if (disk.Get(*node).type != os::FileType::kRegular)
    return Fail(ErrorKind::kInvalid, std::string(path) + ": it is no regular file: remove it");
  if (disk.locks()->nodes.contains(*node))
    return Fail(ErrorKind::kBusy, std::string(Trim(*disk.Get(*node).content)));
  ZPROV_TRY(About(path, disk.Rewrite(*node, std::string(holder) + "\n")));
  return std::unique_ptr<os::Lock>(std::make_unique<HeldLock>(disk.locks(), *node));
}

Result<bool> Locks::IsHeld(std::string_view path) {
  ZPROV_ASSIGN(const Found found, OrMissing(view_.Walk(path, Last::kKeep)));
  if (!found.node.has_value()) return false;
  const Disk& disk = view_.disk();
  if (disk.Get(*found.node).type != os::FileType::kRegular)
    return Fail(ErrorKind::kInvalid, std::string(path) + ": it is no regular file");
  return disk.locks()->records.contains(*found.node);
}

}  // namespace zprov::sim
