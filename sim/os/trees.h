// os::Trees on the simulated disk.
#pragma once

#include "os/trees.h"
#include "sim/disk/walk.h"

namespace zprov::sim {

class Trees final : public os::Trees {
 public:
  explicit Trees(View view) : view_(std::move(view)) {}

  Result<std::vector<std::string>> List(std::string_view path) override;
  Result<void> MakeDirectory(std::string_view path, uint32_t mode) override;
  Result<void> Remove(std::string_view path) override;
  Result<void> RemoveTree(std::string_view path) override;
  Result<void> Rename(std::string_view from, std::string_view to) override;
  Result<void> Exchange(std::string_view a, std::string_view b) override;
  Result<os::CopyReport> Copy(std::string_view from, std::string_view to) override;
  Result<void> CopyFile(std::string_view from, std::string_view to, uint32_t mode) override;
  Result<os::Comparison> Compare(std::string_view first, std::string_view second) override;
  Result<void> Sync(std::string_view path) override;
  Result<os::Filesystem> FilesystemOf(std::string_view path) override;
  Result<std::vector<os::Filesystem>> MountsBelow(std::string_view path) override;

 private:
  // A name that is there and may be moved or removed: kBusy for a mount point.
  Result<Found> Movable(std::string_view path) const;

  View view_;
};

}  // namespace zprov::sim
