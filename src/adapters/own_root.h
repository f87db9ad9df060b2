// Takes a child, between fork and exec, into another root with mounts of its own. System calls: no
// library in Debian 12 does it in code that may run between fork and exec (libmount allocates).
#pragma once

#include <string_view>
#include <vector>

#include "adapters/fd.h"
#include "util/result.h"

namespace zprov::adapters {

class OwnRoot {
 public:
  // `root` is O_PATH; what the child says of a failure goes through `trouble`, which closes on
  // exec. Both above 2, and left alone until the child has started.
  OwnRoot(Fd root, Fd trouble) : root_(std::move(root)), trouble_(std::move(trouble)) {}

  // In the child. Comes back in the new root, or ends the child.
  void Enter() const;

  // In the parent, once the child runs the program or has ended: what failed. `heard` is the other
  // end of `trouble`; non-blocking, or ours closed before.
  static Result<void> Outcome(const Fd& heard);

 private:
  Fd root_;
  Fd trouble_;
};

// Where in `root` (O_PATH) a program by that name is, as a path in it: looked up in `directories`
// ("/usr/bin/") unless it is a path. kNotFound; kPermission when nobody may run it.
Result<std::string> FindProgramIn(const Fd& root, const std::string& name,
                                  const std::vector<std::string_view>& directories);

}  // namespace zprov::adapters
