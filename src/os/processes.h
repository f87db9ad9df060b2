// Programs we start. Output, ends and deadlines come as os::Event; nothing here waits.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "util/result.h"

namespace zprov::os {

using ProcessId = uint64_t;  // ours, never used again; not the kernel's pid

class Processes {
 public:
  virtual ~Processes() = default;

  // Starts argv[0] (looked up in /usr/sbin:/usr/bin:/sbin:/bin unless it is a path) with no shell,
  // a minimal environment (PATH, LC_ALL=C.UTF-8), stdin from /dev/null, no other descriptor of
  // ours, in a process group of its own. kNotFound: no such program; kInvalid: empty argv;
  // kPermission.
  virtual Result<ProcessId> Start(const std::vector<std::string>& argv) = 0;

  // As Start, with the directory `root` for its "/" (chroot) in a mount namespace of its own with
  // its own /proc, /tmp and a /dev that has null, zero, full, random, urandom and tty; nothing of
  // that is seen outside, and it is gone when the program ends. argv[0] is looked up inside. Its
  // environment also has SOURCE_DATE_EPOCH=0 (reproducible-builds.org): what it makes of the same
  // root is the same again, whenever it runs.
  // kNotFound also when there is no `root`; kNotSupported when this machine cannot run programs of
  // the root's architecture; kPermission when namespaces are not allowed.
  virtual Result<ProcessId> StartIn(std::string_view root,
                                    const std::vector<std::string>& argv) = 0;

  // SIGTERM to its group, SIGKILL 2 s later if it has not ended; its ProcessEnded still comes.
  // kNotFound: unknown, or ended already.
  virtual Result<void> Stop(ProcessId process) = 0;
};

}  // namespace zprov::os
