// Syncing the disk and cutting its power.
#include "sim/disk/disk.h"
#include "sim/disk/durability.h"

namespace zprov::sim {

void Disk::Sync(uint32_t number) {
  Volume& volume = volumes_[number];
  if (volume.in_memory || !volume.dirty) return;
  volume.durable = volume.live;
  volume.dirty = false;
  ++volume.live.generation;
}

void Disk::SyncDirectory(const Node& directory) {
  Volume& volume = volumes_[directory.volume];
  if (volume.in_memory || !volume.dirty || directory.IsStub()) return;
  SyncDirectoryNames(volume.live, volume.durable, directory);
}

void Disk::CutPower() {
  for (Volume& volume : volumes_) {
    volume.live = volume.durable;
    volume.dirty = false;
  }
  use_bound_ = capacity_;  // the next change counts
  locks_->nodes.clear();
  locks_->records.clear();
  ++locks_->boot;
}

std::unique_ptr<Disk> Disk::AfterPowerCut() const {
  auto left = std::make_unique<Disk>(clock_, DiskOptions{capacity_, seed_});
  left->volumes_ = volumes_;
  left->mounts_ = mounts_;
  left->uuids_ = uuids_;
  left->CutPower();
  return left;
}

}  // namespace zprov::sim
