// os::Btrfs on the simulated disk.
#pragma once

#include "os/btrfs.h"
#include "sim/disk/walk.h"

namespace zprov::sim {

class Btrfs final : public os::Btrfs {
 public:
  explicit Btrfs(View view) : view_(std::move(view)) {}

  Result<void> Create(std::string_view path, uint32_t mode) override;
  Result<void> Snapshot(std::string_view from, std::string_view to, os::Access access) override;
  Result<void> Delete(std::string_view path) override;
  Result<std::optional<os::Subvolume>> Info(std::string_view path) override;
  Result<std::vector<os::NestedSubvolume>> List(std::string_view path) override;
  Result<void> SetAccess(std::string_view path, os::Access access) override;
  Result<void> Sync(std::string_view path) override;
  Result<os::Space> Usage(std::string_view path) override;

 private:
  Result<Found> OnBtrfs(std::string_view path) const;
  Result<Found> SubvolumeAt(std::string_view path) const;

  View view_;
};

}  // namespace zprov::sim
