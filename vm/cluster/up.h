// A cluster for people: from nothing to nodes that run, with what happens on the way told as it
// happens, and then on until it is ended.
#pragma once

#include <functional>
#include <string>

#include "util/result.h"

namespace zprov::vm {

struct UpOptions {
  std::string directory;  // made anew
  int zeros = 1;
  std::string root = "busybox";  // of the nodes; or "debian"
  std::string images;            // the scripts, vm/images
  std::string made;              // where they keep what they made
  std::string cable;             // the program zprov-cable
  std::string build;             // the tree that zprov is installed from
};

// Does not return while the cluster is up. `say` gets a line for people at a time.
Result<void> Up(const UpOptions& options, const std::function<void(const std::string&)>& say);

}  // namespace zprov::vm
