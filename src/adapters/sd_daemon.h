// os::Supervisor by libsystemd (sd-daemon(3)).
#pragma once

#include <memory>

#include "os/supervisor.h"

namespace zprov::adapters {

std::unique_ptr<os::Supervisor> MakeSdDaemon();

}  // namespace zprov::adapters
