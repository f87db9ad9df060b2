// The images that a cluster boots from, made by the scripts of vm/images where they are not there
// yet.
#pragma once

#include <string>

#include "util/result.h"

namespace zprov::vm {

struct ImageOptions {
  std::string root = "busybox";  // of the nodes; or "debian"
  std::string scripts;           // vm/images
  std::string made;              // where they keep what they made
  std::string log;               // what they say goes there
};

// The directory that the B+ boots from. kNotSupported: something has to be fetched, and no Debian
// mirror is within reach. kFailed: anything else. Both with the end of the log.
Result<std::string> MakeImages(const ImageOptions& options);

}  // namespace zprov::vm
