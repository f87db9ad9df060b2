// Roots, identities, archives and the clock on a tape: a line per verb.
#pragma once

#include <utility>

#include "os/archives.h"
#include "os/clock.h"
#include "os/identities.h"
#include "os/roots.h"
#include "record/taped_files.h"

namespace zprov::record {

class TapedInside final : public os::InsideRoot {
 public:
  // Null `inner`: it is a replay.
  TapedInside(Tape& tape, std::string path, std::unique_ptr<os::InsideRoot> inner)
      : inner_(std::move(inner)),
        files_(tape, inner_ ? &inner_->files() : nullptr, path),
        trees_(tape, inner_ ? &inner_->trees() : nullptr, std::move(path)) {}
  os::Files& files() override { return files_; }
  os::Trees& trees() override { return trees_; }

 private:
  std::unique_ptr<os::InsideRoot> inner_;
  TapedFiles files_;
  TapedTrees trees_;
};

class TapedRoots final : public os::Roots {
 public:
  TapedRoots(Tape& tape, os::Roots* inner) : tape_(tape), inner_(inner) {}

  Result<std::unique_ptr<os::InsideRoot>> Open(std::string_view path) override {
    std::unique_ptr<os::InsideRoot> inside;
    ZPROV_TRY(tape_.Through<Result<void>>(Look("roots.open", path), [&]() -> Result<void> {
      ZPROV_ASSIGN(inside, inner_->Open(path));
      return {};
    }));
    return std::make_unique<TapedInside>(tape_, std::string(path), std::move(inside));
  }
  Result<std::vector<std::string>> Stubs(std::string_view path) override {
    return tape_.Through<Result<std::vector<std::string>>>(Look("roots.stubs", path),
                                                           [&] { return inner_->Stubs(path); });
  }
  Result<void> CopyAttributes(std::string_view from, std::string_view to) override {
    return tape_.Through<Result<void>>(Act("roots.copy_attributes", from, to),
                                       [&] { return inner_->CopyAttributes(from, to); });
  }
  Result<std::string> ContentHash(std::string_view path) override {
    return tape_.Through<Result<std::string>>(Look("roots.content_hash", path),
                                              [&] { return inner_->ContentHash(path); });
  }
  Result<os::Changes> ChangedSince(std::string_view path, const os::ChangesQuery& query) override {
    return tape_.Through<Result<os::Changes>>(Look("roots.changed_since", path, query),
                                              [&] { return inner_->ChangedSince(path, query); });
  }

 private:
  Tape& tape_;
  os::Roots* inner_;
};

class TapedIdentities final : public os::Identities {
 public:
  TapedIdentities(Tape& tape, os::Identities* inner) : tape_(tape), inner_(inner) {}

  Result<std::string> NewMachineId() override {
    return tape_.Through<Result<std::string>>(Act("identities.new_machine_id"),
                                              [&] { return inner_->NewMachineId(); });
  }
  Result<os::HostKey> NewHostKey(os::HostKeyKind kind) override {
    return tape_.Through<Result<os::HostKey>>(Act("identities.new_host_key", kind),
                                              [&] { return inner_->NewHostKey(kind); });
  }

 private:
  Tape& tape_;
  os::Identities* inner_;
};

class TapedArchives final : public os::Archives {
 public:
  TapedArchives(Tape& tape, os::Archives* inner) : tape_(tape), inner_(inner) {}

  Result<std::vector<os::ArchiveEntry>> List(std::string_view content,
                                             const os::ArchiveLimits& limits) override {
    return tape_.Through<Result<std::vector<os::ArchiveEntry>>>(
        Look("archives.list", content, limits.entries, limits.bytes),
        [&] { return inner_->List(content, limits); });
  }

 private:
  Tape& tape_;
  os::Archives* inner_;
};

class TapedClock final : public os::Clock {
 public:
  TapedClock(Tape& tape, os::Clock* inner) : tape_(tape), inner_(inner) {}

  os::Moment Now() const override {
    return tape_.Through<os::Moment>(Look(std::string(kNow)), [&] { return inner_->Now(); });
  }
  std::chrono::nanoseconds WallTime() const override {
    return tape_.Through<std::chrono::nanoseconds>(Look("clock.wall_time"),
                                                   [&] { return inner_->WallTime(); });
  }

 private:
  Tape& tape_;
  os::Clock* inner_;
};

}  // namespace zprov::record
