// A real btrfs that vanishes with its process, kill -9 included: a file in memory (memfd) behind an
// autoclearing loop device, mounted in a mount namespace of the calling thread's own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "adapters/fd.h"
#include "util/result.h"

namespace zprov::tests {

class LoopBtrfs {
 public:
  enum class Layout {
    kUsual,  // at least 109 MiB
    kMixed,  // data and metadata in one pool: small ones, from 16 MiB, that fill up quickly
  };

  // A fresh file system of `bytes`. kNotSupported: the message is the name of the capability that
  // is missing here ("root", "loop devices", "btrfs", "mkfs.btrfs"), for ZPROV_NEEDS.
  static Result<std::unique_ptr<LoopBtrfs>> Make(uint64_t bytes, Layout layout = Layout::kUsual);

  // What a power cut right now would leave: the backing file copied as it is, without a sync, and
  // mounted beside this one. kNotSupported: "two mounts of one fsid" (before Linux 6.7).
  Result<std::unique_ptr<LoopBtrfs>> CopyOfBackingFile() const;

  ~LoopBtrfs();
  LoopBtrfs(const LoopBtrfs&) = delete;
  LoopBtrfs& operator=(const LoopBtrfs&) = delete;

  // Where its top level is mounted, for this thread and those it starts later.
  const std::string& path() const { return path_; }

 private:
  explicit LoopBtrfs(adapters::Fd backing) : backing_(std::move(backing)) {}
  Result<void> Mount(const std::string& device);

  adapters::Fd backing_;
  std::string path_;
};

}  // namespace zprov::tests
