#include "support/namespaces.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace zprov::tests {
namespace {

bool MakePrivate(const char* path) {
  return mount(nullptr, path, nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

// The directory above, until there is none: outside of a chroot that the working directory is not
// in, this is the namespace's own root.
bool ClimbToTheTop() {
  for (;;) {
    struct stat here {};
    struct stat above {};
    if (stat(".", &here) != 0 || stat("..", &above) != 0) return false;
    if (here.st_dev == above.st_dev && here.st_ino == above.st_ino) return true;
    if (chdir("..") != 0) return false;
  }
}

// In a chroot whose root is no mount point, propagation is set on the mounts above it. A root below
// the working directory lets us climb out; then both go back to where they were.
bool MakePrivateFromChroot(int root, int working_directory) {
  const bool climbed = fchdir(root) == 0 && chroot("proc") == 0 && ClimbToTheTop();
  const bool made = climbed && MakePrivate(".");
  const bool back = fchdir(root) == 0 && chroot(".") == 0 && fchdir(working_directory) == 0;
  return made && back;
}

}  // namespace

int EnterPrivateNamespaces(int more) {
  if (unshare(CLONE_NEWNS | more) != 0) return errno;
  if (MakePrivate("/")) return 0;
  // Opened only now: what was opened before leads back into the old namespace.
  const int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  const int working_directory = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  const int result = MakePrivateFromChroot(root, working_directory) ? 0 : errno;
  close(root);
  close(working_directory);
  return result;
}

}  // namespace zprov::tests
