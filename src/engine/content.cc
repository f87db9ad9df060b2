#include "engine/content.h"

#include "core/generations/layout.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

constexpr uint64_t kMostOfHashes = 1024;  // bytes; two hashes

}  // namespace

Result<std::string> ContentOf(os::System& system, const spec::ClusterSpec& spec, int number) {
  if (number == 0) return std::string();
  const std::string kept = JoinPath(generations::Directory(spec, number), "content.hash");
  if (auto known = system.files.Read(kept, kMostOfHashes); known && !known->empty()) return known;
  ZPROV_ASSIGN(const std::string base,
               system.roots.ContentHash(generations::BasePath(spec, number)));
  ZPROV_ASSIGN(const std::string boot,
               system.roots.ContentHash(generations::BootPath(spec, number)));
  std::string content = base + " " + boot + "\n";
  // Only saves the next reading: a store that cannot be written is no error here.
  (void)system.files.WriteDraft(kept, content, 0600);
  return content;
}

Result<bool> HasSameContent(os::System& system, const spec::ClusterSpec& spec, int a, int b) {
  if (a == b) return true;
  if (a == 0 || b == 0) return false;
  ZPROV_ASSIGN(const std::string first, ContentOf(system, spec, a));
  ZPROV_ASSIGN(const std::string second, ContentOf(system, spec, b));
  return first == second;
}

}  // namespace zprov::engine
