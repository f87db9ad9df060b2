// os::Files on the simulated disk.
#pragma once

#include "os/files.h"
#include "sim/disk/walk.h"

namespace zprov::sim {

class Files final : public os::Files {
 public:
  explicit Files(View view) : view_(std::move(view)) {}

  Result<std::optional<os::FileStatus>> Status(std::string_view path) override;
  Result<std::string> Read(std::string_view path, uint64_t limit) override;
  Result<std::string> ReadStart(std::string_view path, uint64_t bytes) override;
  Result<os::FileBytes> Map(std::string_view path, uint64_t limit) override;
  Result<std::string> ReadConfined(std::string_view directory, std::string_view name) override;
  Result<void> Write(std::string_view path, std::string_view content, uint32_t mode) override;
  Result<void> WriteDraft(std::string_view path, std::string_view content, uint32_t mode) override;
  Result<void> ReplaceSymlink(std::string_view path, std::string_view target) override;
  Result<std::string> ReadSymlink(std::string_view path) override;
  Result<std::string> Resolve(std::string_view path) override;
  Result<void> SyncDirectory(std::string_view path) override;

 private:
  // Valid until the next change. kIsDirectory; kInvalid for any other type.
  Result<const Inode*> Regular(std::string_view path) const;
  Result<void> Put(std::string_view path, Inode fresh);

  View view_;
};

}  // namespace zprov::sim
