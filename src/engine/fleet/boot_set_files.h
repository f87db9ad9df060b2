// The boot sets of generations: each is looked at once and shared by all who boot from it. Those
// that zprov made are read-only, and mapped; what was there before may change under us, and is
// read.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "os/files.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// By served name: "start.elf", "overlays/dwc2.dtbo".
using BootSetFiles = std::map<std::string, os::FileBytes, std::less<>>;

class BootSets {
 public:
  // More than ten times what Raspberry Pi OS has in /boot.
  static constexpr uint64_t kMostBytes = uint64_t{512} << 20;
  static constexpr size_t kMostFiles = 10000;

  explicit BootSets(os::System& system) : system_(system) {}

  enum class Nature { kNeverChanges, kMayChange };

  // All regular files below the directory `path`. Sets that nobody uses any more are forgotten.
  // kNotFound; kTooLarge; those of os::Files.
  Result<std::shared_ptr<const BootSetFiles>> Of(const std::string& path, Nature nature);

 private:
  os::System& system_;
  std::map<std::string, std::shared_ptr<const BootSetFiles>> sets_;
};

}  // namespace zprov::engine
