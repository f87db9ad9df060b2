#include "kernel/hosts/debian_tree.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "adapters/fd.h"

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

Ran RunShell(const std::string& command) {
  Ran ran;
  FILE* pipe = ::popen(command.c_str(), "re");
  if (pipe == nullptr) return {127, ""};
  std::array<char, 4096> chunk;
  size_t got = 0;
  while ((got = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0) {
    ran.out.append(chunk.data(), got);
  }
  const int status = ::pclose(pipe);
  ran.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return ran;
}

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
