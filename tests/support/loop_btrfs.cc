#include "support/loop_btrfs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/loop.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "support/namespaces.h"

namespace zprov::tests {
namespace {

using adapters::Fd;

// Covered by a tmpfs in the private namespace; every Debian has it, and no test lives there.
constexpr char kMounts[] = "/mnt";
constexpr int kLoopTries = 50;  // somebody else may take the free device that we were told of
// No commit by time: only what was synced is on disk, however slow the test.
constexpr char kOptions[] = "commit=3600,nodiscard";

Result<void> Missing(const char* capability) { return Fail(ErrorKind::kNotSupported, capability); }

Error System(const std::string& doing) {
  return {ErrorKind::kIo, fmt::format("{}: {}", doing, std::strerror(errno))};
}

Result<Fd> MakeBacking(uint64_t bytes) {
  // mkfs.btrfs takes two loop devices for one when the names of their files are the same.
  static int made = 0;
  const std::string name = fmt::format("loop_btrfs-{}-{}", ::getpid(), ++made);
  Fd fd(::memfd_create(name.c_str(), MFD_CLOEXEC));
  if (!fd.valid() || ::ftruncate(fd.number(), static_cast<off_t>(bytes)) != 0) {
    return tl::make_unexpected(System("memfd"));
  }
  return fd;
}

struct Loop {
  Fd fd;  // the device goes with the last user: this descriptor, or a mount
  std::string device;
};

Result<Loop> Attach(const Fd& backing) {
  const Fd control(::open("/dev/loop-control", O_RDWR | O_CLOEXEC));
  if (!control.valid()) return Missing("loop devices").map([] { return Loop{}; });
  loop_config config = {};
  config.fd = static_cast<uint32_t>(backing.number());
  config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
  for (int i = 0; i < kLoopTries; ++i) {
    const int number = ::ioctl(control.number(), LOOP_CTL_GET_FREE);
    if (number < 0) break;
    Loop loop{Fd(), fmt::format("/dev/loop{}", number)};
    loop.fd = Fd(::open(loop.device.c_str(), O_RDWR | O_CLOEXEC));
    if (!loop.fd.valid()) break;
    if (::ioctl(loop.fd.number(), LOOP_CONFIGURE, &config) == 0) return loop;
    if (errno != EBUSY) return tl::make_unexpected(System("LOOP_CONFIGURE"));
  }
  return Missing("loop devices").map([] { return Loop{}; });
}

Result<void> Format(const std::string& device, LoopBtrfs::Layout layout) {
  std::vector<const char*> argv = {"mkfs.btrfs", "-q", "-f"};
  if (layout == LoopBtrfs::Layout::kMixed) argv.insert(argv.end(), {"--mixed", "-n", "4096"});
  argv.insert(argv.end(), {device.c_str(), nullptr});
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  char* const environment[] = {path, nullptr};
  const int failed = ::posix_spawnp(&pid, "mkfs.btrfs", &actions, nullptr,
                                    const_cast<char* const*>(argv.data()), environment);
  posix_spawn_file_actions_destroy(&actions);
  if (failed == ENOENT) return Missing("mkfs.btrfs");
  int status = 0;
  if (failed != 0 || ::waitpid(pid, &status, 0) != pid) {
    return tl::make_unexpected(System("mkfs.btrfs"));
  }
  if (status == 0) return {};
  return Fail(ErrorKind::kFailed, fmt::format("mkfs.btrfs ended with status {:#x}", status));
}

Result<void> CopyBytes(const Fd& from, const Fd& to) {
  std::vector<char> chunk(1 << 20);
  off_t at = 0;
  for (;;) {
    at = ::lseek(from.number(), at, SEEK_DATA);
    if (at < 0 && errno == ENXIO) return {};
    const off_t hole = ::lseek(from.number(), at, SEEK_HOLE);
    if (at < 0 || hole < 0) return tl::make_unexpected(System("seek in the backing file"));
    while (at < hole) {
      const size_t want = std::min(chunk.size(), static_cast<size_t>(hole - at));
      const ssize_t got = ::pread(from.number(), chunk.data(), want, at);
      if (got <= 0 || ::pwrite(to.number(), chunk.data(), static_cast<size_t>(got), at) != got) {
        return tl::make_unexpected(System("copy the backing file"));
      }
      at += got;
    }
  }
}

// Once for a process; a forked one needs its own, or its mounts would outlive it here.
Result<void> EnterPrivateMountNamespace() {
  static pid_t entered = 0;
  if (entered == ::getpid()) return {};
  if (EnterPrivateNamespaces(0) != 0 ||
      ::mount("loop_btrfs", kMounts, "tmpfs", 0, "mode=0755") != 0) {
    return Missing("root");
  }
  entered = ::getpid();
  return {};
}

}  // namespace

Result<void> LoopBtrfs::Mount(const std::string& device) {
  std::string path = std::string(kMounts) + "/btrfs-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return tl::make_unexpected(System("mkdtemp"));
  if (::mount(device.c_str(), path.c_str(), "btrfs", 0, kOptions) != 0) {
    if (errno == ENODEV) return Missing("btrfs");
    if (errno == EEXIST) return Missing("two mounts of one fsid");
    return tl::make_unexpected(System("mount " + device));
  }
  path_ = path;
  return {};
}

Result<std::unique_ptr<LoopBtrfs>> LoopBtrfs::Make(uint64_t bytes, Layout layout) {
  ZPROV_TRY(EnterPrivateMountNamespace());
  ZPROV_ASSIGN(Fd backing, MakeBacking(bytes));
  std::unique_ptr<LoopBtrfs> made(new LoopBtrfs(std::move(backing)));
  ZPROV_ASSIGN(const Loop loop, Attach(made->backing_));
  ZPROV_TRY(Format(loop.device, layout));
  ZPROV_TRY(made->Mount(loop.device));
  return made;
}

Result<std::unique_ptr<LoopBtrfs>> LoopBtrfs::CopyOfBackingFile() const {
  struct stat status = {};
  if (::fstat(backing_.number(), &status) != 0) return tl::make_unexpected(System("fstat"));
  ZPROV_ASSIGN(Fd copy, MakeBacking(static_cast<uint64_t>(status.st_size)));
  ZPROV_TRY(CopyBytes(backing_, copy));
  std::unique_ptr<LoopBtrfs> made(new LoopBtrfs(std::move(copy)));
  ZPROV_ASSIGN(const Loop loop, Attach(made->backing_));
  ZPROV_TRY(made->Mount(loop.device));
  return made;
}

LoopBtrfs::~LoopBtrfs() {
  // Lazily: a descriptor that a failed test leaked must not keep the mount point.
  if (!path_.empty()) ::umount2(path_.c_str(), MNT_DETACH);
}

}  // namespace zprov::tests
