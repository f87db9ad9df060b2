#include "kernel/hosts/listing.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "adapters/fd.h"

namespace zprov::tests {
namespace {

namespace fs = std::filesystem;

constexpr ino_t kSubvolume = 256;  // fixtures/kernels/README.md, section btrfs
constexpr ino_t kStub = 2;

[[noreturn]] void Throw(const char* doing, const fs::path& path) {
  throw fs::filesystem_error(doing, path, std::error_code(errno, std::generic_category()));
}

struct stat StatusOf(const fs::path& path) {
  struct stat status = {};
  if (::lstat(path.c_str(), &status) != 0) Throw("lstat", path);
  return status;
}

std::string Attributes(const fs::path& path) {
  std::array<char, 4096> names;
  const ssize_t length = ::llistxattr(path.c_str(), names.data(), names.size());
  if (length < 0) Throw("llistxattr", path);
  std::map<std::string, size_t> sorted;
  for (const char* name = names.data(); name < names.data() + length;
       name += std::string_view(name).size() + 1) {
    std::array<char, 4096> value;
    const ssize_t size = ::lgetxattr(path.c_str(), name, value.data(), value.size());
    if (size < 0) Throw("lgetxattr", path);
    sorted[name] =
        std::hash<std::string_view>{}(std::string_view(value.data(), static_cast<size_t>(size)));
  }
  std::string text;
  for (const auto& [name, hash] : sorted) text += fmt::format(" {}={:x}", name, hash);
  return text;
}

bool HasHoles(const fs::path& path, const struct stat& status) {
  const adapters::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return ::lseek(fd.number(), 0, SEEK_HOLE) < status.st_size;
}

// Into a buffer that stays: a tree has ten thousand files, and under ASan each buffer of its own
// would be mapped and unmapped.
void Read(const fs::path& path, std::string& content) {
  std::error_code error;
  const uintmax_t size = fs::file_size(path, error);
  content.resize(error ? 0 : size);
  std::ifstream file(path, std::ios::binary);
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<size_t>(file.gcount()));
}

std::string Content(const fs::path& path, const struct stat& status, std::string& buffer) {
  if (S_ISLNK(status.st_mode)) return " -> " + fs::read_symlink(path).string();
  if (S_ISDIR(status.st_mode)) {
    if (status.st_ino == kSubvolume) return " subvolume";
    return status.st_ino == kStub ? " stub" : "";
  }
  if (!S_ISREG(status.st_mode)) return fmt::format(" device {}", status.st_rdev);
  Read(path, buffer);
  return fmt::format(" {} bytes{} {:x}", status.st_size,
                     HasHoles(path, status) ? " with holes" : "", std::hash<std::string>{}(buffer));
}

class Lister {
 public:
  Lister(fs::path root, Times times) : root_(std::move(root)), times_(times) {}

  std::string Text() {
    const struct stat top = StatusOf(root_);
    // Whether the tree itself is a subvolume is not part of what is in it.
    text_ = fmt::format(". {:o} {}:{}{}\n", top.st_mode, top.st_uid, top.st_gid, Attributes(root_));
    Walk(root_, top);
    return std::move(text_);
  }

 private:
  void Walk(const fs::path& directory, const struct stat& above) {
    std::vector<fs::path> entries{fs::directory_iterator(directory), {}};
    std::sort(entries.begin(), entries.end());
    for (const fs::path& entry : entries) {
      const struct stat status = StatusOf(entry);
      AddLine(entry, status);
      const bool is_other_disk = status.st_dev != above.st_dev && status.st_ino != kSubvolume;
      if (S_ISDIR(status.st_mode) && !is_other_disk) Walk(entry, status);
    }
  }

  void AddLine(const fs::path& path, const struct stat& status) {
    const std::string name = path.lexically_relative(root_).string();
    text_ += fmt::format("{} {:o} {}:{}{}{}", name, status.st_mode, status.st_uid, status.st_gid,
                         Content(path, status, content_), Attributes(path));
    if (!S_ISDIR(status.st_mode)) {
      const auto [first, is_new] = names_.try_emplace({status.st_dev, status.st_ino}, name);
      if (!is_new) text_ += " is " + first->second;
      if (times_ == Times::kOfFiles) {
        text_ += fmt::format(" {}.{:09}", status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
      }
    }
    text_ += '\n';
  }

  fs::path root_;
  Times times_;
  std::map<std::pair<dev_t, ino_t>, std::string> names_;  // first name of each file
  std::string text_;
  std::string content_;  // of the file that is being read
};

}  // namespace

std::string Listing(const std::string& root, Times times) { return Lister(root, times).Text(); }

std::string HomeOf(const std::string& root) {
  const fs::path home = root + "/home";
  if (!fs::is_symlink(home)) return home.string();
  return root + "/" + fs::read_symlink(home).relative_path().string();
}

std::string ContentOf(const std::string& path) {
  std::string content;
  Read(path, content);
  return content;
}

}  // namespace zprov::tests
