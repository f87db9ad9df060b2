// An initramfs, as somebody put it there: what libarchive lists stays within the limits, and is the
// same as the simulator's own reading of the format where that can read it.
#include <algorithm>

#include "adapters/libarchive.h"
#include "fuzz/property.h"
#include "sim/os/archives.h"

namespace zprov::fuzz {
namespace {

constexpr os::ArchiveLimits kLimits{.entries = 50, .bytes = 1 << 20};

using Entries = std::vector<os::ArchiveEntry>;

uint64_t Bytes(const Entries& entries) {
  uint64_t bytes = 0;
  for (const os::ArchiveEntry& entry : entries) bytes += entry.bytes;
  return bytes;
}

bool IsFailureOfArchives(ErrorKind kind) {
  return kind == ErrorKind::kInvalid || kind == ErrorKind::kTooLarge;
}

// A name in C ends at its first zero byte.
bool IsSame(const os::ArchiveEntry& real, const os::ArchiveEntry& simulated) {
  return real.type == simulated.type && real.name == simulated.name.c_str();
}

}  // namespace
}  // namespace zprov::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace zprov;
  const std::string_view content = fuzz::TextOf(data, size);
  const auto listed = adapters::MakeLibarchive()->List(content, fuzz::kLimits);
  if (listed) {
    ZPROV_HOLDS(listed->size() <= fuzz::kLimits.entries);
    ZPROV_HOLDS(fuzz::Bytes(*listed) <= fuzz::kLimits.bytes);
  } else {
    ZPROV_HOLDS(fuzz::IsFailureOfArchives(listed.error().kind));
    ZPROV_HOLDS(!listed.error().message.empty());
  }
  const auto simulated = sim::Archives().List(content, fuzz::kLimits);
  if (!simulated) return 0;
  ZPROV_HOLDS(listed.has_value());
  ZPROV_HOLDS(std::ranges::equal(*listed, *simulated, fuzz::IsSame));
  return 0;
}
