#include "kernel/hosts/debian_tree.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <chrono>
#include <filesystem>

#include "adapters/fd.h"
#include "support/shell.h"

namespace zprov::tests {
namespace {

namespace fs = std::filesystem;

constexpr char kArchive[] = ZPROV_BUILD_DIR "/debian-bookworm-host.tar";

bool IsFresh() {
  std::error_code error;
  const auto made = fs::last_write_time(kArchive, error);
  return !error && fs::file_time_type::clock::now() - made < std::chrono::hours(24);
}

constexpr char kMaker[] = ZPROV_SOURCE_DIR "/tests/kernel/hosts/make_debian_tree";

}  // namespace

Result<void> UnpackDebian(const std::string& root) {
  if (RunShell("command -v mmdebstrap").exit_code != 0) {
    return Fail(ErrorKind::kNotSupported, "mmdebstrap");
  }
  // Tests run side by side; one of them makes the archive.
  const std::string lock_path = std::string(kArchive) + ".lock";
  const adapters::Fd lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock.valid() || ::flock(lock.number(), LOCK_EX) != 0) {
    return Fail(ErrorKind::kIo, lock_path + " cannot be locked");
  }
  if (!IsFresh()) {
    if (RunShell(fmt::format("{} {}", kMaker, kArchive)).exit_code != 0) {
      return Fail(ErrorKind::kFailed, "mmdebstrap failed: is a Debian mirror within reach?");
    }
  }
  const std::string unpack = fmt::format(
      "tar -x --numeric-owner --xattrs --xattrs-include='*' -f {} -C {}", kArchive, root);
  if (RunShell(unpack).exit_code != 0) return Fail(ErrorKind::kFailed, unpack);
  return {};
}

}  // namespace zprov::tests
