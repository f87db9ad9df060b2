// Files, trees, locks and subvolumes on a tape: a line per verb, no behaviour of their own. Null
// for what is behind: it is a replay.
#pragma once

#include <cstdlib>
#include <new>
#include <utility>

#include "os/btrfs.h"
#include "os/locks.h"
#include "os/trees.h"
#include "record/tape.h"

namespace zprov::record {

class TapedFiles final : public os::Files {
 public:
  // `root`: of another machine, in which it works; empty: this world's own.
  TapedFiles(Tape& tape, os::Files* inner, std::string root = "")
      : tape_(tape), inner_(inner), root_(std::move(root)) {}

  Result<std::optional<os::FileStatus>> Status(std::string_view path) override {
    return tape_.Through<Result<std::optional<os::FileStatus>>>(
        Look("files.status", root_, path), [&] { return inner_->Status(path); });
  }
  Result<std::string> Read(std::string_view path, uint64_t limit) override {
    return tape_.Through<Result<std::string>>(Look("files.read", root_, path, limit),
                                              [&] { return inner_->Read(path, limit); });
  }
  Result<std::string> ReadStart(std::string_view path, uint64_t bytes) override {
    return tape_.Through<Result<std::string>>(Look("files.read_start", root_, path, bytes),
                                              [&] { return inner_->ReadStart(path, bytes); });
  }
  // Their size alone is on the tape: in a replay they hold zeros.
  Result<os::FileBytes> Map(std::string_view path, uint64_t limit) override {
    os::FileBytes mapped;
    ZPROV_ASSIGN(const uint64_t size,
                 tape_.Through<Result<uint64_t>>(Look("files.map", root_, path, limit),
                                                 [&]() -> Result<uint64_t> {
                                                   ZPROV_ASSIGN(mapped, inner_->Map(path, limit));
                                                   return mapped.bytes.size();
                                                 }));
    if (inner_ == nullptr) {
      if (size > limit) return Fail(ErrorKind::kTooLarge, "the record says more than the limit");
      mapped = Zeros(static_cast<size_t>(size));
    }
    tape_.mappings().Add(mapped);
    return mapped;
  }
  Result<std::string> ReadConfined(std::string_view directory, std::string_view name) override {
    return tape_.Through<Result<std::string>>(
        Look("files.read_confined", root_, directory, name),
        [&] { return inner_->ReadConfined(directory, name); });
  }
  Result<void> Write(std::string_view path, std::string_view content, uint32_t mode) override {
    return tape_.Through<Result<void>>(Act("files.write", root_, path, content, mode),
                                       [&] { return inner_->Write(path, content, mode); });
  }
  Result<void> WriteDraft(std::string_view path, std::string_view content, uint32_t mode) override {
    return tape_.Through<Result<void>>(Act("files.write_draft", root_, path, content, mode),
                                       [&] { return inner_->WriteDraft(path, content, mode); });
  }
  Result<void> ReplaceSymlink(std::string_view path, std::string_view target) override {
    return tape_.Through<Result<void>>(Act("files.replace_symlink", root_, path, target),
                                       [&] { return inner_->ReplaceSymlink(path, target); });
  }
  Result<std::string> ReadSymlink(std::string_view path) override {
    return tape_.Through<Result<std::string>>(Look("files.read_symlink", root_, path),
                                              [&] { return inner_->ReadSymlink(path); });
  }
  Result<std::string> Resolve(std::string_view path) override {
    return tape_.Through<Result<std::string>>(Look("files.resolve", root_, path),
                                              [&] { return inner_->Resolve(path); });
  }
  Result<void> SyncDirectory(std::string_view path) override {
    return tape_.Through<Result<void>>(Act("files.sync_directory", root_, path),
                                       [&] { return inner_->SyncDirectory(path); });
  }

 private:
  // Pages that nobody writes to cost nothing.
  static os::FileBytes Zeros(size_t size) {
    void* const memory = std::calloc(size + 1, 1);
    if (memory == nullptr) throw std::bad_alloc();
    std::shared_ptr<const void> keeper(memory, std::free);
    return {{static_cast<const char*>(memory), size}, std::move(keeper)};
  }

  Tape& tape_;
  os::Files* inner_;
  std::string root_;
};

class TapedTrees final : public os::Trees {
 public:
  TapedTrees(Tape& tape, os::Trees* inner, std::string root = "")
      : tape_(tape), inner_(inner), root_(std::move(root)) {}

  Result<std::vector<std::string>> List(std::string_view path) override {
    return tape_.Through<Result<std::vector<std::string>>>(Look("trees.list", root_, path),
                                                           [&] { return inner_->List(path); });
  }
  Result<void> MakeDirectory(std::string_view path, uint32_t mode) override {
    return tape_.Through<Result<void>>(Act("trees.make_directory", root_, path, mode),
                                       [&] { return inner_->MakeDirectory(path, mode); });
  }
  Result<void> Remove(std::string_view path) override {
    return tape_.Through<Result<void>>(Act("trees.remove", root_, path),
                                       [&] { return inner_->Remove(path); });
  }
  Result<void> RemoveTree(std::string_view path) override {
    return tape_.Through<Result<void>>(Act("trees.remove_tree", root_, path),
                                       [&] { return inner_->RemoveTree(path); });
  }
  Result<void> Rename(std::string_view from, std::string_view to) override {
    return tape_.Through<Result<void>>(Act("trees.rename", root_, from, to),
                                       [&] { return inner_->Rename(from, to); });
  }
  Result<void> Exchange(std::string_view a, std::string_view b) override {
    return tape_.Through<Result<void>>(Act("trees.exchange", root_, a, b),
                                       [&] { return inner_->Exchange(a, b); });
  }
  Result<os::CopyReport> Copy(std::string_view from, std::string_view to) override {
    return tape_.Through<Result<os::CopyReport>>(Act("trees.copy", root_, from, to),
                                                 [&] { return inner_->Copy(from, to); });
  }
  Result<void> CopyFile(std::string_view from, std::string_view to, uint32_t mode) override {
    return tape_.Through<Result<void>>(Act("trees.copy_file", root_, from, to, mode),
                                       [&] { return inner_->CopyFile(from, to, mode); });
  }
  Result<os::Comparison> Compare(std::string_view first, std::string_view second) override {
    return tape_.Through<Result<os::Comparison>>(Look("trees.compare", root_, first, second),
                                                 [&] { return inner_->Compare(first, second); });
  }
  Result<void> Sync(std::string_view path) override {
    return tape_.Through<Result<void>>(Act("trees.sync", root_, path),
                                       [&] { return inner_->Sync(path); });
  }
  Result<os::Filesystem> FilesystemOf(std::string_view path) override {
    return tape_.Through<Result<os::Filesystem>>(Look("trees.filesystem_of", root_, path),
                                                 [&] { return inner_->FilesystemOf(path); });
  }
  Result<std::vector<os::Filesystem>> MountsBelow(std::string_view path) override {
    return tape_.Through<Result<std::vector<os::Filesystem>>>(
        Look("trees.mounts_below", root_, path), [&] { return inner_->MountsBelow(path); });
  }

 private:
  Tape& tape_;
  os::Trees* inner_;
  std::string root_;
};

class TapedLocks final : public os::Locks {
 public:
  TapedLocks(Tape& tape, os::Locks* inner) : tape_(tape), inner_(inner) {}

  // When it is let go is not on the tape.
  Result<std::unique_ptr<os::Lock>> TryLock(std::string_view path,
                                            std::string_view holder) override {
    auto lock = std::make_unique<os::Lock>();
    ZPROV_TRY(tape_.Through<Result<void>>(Act("locks.take", path, holder), [&]() -> Result<void> {
      ZPROV_ASSIGN(lock, inner_->TryLock(path, holder));
      return {};
    }));
    return lock;
  }
  Result<bool> IsHeld(std::string_view path) override {
    return tape_.Through<Result<bool>>(Look("locks.is_held", path),
                                       [&] { return inner_->IsHeld(path); });
  }

 private:
  Tape& tape_;
  os::Locks* inner_;
};

class TapedBtrfs final : public os::Btrfs {
 public:
  TapedBtrfs(Tape& tape, os::Btrfs* inner) : tape_(tape), inner_(inner) {}

  Result<void> Create(std::string_view path, uint32_t mode) override {
    return tape_.Through<Result<void>>(Act("btrfs.create", path, mode),
                                       [&] { return inner_->Create(path, mode); });
  }
  Result<void> Snapshot(std::string_view from, std::string_view to, os::Access access) override {
    return tape_.Through<Result<void>>(Act("btrfs.snapshot", from, to, access),
                                       [&] { return inner_->Snapshot(from, to, access); });
  }
  Result<void> Delete(std::string_view path) override {
    return tape_.Through<Result<void>>(Act("btrfs.delete", path),
                                       [&] { return inner_->Delete(path); });
  }
  Result<std::optional<os::Subvolume>> Info(std::string_view path) override {
    return tape_.Through<Result<std::optional<os::Subvolume>>>(Look("btrfs.subvolume", path),
                                                               [&] { return inner_->Info(path); });
  }
  Result<std::vector<os::NestedSubvolume>> List(std::string_view path) override {
    return tape_.Through<Result<std::vector<os::NestedSubvolume>>>(
        Look("btrfs.list", path), [&] { return inner_->List(path); });
  }
  Result<void> SetAccess(std::string_view path, os::Access access) override {
    return tape_.Through<Result<void>>(Act("btrfs.set_access", path, access),
                                       [&] { return inner_->SetAccess(path, access); });
  }
  Result<void> Sync(std::string_view path) override {
    return tape_.Through<Result<void>>(Act("btrfs.sync", path), [&] { return inner_->Sync(path); });
  }
  Result<os::Space> Usage(std::string_view path) override {
    return tape_.Through<Result<os::Space>>(Look("btrfs.usage", path),
                                            [&] { return inner_->Usage(path); });
  }

 private:
  Tape& tape_;
  os::Btrfs* inner_;
};

}  // namespace zprov::record
