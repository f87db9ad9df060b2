// Files, trees, subvolumes and locks behind a Seam: one line per verb. No behaviour of their own.
#pragma once

#include "os/btrfs.h"
#include "os/locks.h"
#include "os/trees.h"
#include "sim/faults/through.h"

namespace zprov::faults {

class FaultyFiles final : public os::Files {
 public:
  // `where` ends each line of the log: "in /x/base" for what acts inside a root.
  FaultyFiles(os::Files& inner, Seam& seam, std::string where = "")
      : inner_(inner), seam_(seam), where_(std::move(where)) {}

  Result<std::optional<os::FileStatus>> Status(std::string_view path) override {
    return Through(seam_, Touch::kReads, {"status of", path, where_},
                   [&] { return inner_.Status(path); });
  }

  Result<std::string> Read(std::string_view path, uint64_t limit) override {
    return Through(seam_, Touch::kReads, {"read", path, where_},
                   [&] { return inner_.Read(path, limit); });
  }

  Result<std::string> ReadStart(std::string_view path, uint64_t bytes) override {
    return Through(seam_, Touch::kReads, {"read the start of", path, where_},
                   [&] { return inner_.ReadStart(path, bytes); });
  }

  Result<os::FileBytes> Map(std::string_view path, uint64_t limit) override {
    return Through(seam_, Touch::kReads, {"map", path, where_},
                   [&] { return inner_.Map(path, limit); });
  }

  Result<std::string> ReadConfined(std::string_view directory, std::string_view name) override {
    return Through(seam_, Touch::kReads, {"read", name, "confined to", directory, where_},
                   [&] { return inner_.ReadConfined(directory, name); });
  }

  Result<void> Write(std::string_view path, std::string_view content, uint32_t mode) override {
    return Through(seam_, Touch::kTakesSpace, {"write", path, where_},
                   [&] { return inner_.Write(path, content, mode); });
  }

  Result<void> WriteDraft(std::string_view path, std::string_view content, uint32_t mode) override {
    return Through(seam_, Touch::kTakesSpace, {"write draft", path, where_},
                   [&] { return inner_.WriteDraft(path, content, mode); });
  }

  Result<void> ReplaceSymlink(std::string_view path, std::string_view target) override {
    return Through(seam_, Touch::kTakesSpace, {"point", path, "to", target, where_},
                   [&] { return inner_.ReplaceSymlink(path, target); });
  }

  Result<std::string> ReadSymlink(std::string_view path) override {
    return Through(seam_, Touch::kReads, {"read symlink", path, where_},
                   [&] { return inner_.ReadSymlink(path); });
  }

  Result<std::string> Resolve(std::string_view path) override {
    return Through(seam_, Touch::kReads, {"resolve", path, where_},
                   [&] { return inner_.Resolve(path); });
  }

  Result<void> SyncDirectory(std::string_view path) override {
    return Through(seam_, Touch::kChanges, {"sync directory", path, where_},
                   [&] { return inner_.SyncDirectory(path); });
  }

 private:
  os::Files& inner_;
  Seam& seam_;
  std::string where_;
};

class FaultyTrees final : public os::Trees {
 public:
  // `where` ends each line of the log: "in /x/base" for what acts inside a root.
  FaultyTrees(os::Trees& inner, Seam& seam, std::string where = "")
      : inner_(inner), seam_(seam), where_(std::move(where)) {}

  Result<std::vector<std::string>> List(std::string_view path) override {
    return Through(seam_, Touch::kReads, {"list", path, where_}, [&] { return inner_.List(path); });
  }

  Result<void> MakeDirectory(std::string_view path, uint32_t mode) override {
    return Through(seam_, Touch::kTakesSpace, {"make directory", path, where_},
                   [&] { return inner_.MakeDirectory(path, mode); });
  }

  Result<void> Remove(std::string_view path) override {
    return Through(seam_, Touch::kChanges, {"remove", path, where_},
                   [&] { return inner_.Remove(path); });
  }

  Result<void> RemoveTree(std::string_view path) override {
    return Through(seam_, Touch::kChanges, {"remove tree", path, where_},
                   [&] { return inner_.RemoveTree(path); });
  }

  Result<void> Rename(std::string_view from, std::string_view to) override {
    return Through(seam_, Touch::kChanges, {"rename", from, "to", to, where_},
                   [&] { return inner_.Rename(from, to); });
  }

  Result<void> Exchange(std::string_view a, std::string_view b) override {
    return Through(seam_, Touch::kChanges, {"exchange", a, "and", b, where_},
                   [&] { return inner_.Exchange(a, b); });
  }

  Result<os::CopyReport> Copy(std::string_view from, std::string_view to) override {
    return Through(seam_, Touch::kTakesSpace, {"copy", from, "to", to, where_},
                   [&] { return inner_.Copy(from, to); });
  }

  Result<void> CopyFile(std::string_view from, std::string_view to, uint32_t mode) override {
    return Through(seam_, Touch::kTakesSpace, {"copy file", from, "to", to, where_},
                   [&] { return inner_.CopyFile(from, to, mode); });
  }

  Result<os::Comparison> Compare(std::string_view first, std::string_view second) override {
    return Through(seam_, Touch::kReads, {"compare", first, "with", second, where_},
                   [&] { return inner_.Compare(first, second); });
  }

  Result<void> Sync(std::string_view path) override {
    return Through(seam_, Touch::kChanges, {"sync", path, where_},
                   [&] { return inner_.Sync(path); });
  }

  Result<os::Filesystem> FilesystemOf(std::string_view path) override {
    return Through(seam_, Touch::kReads, {"file system of", path, where_},
                   [&] { return inner_.FilesystemOf(path); });
  }

  Result<std::vector<os::Filesystem>> MountsBelow(std::string_view path) override {
    return Through(seam_, Touch::kReads, {"mounts below", path, where_},
                   [&] { return inner_.MountsBelow(path); });
  }

 private:
  os::Trees& inner_;
  Seam& seam_;
  std::string where_;
};

class FaultyBtrfs final : public os::Btrfs {
 public:
  FaultyBtrfs(os::Btrfs& inner, Seam& seam) : inner_(inner), seam_(seam) {}

  Result<void> Create(std::string_view path, uint32_t mode) override {
    return Through(seam_, Touch::kTakesSpace, {"create subvolume", path},
                   [&] { return inner_.Create(path, mode); });
  }

  Result<void> Snapshot(std::string_view from, std::string_view to, os::Access access) override {
    return Through(seam_, Touch::kTakesSpace, {"snapshot", from, "as", to},
                   [&] { return inner_.Snapshot(from, to, access); });
  }

  Result<void> Delete(std::string_view path) override {
    return Through(seam_, Touch::kChanges, {"delete subvolume", path},
                   [&] { return inner_.Delete(path); });
  }

  Result<std::optional<os::Subvolume>> Info(std::string_view path) override {
    return Through(seam_, Touch::kReads, {"look for subvolume", path},
                   [&] { return inner_.Info(path); });
  }

  Result<std::vector<os::NestedSubvolume>> List(std::string_view path) override {
    return Through(seam_, Touch::kReads, {"list subvolumes of", path},
                   [&] { return inner_.List(path); });
  }

  Result<void> SetAccess(std::string_view path, os::Access access) override {
    return Through(seam_, Touch::kChanges, {"set access of", path},
                   [&] { return inner_.SetAccess(path, access); });
  }

  Result<void> Sync(std::string_view path) override {
    return Through(seam_, Touch::kChanges, {"sync btrfs", path}, [&] { return inner_.Sync(path); });
  }

  Result<os::Space> Usage(std::string_view path) override {
    return Through(seam_, Touch::kReads, {"usage of", path}, [&] { return inner_.Usage(path); });
  }

 private:
  os::Btrfs& inner_;
  Seam& seam_;
};

class FaultyLocks final : public os::Locks {
 public:
  FaultyLocks(os::Locks& inner, Seam& seam) : inner_(inner), seam_(seam) {}

  Result<std::unique_ptr<os::Lock>> TryLock(std::string_view path,
                                            std::string_view holder) override {
    return Through(seam_, Touch::kTakesSpace, {"lock", path},
                   [&] { return inner_.TryLock(path, holder); });
  }

  Result<bool> IsHeld(std::string_view path) override {
    return Through(seam_, Touch::kReads, {"holder of", path}, [&] { return inner_.IsHeld(path); });
  }

 private:
  os::Locks& inner_;
  Seam& seam_;
};

}  // namespace zprov::faults
