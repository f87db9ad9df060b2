#include "adapters/own_root.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "adapters/attributes.h"
#include "adapters/errno.h"
#include "adapters/root.h"

namespace zprov::adapters {
namespace {

constexpr int kCannotEnter = 127;  // exit code that nobody reads: Outcome says more

// The directory above, until there is none. A root below the working directory does not stop it.
bool ClimbToTheTop() {
  for (;;) {
    struct stat here = {};
    struct stat above = {};
    if (::stat(".", &here) != 0 || ::stat("..", &above) != 0) return false;
    if (here.st_dev == above.st_dev && here.st_ino == above.st_ino) return true;
    if (::chdir("..") != 0) return false;
  }
}

// Propagation is a matter of mount points, and in a chroot "/" may be none: from a root below the
// working directory the namespace's own top can be reached.
bool MakeAllPrivate() {
  return ::chroot("proc") == 0 && ClimbToTheTop() &&
         ::mount(nullptr, ".", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

// The working directory goes along into the new namespace; a descriptor would lead back.
bool TakeNamespace(int root) { return ::fchdir(root) == 0 && ::unshare(CLONE_NEWNS) == 0; }

bool TakeRoot(int) {
  const int here = ::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  return here >= 0 && MakeAllPrivate() && ::fchdir(here) == 0 && ::chroot(".") == 0;
}

bool MountProc(int) {
  return ::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0;
}

bool MountTmp(int) {
  return ::mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") == 0;
}

bool MountDev(int) {
  return ::mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755,size=64k") == 0;
}

struct Device {
  const char* path;
  unsigned major;
  unsigned minor;
};

// Numbers: Documentation/admin-guide/devices.txt of the kernel.
constexpr std::array<Device, 6> kDevices = {{{"/dev/null", 1, 3},
                                             {"/dev/zero", 1, 5},
                                             {"/dev/full", 1, 7},
                                             {"/dev/random", 1, 8},
                                             {"/dev/urandom", 1, 9},
                                             {"/dev/tty", 5, 0}}};

bool FillDev(int) {
  constexpr mode_t kForAll = 0666;
  for (const Device& device : kDevices) {
    const dev_t number = ::makedev(device.major, device.minor);
    if (::mknod(device.path, S_IFCHR | kForAll, number) != 0) return false;
    if (::chmod(device.path, kForAll) != 0) return false;  // whatever the umask
  }
  return ::symlink("/proc/self/fd", "/dev/fd") == 0;  // shells' <(…)
}

struct Step {
  const char* what;  // after "cannot"
  bool (*done)(int root);
};

constexpr std::array<Step, 6> kSteps = {{{"take a mount namespace", TakeNamespace},
                                         {"make it the root", TakeRoot},
                                         {"mount its /proc", MountProc},
                                         {"mount its /tmp", MountTmp},
                                         {"mount its /dev", MountDev},
                                         {"fill its /dev", FillDev}}};

struct Trouble {
  size_t step;
  int number;  // errno
};

Result<bool> MayRun(const Root& root, const std::string& path) {
  auto entry = root.Open(path, O_PATH);
  if (!entry) {
    if (entry.error().kind == ErrorKind::kNotFound) return false;
    return tl::make_unexpected(entry.error());
  }
  ZPROV_ASSIGN(const struct statx status, StatusOf(entry->number()));
  if (S_ISREG(status.stx_mode) && (status.stx_mode & 0111u) != 0) return true;
  return FailErrno(EACCES);
}

}  // namespace

void OwnRoot::Enter() const {
  for (size_t step = 0; step < kSteps.size(); ++step) {
    if (kSteps[step].done(root_.number())) continue;
    const Trouble trouble{step, errno};
    (void)!::write(trouble_.number(), &trouble, sizeof trouble);
    ::_exit(kCannotEnter);
  }
}

Result<void> OwnRoot::Outcome(const Fd& heard) {
  Trouble trouble = {};
  const ssize_t got = ::read(heard.number(), &trouble, sizeof trouble);
  if (got != static_cast<ssize_t>(sizeof trouble) || trouble.step >= kSteps.size()) return {};
  return FailErrno(std::string("cannot ") + kSteps[trouble.step].what, trouble.number);
}

Result<std::string> FindProgramIn(const Fd& root, const std::string& name,
                                  const std::vector<std::string_view>& directories) {
  Fd copy(::fcntl(root.number(), F_DUPFD_CLOEXEC, 0));
  if (!copy.valid()) return FailErrno(errno);
  const Root inside(std::move(copy));
  std::vector<std::string> places;
  if (name.find('/') != std::string::npos) {
    places.push_back(name);
  } else {
    for (std::string_view directory : directories) places.push_back(std::string(directory) + name);
  }
  for (const std::string& place : places) {
    ZPROV_ASSIGN(const bool runs, MayRun(inside, place));
    if (runs) return place;
  }
  return Fail(ErrorKind::kNotFound,
              "there is no program " + name + " in it: install the package that has it, there");
}

}  // namespace zprov::adapters
