#include "engine/inside_root.h"

#include "util/path.h"

namespace zprov::engine {
namespace {

// Whether a file written through the symlink at `path` would be seen on the machine.
Result<bool> LeadsSomewhere(os::InsideRoot& root, const std::string& path) {
  ZPROV_ASSIGN(const auto target, RealPath(root, path));
  if (!target) return false;
  for (const std::string_view fleeting : {"/run", "/tmp", "/dev", "/proc", "/sys"}) {
    if (IsBelow(*target, fleeting)) return false;
  }
  return true;
}

}  // namespace

Result<std::optional<std::string>> RealPath(os::InsideRoot& root, const std::string& path) {
  auto real = root.files().Resolve(path);
  if (real) return std::optional(std::move(*real));
  const ErrorKind kind = real.error().kind;
  const bool leads_nowhere = kind == ErrorKind::kNotFound || kind == ErrorKind::kNotDirectory ||
                             kind == ErrorKind::kInvalid;  // a loop
  if (leads_nowhere) return std::optional<std::string>();
  return tl::make_unexpected(std::move(real).error());
}

Result<void> MakeRoomFor(os::InsideRoot& root, const std::string& path) {
  ZPROV_ASSIGN(const auto present, root.files().Status(path));
  if (!present) return MakeDirectoriesIn(root, ParentOf(path));
  if (present->type != os::FileType::kSymlink) return {};
  ZPROV_ASSIGN(const bool stays, LeadsSomewhere(root, path));
  if (stays) return {};
  return root.trees().Remove(path);
}

Result<void> PutOwn(os::InsideRoot& root, const OwnFile& file) {
  ZPROV_TRY(MakeRoomFor(root, file.path));
  auto written = root.files().WriteDraft(file.path, file.content, file.mode);
  if (!written) return While(file.path, std::move(written).error());
  return {};
}

Result<void> MakeDirectoriesIn(os::InsideRoot& root, const std::string& path) {
  ZPROV_ASSIGN(const auto status, root.files().Status(path));
  if (status || path == "/") return {};
  ZPROV_TRY(MakeDirectoriesIn(root, ParentOf(path)));
  return root.trees().MakeDirectory(path, 0755);
}

Result<void> RemoveFrom(os::InsideRoot& root, const std::string& path) {
  ZPROV_ASSIGN(const auto status, root.files().Status(path));
  if (!status) return {};
  auto removed = status->type == os::FileType::kDirectory ? root.trees().RemoveTree(path)
                                                          : root.trees().Remove(path);
  if (!removed) return While("remove " + path, std::move(removed).error());
  return {};
}

}  // namespace zprov::engine
