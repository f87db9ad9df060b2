// Roots of other machines, identities and archives behind a Seam: one line per verb. No behaviour
// of their own.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "os/archives.h"
#include "os/identities.h"
#include "os/roots.h"
#include "sim/faults/faulty_storage.h"

namespace zprov::faults {

// Keeps the root that it stands in front of.
class FaultyInsideRoot final : public os::InsideRoot {
 public:
  FaultyInsideRoot(std::unique_ptr<os::InsideRoot> inner, Seam& seam, const std::string& where)
      : inner_(std::move(inner)),
        files_(inner_->files(), seam, where),
        trees_(inner_->trees(), seam, where) {}

  os::Files& files() override { return files_; }
  os::Trees& trees() override { return trees_; }

 private:
  std::unique_ptr<os::InsideRoot> inner_;
  FaultyFiles files_;
  FaultyTrees trees_;
};

class FaultyRoots final : public os::Roots {
 public:
  FaultyRoots(os::Roots& inner, Seam& seam) : inner_(inner), seam_(seam) {}

  Result<std::unique_ptr<os::InsideRoot>> Open(std::string_view path) override {
    auto opened =
        Through(seam_, Touch::kReads, {"open root", path}, [&] { return inner_.Open(path); });
    if (!opened.has_value()) return opened;
    return std::make_unique<FaultyInsideRoot>(std::move(*opened), seam_, "in " + std::string(path));
  }

  Result<std::vector<std::string>> Stubs(std::string_view path) override {
    return Through(seam_, Touch::kReads, {"stubs below", path}, [&] { return inner_.Stubs(path); });
  }

  Result<void> CopyAttributes(std::string_view from, std::string_view to) override {
    return Through(seam_, Touch::kChanges, {"copy attributes of", from, "to", to},
                   [&] { return inner_.CopyAttributes(from, to); });
  }

  Result<std::string> ContentHash(std::string_view path) override {
    return Through(seam_, Touch::kReads, {"hash", path}, [&] { return inner_.ContentHash(path); });
  }

  Result<os::Changes> ChangedSince(std::string_view path, const os::ChangesQuery& query) override {
    return Through(seam_, Touch::kReads, {"changes below", path},
                   [&] { return inner_.ChangedSince(path, query); });
  }

 private:
  os::Roots& inner_;
  Seam& seam_;
};

class FaultyIdentities final : public os::Identities {
 public:
  FaultyIdentities(os::Identities& inner, Seam& seam) : inner_(inner), seam_(seam) {}

  Result<std::string> NewMachineId() override {
    return Through(seam_, Touch::kReads, {"new machine id"}, [&] { return inner_.NewMachineId(); });
  }

  Result<os::HostKey> NewHostKey(os::HostKeyKind kind) override {
    return Through(seam_, Touch::kReads, {"new host key"}, [&] { return inner_.NewHostKey(kind); });
  }

 private:
  os::Identities& inner_;
  Seam& seam_;
};

class FaultyArchives final : public os::Archives {
 public:
  FaultyArchives(os::Archives& inner, Seam& seam) : inner_(inner), seam_(seam) {}

  Result<std::vector<os::ArchiveEntry>> List(std::string_view content,
                                             const os::ArchiveLimits& limits) override {
    return Through(seam_, Touch::kReads, {"list archive"},
                   [&] { return inner_.List(content, limits); });
  }

 private:
  os::Archives& inner_;
  Seam& seam_;
};

}  // namespace zprov::faults
