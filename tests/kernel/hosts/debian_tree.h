// A real Debian tree, as make_debian_tree makes it.
#pragma once

#include <string>

#include "util/result.h"

namespace zprov::tests {

// Unpacks a Debian 12 host with kernel, firmware, ssh and NFS servers into directory `root`. The
// archive is made once a day and kept in the build directory. kNotSupported: the message names what
// is missing ("mmdebstrap").
Result<void> UnpackDebian(const std::string& root);

}  // namespace zprov::tests
