// The kernel's world: adapters on a loop btrfs, and system calls for what others do there.
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>

#include "adapters/attributes.h"
#include "adapters/boost_process.h"
#include "adapters/entry.h"
#include "adapters/event_loop.h"
#include "adapters/host_filesystem.h"
#include "contract/file_world.h"
#include "support/loop_btrfs.h"

namespace zprov::tests {
namespace {

using adapters::Fd;

constexpr uint64_t kBytes = 64 << 20;  // fills up in well under a second

Result<void> Check(int outcome, std::string_view doing) {
  if (outcome == 0) return {};
  return Fail(ErrorKind::kIo, std::string(doing) + ": " + std::strerror(errno));
}

mode_t TypeBits(os::FileType type) {
  switch (type) {
    case os::FileType::kDirectory:
      return S_IFDIR;
    case os::FileType::kSymlink:
      return S_IFLNK;
    case os::FileType::kFifo:
      return S_IFIFO;
    case os::FileType::kSocket:
      return S_IFSOCK;
    case os::FileType::kCharDevice:
      return S_IFCHR;
    case os::FileType::kBlockDevice:
      return S_IFBLK;
    case os::FileType::kRegular:
      return S_IFREG;
  }
  return 0;
}

// A process that has locked the file as dpkg does (fcntl F_SETLK), until this is destroyed.
class RecordLockHolder {
 public:
  explicit RecordLockHolder(const std::string& path) {
    int ready[2];
    if (::pipe2(ready, O_CLOEXEC) != 0) return;
    pid_ = ::fork();
    if (pid_ == 0) Hold(path, ready[1]);
    ::close(ready[1]);
    char heard = 0;
    EXPECT_EQ(::read(ready[0], &heard, 1), 1) << "nobody could lock " << path;
    ::close(ready[0]);
  }
  RecordLockHolder(const RecordLockHolder&) = delete;
  RecordLockHolder& operator=(const RecordLockHolder&) = delete;
  ~RecordLockHolder() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  [[noreturn]] static void Hold(const std::string& path, int ready) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (::fcntl(fd, F_SETLK, &lock) != 0) ::_exit(1);
    (void)!::write(ready, "x", 1);
    for (;;) ::pause();
  }

  pid_t pid_ = -1;
};

class KernelWorld : public FileWorld {
 public:
  KernelWorld(std::unique_ptr<LoopBtrfs> disk, adapters::HostFilesystem host)
      : disk_(std::move(disk)), host_(std::move(host)) {}

  static Result<std::unique_ptr<FileWorld>> On(std::unique_ptr<LoopBtrfs> disk) {
    ZPROV_ASSIGN(adapters::HostFilesystem host, adapters::OpenHostFilesystem(disk->path()));
    return std::make_unique<KernelWorld>(std::move(disk), std::move(host));
  }

  os::Files& files() override { return *host_.files; }
  os::Trees& trees() override { return *host_.trees; }
  os::Locks& locks() override { return *host_.locks; }
  os::Btrfs& btrfs() override { return *host_.btrfs; }
  os::Roots& roots() override { return *host_.roots; }
  os::Processes& processes() override { return *processes_; }
  os::Events& events() override { return *loop_; }
  os::Clock& clock() override { return *host_.clock; }

  Result<void> Put(std::string_view path, const Entry& entry) override {
    const std::string at = HostPath(path);
    ZPROV_TRY(Make(at, entry));
    const Fd fd(::open(at.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    adapters::Attributes attributes{entry.uid, entry.gid, entry.mode, {}, {}, entry.xattrs};
    attributes.modified = {entry.modified_ns / 1'000'000'000, entry.modified_ns % 1'000'000'000};
    attributes.accessed = attributes.modified;
    return adapters::SetAttributes(fd.number(), attributes);
  }

  Result<Entry> Look(std::string_view path) override {
    const std::string at = HostPath(path);
    const Fd fd(::open(at.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    ZPROV_ASSIGN(const struct statx status, adapters::StatusOf(fd.number()));
    ZPROV_ASSIGN(auto xattrs, adapters::XattrsOf(fd.number()));
    Entry entry;
    entry.type = adapters::TypeOf(status.stx_mode);
    entry.mode = status.stx_mode & 07777u;
    entry.uid = status.stx_uid;
    entry.gid = status.stx_gid;
    entry.modified_ns = adapters::Nanoseconds(status.stx_mtime);
    entry.xattrs = std::move(xattrs);
    if (entry.type == os::FileType::kSymlink) {
      ZPROV_ASSIGN(entry.content, adapters::SymlinkText(fd));
    } else if (entry.type == os::FileType::kRegular) {
      entry.content.resize(status.stx_size);
      const Fd file(::open(at.c_str(), O_RDONLY | O_CLOEXEC));
      const auto got = ::read(file.number(), entry.content.data(), entry.content.size());
      ZPROV_TRY(Check(got == static_cast<ssize_t>(status.stx_size) ? 0 : -1, "read " + at));
    }
    return entry;
  }

  Result<void> Link(std::string_view existing, std::string_view name) override {
    return Check(::link(HostPath(existing).c_str(), HostPath(name).c_str()), "link");
  }

  Result<void> Mount(std::string_view path, const MountOptions& options) override {
    const unsigned long flags = (options.read_only ? static_cast<unsigned long>(MS_RDONLY) : 0ul) |
                                (options.nosuid ? static_cast<unsigned long>(MS_NOSUID) : 0ul) |
                                (options.nodev ? static_cast<unsigned long>(MS_NODEV) : 0ul);
    return Check(::mount("contract", HostPath(path).c_str(), "tmpfs", flags, "mode=0755"), "mount");
  }

  std::shared_ptr<void> HoldRecordLock(std::string_view path) override {
    return std::make_shared<RecordLockHolder>(HostPath(path));
  }

  Result<void> PutPrograms(std::string_view path) override {
    const std::string root = HostPath(path);
    for (const char* directory : {"/usr", "/usr/bin", "/bin", "/proc", "/dev", "/tmp"})
      ::mkdir((root + directory).c_str(), 0755);
    std::filesystem::copy_file("/bin/busybox", root + "/bin/busybox");
    if (foreign_) ZPROV_TRY(MakeForeign(root + "/bin/busybox"));
    ZPROV_TRY(PutText(root + "/usr/bin/note",
                      "#!/bin/busybox sh\nprintf %s \"$2\" > \"$1\" || exit 3\necho \"$1 $2\"\n"));
    ZPROV_TRY(PutText(root + "/usr/bin/plain", "a text\n"));
    return Check(::chmod((root + "/usr/bin/plain").c_str(), 0644), "chmod");
  }

  void MakeProgramsForeign() override { foreign_ = true; }

  // Big pieces first, then small ones, each until no more fits; on a mixed file system metadata
  // comes out of the same pool.
  Result<void> FillUp() override {
    const std::string filler = HostPath("/filler");
    const Fd fd(::open(filler.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    for (const size_t piece : {size_t{1} << 20, size_t{4096}}) {
      const std::string bytes(piece, 'x');
      while (::write(fd.number(), bytes.data(), bytes.size()) > 0) {
      }
      ZPROV_TRY(Check(errno == ENOSPC ? 0 : -1, "fill up"));
      ::fsync(fd.number());
    }
    return {};
  }

  Result<std::unique_ptr<FileWorld>> AfterPowerCut() override {
    ZPROV_ASSIGN(auto copy, disk_->CopyOfBackingFile());
    return On(std::move(copy));
  }

 private:
  std::string HostPath(std::string_view path) const { return disk_->path() + std::string(path); }

  static Result<void> Make(const std::string& at, const Entry& entry) {
    if (entry.type == os::FileType::kSymlink) {
      return Check(::symlink(entry.content.c_str(), at.c_str()), "symlink");
    }
    if (entry.type == os::FileType::kDirectory) return Check(::mkdir(at.c_str(), 0700), "mkdir");
    const mode_t mode = TypeBits(entry.type) | 0600u;
    ZPROV_TRY(Check(::mknod(at.c_str(), mode, ::makedev(kDeviceMajor, kDeviceMinor)), "mknod"));
    if (entry.type != os::FileType::kRegular) return {};
    const Fd fd(::open(at.c_str(), O_WRONLY | O_CLOEXEC));
    const ssize_t written = ::write(fd.number(), entry.content.data(), entry.content.size());
    return Check(written == static_cast<ssize_t>(entry.content.size()) ? 0 : -1, "write " + at);
  }

  static Result<void> PutText(const std::string& at, std::string_view text) {
    const Fd fd(::open(at.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0755));
    const ssize_t written = ::write(fd.number(), text.data(), text.size());
    return Check(written == static_cast<ssize_t>(text.size()) ? 0 : -1, "write " + at);
  }

  // e_machine of its ELF header (elf.h) becomes one that no kernel runs.
  static Result<void> MakeForeign(const std::string& program) {
    const Fd fd(::open(program.c_str(), O_WRONLY | O_CLOEXEC));
    const uint16_t machine = EM_NONE;
    const ssize_t written =
        ::pwrite(fd.number(), &machine, sizeof machine, offsetof(Elf64_Ehdr, e_machine));
    return Check(written == static_cast<ssize_t>(sizeof machine) ? 0 : -1, "write " + program);
  }

  std::unique_ptr<LoopBtrfs> disk_;
  adapters::HostFilesystem host_;
  std::unique_ptr<adapters::EventLoop> loop_ = adapters::MakeEventLoop(*host_.clock);
  std::unique_ptr<os::Processes> processes_ = adapters::MakeBoostProcess(*loop_, host_.root);
  bool foreign_ = false;
};

}  // namespace

Result<std::unique_ptr<FileWorld>> MakeKernelFileWorld() {
  ZPROV_ASSIGN(auto disk, LoopBtrfs::Make(kBytes, LoopBtrfs::Layout::kMixed));
  return KernelWorld::On(std::move(disk));
}

}  // namespace zprov::tests
