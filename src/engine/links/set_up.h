// One change of the bridge or of a node's link, asked of the kernel. What is to change is decided
// in core/links.
#pragma once

#include "core/links/changes.h"
#include "os/netlink.h"
#include "util/result.h"

namespace zprov::engine {

// The errors of os::Netlink's verbs. After one, the steps before it stand; the whole can be asked
// again.
Result<void> SetUp(os::Netlink& netlink, const links::SetUpBridge& change);
Result<void> SetUp(os::Netlink& netlink, const links::SetUpLink& change);

}  // namespace zprov::engine
