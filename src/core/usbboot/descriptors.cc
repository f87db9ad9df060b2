#include "core/usbboot/descriptors.h"

namespace zprov::usbboot {
namespace {

// USB 2.0, 9.5 and 9.6: the descriptors' types, least sizes and fields.
constexpr uint8_t kConfiguration = 2;
constexpr uint8_t kInterface = 4;
constexpr uint8_t kEndpoint = 5;
constexpr size_t kConfigurationBytes = 9;
constexpr size_t kInterfaceBytes = 9;
constexpr size_t kEndpointBytes = 7;
constexpr uint8_t kVendorClass = 0xff;
constexpr uint8_t kDirectionIn = 0x80;
constexpr uint8_t kEndpointNumber = 0x0f;
constexpr uint8_t kTransferType = 0x03;
constexpr uint8_t kBulk = 0x02;

uint8_t ByteAt(std::string_view bytes, size_t at) { return static_cast<uint8_t>(bytes[at]); }

// The descriptor that `rest` begins with; empty where it is cut off or says an impossible length.
std::string_view Front(std::string_view rest) {
  if (rest.size() < 2) return {};
  const size_t length = ByteAt(rest, 0);
  if (length < 2 || length > rest.size()) return {};
  return rest.substr(0, length);
}

bool Is(std::string_view descriptor, uint8_t type, size_t least_bytes) {
  return descriptor.size() >= least_bytes && ByteAt(descriptor, 1) == type;
}

// The number of an interface we would send to: of vendor class, in its first setting.
std::optional<uint8_t> VendorInterface(std::string_view descriptor) {
  const uint8_t setting = ByteAt(descriptor, 3);
  if (setting != 0 || ByteAt(descriptor, 5) != kVendorClass) return std::nullopt;
  return ByteAt(descriptor, 2);
}

std::optional<uint8_t> BulkOut(std::string_view descriptor) {
  const uint8_t address = ByteAt(descriptor, 2);
  const auto number = static_cast<uint8_t>(address & kEndpointNumber);
  const bool is_bulk = (ByteAt(descriptor, 3) & kTransferType) == kBulk;
  if ((address & kDirectionIn) != 0 || number == 0 || !is_bulk) return std::nullopt;
  return number;
}

}  // namespace

std::optional<BulkTarget> ChooseBulkOut(std::string_view configuration) {
  if (!Is(Front(configuration), kConfiguration, kConfigurationBytes)) return std::nullopt;
  const uint8_t interfaces = ByteAt(configuration, 4);
  std::optional<uint8_t> current;
  for (std::string_view rest = configuration; !rest.empty();) {
    const std::string_view descriptor = Front(rest);
    if (descriptor.empty()) break;
    rest.remove_prefix(descriptor.size());
    if (Is(descriptor, kInterface, kInterfaceBytes)) current = VendorInterface(descriptor);
    if (!current || !Is(descriptor, kEndpoint, kEndpointBytes)) continue;
    if (const auto endpoint = BulkOut(descriptor)) return BulkTarget{*current, *endpoint};
  }
  return interfaces == 1 ? BulkTarget{0, 1} : BulkTarget{1, 3};
}

}  // namespace zprov::usbboot
