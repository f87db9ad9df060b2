#include "engine/make_directories.h"

#include "util/path.h"

namespace zprov::engine {

Result<void> MakeDirectories(os::System& system, const std::string& path, uint32_t mode) {
  ZPROV_ASSIGN(const auto status, system.files.Status(path));
  if (status) return {};
  if (path != "/") ZPROV_TRY(MakeDirectories(system, ParentOf(path), 0755));
  auto made = system.trees.MakeDirectory(path, mode);
  if (!made && made.error().kind != ErrorKind::kExists) return made;
  return {};
}

}  // namespace zprov::engine
