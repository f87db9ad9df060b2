// What came of telling nodes to halt or to reboot, as people read it.
#pragma once

#include <string>

#include "engine/serve/give_order.h"
#include "engine/update_reboot.h"

namespace zprov::cli {

// A row per node; below, for each that did not obey, why and what to do; warnings. The last line
// sums it up.
std::string OrderedText(engine::Order what, const engine::Ordered& ordered);

// Of an update whose nodes were rebooted at once.
std::string RenewedText(const engine::Renewed& renewed);

bool AllObeyed(const engine::Ordered& ordered);

}  // namespace zprov::cli
