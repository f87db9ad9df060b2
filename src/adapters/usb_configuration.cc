#include "adapters/usb_configuration.h"

#include <charconv>
#include <fstream>
#include <iterator>

#include "util/strings.h"

namespace zprov::adapters {
namespace {

// USB 2.0, 9.5 and 9.6.
constexpr uint8_t kConfigurationType = 2;
constexpr size_t kShortestDescriptor = 2;  // its length and its type
constexpr size_t kValueAt = 5;             // bConfigurationValue
constexpr size_t kConfigurationSize = 9;

uint8_t ByteAt(std::string_view bytes, size_t index) { return static_cast<uint8_t>(bytes[index]); }

// How many bytes `bytes` has before its next configuration, one at the very front not counted.
// What does not look like a descriptor belongs to what came before it.
size_t LengthOfFirst(std::string_view bytes) {
  size_t at = 0;
  while (bytes.size() - at >= kShortestDescriptor) {
    if (at > 0 && ByteAt(bytes, at + 1) == kConfigurationType) return at;
    const size_t length = ByteAt(bytes, at);
    if (length < kShortestDescriptor || length > bytes.size() - at) break;
    at += length;
  }
  return bytes.size();
}

std::string ReadAttribute(const PortPath& port, std::string_view name) {
  std::ifstream file("/sys/bus/usb/devices/" + port.ToString() + "/" + std::string(name),
                     std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<uint8_t> ReadNumber(const PortPath& port, std::string_view name) {
  const std::string content = ReadAttribute(port, name);
  const std::string_view text = Trim(content);
  uint8_t number = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

}  // namespace

std::string_view ConfigurationIn(std::string_view descriptors, uint8_t value) {
  // The device descriptor has no length that varies: 18 bytes.
  std::string_view rest = descriptors.substr(std::min<size_t>(descriptors.size(), 18));
  while (!rest.empty()) {
    const std::string_view first = rest.substr(0, LengthOfFirst(rest));
    if (first.size() >= kConfigurationSize && ByteAt(first, kValueAt) == value) return first;
    rest.remove_prefix(first.size());
  }
  return {};
}

std::optional<std::string> ReadConfiguration(const PortPath& port, uint8_t address) {
  const std::string descriptors = ReadAttribute(port, "descriptors");
  const std::optional<uint8_t> value = ReadNumber(port, "bConfigurationValue");
  // Last: what was read before it is of this device or of one before it.
  if (ReadNumber(port, "devnum") != address || descriptors.empty()) return std::nullopt;
  return std::string(value ? ConfigurationIn(descriptors, *value) : "");
}

}  // namespace zprov::adapters
