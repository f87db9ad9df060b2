// os::Identities by libssh, which also gives the random bytes.
#pragma once

#include <memory>

#include "os/identities.h"

namespace zprov::adapters {

std::unique_ptr<os::Identities> MakeLibssh();

}  // namespace zprov::adapters
