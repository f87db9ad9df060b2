// The bytes of a device's configuration, as the kernel keeps them: without asking the device, and
// without believing what it says about their number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "util/net.h"

namespace zprov::adapters {

// `descriptors`: sysfs' file of that name, which is the device descriptor and then each
// configuration as far as it was sent. The configuration with that bConfigurationValue, up to the
// next one's first descriptor; empty when there is none.
std::string_view ConfigurationIn(std::string_view descriptors, uint8_t value);

// The active configuration of the device at `port`, as sent; empty when it has none (yet). Nothing
// when another device than the one with the number `address` sits there, or none.
std::optional<std::string> ReadConfiguration(const PortPath& port, uint8_t address);

}  // namespace zprov::adapters
