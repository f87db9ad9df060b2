#include "vm/cable/device.h"

#include <string_view>

namespace zprov::vm {
namespace {

// USB 2.0, 9.6.
constexpr uint8_t kDeviceType = 1;
constexpr uint8_t kConfigurationType = 2;
constexpr uint8_t kStringType = 3;
constexpr uint8_t kInterfaceType = 4;
constexpr uint8_t kQualifierType = 6;
constexpr size_t kConfigurationSize = 9;
constexpr size_t kInterfaceSize = 9;
constexpr size_t kEndpointSize = 7;

void AddNumber(std::string& bytes, uint16_t number) {
  bytes += static_cast<char>(number & 0xff);
  bytes += static_cast<char>(number >> 8);
}

uint8_t At(std::string_view bytes, size_t at) { return static_cast<uint8_t>(bytes[at]); }

std::vector<std::string_view> DescriptorsIn(std::string_view rest) {
  std::vector<std::string_view> descriptors;
  while (rest.size() >= 2 && At(rest, 0) >= 2 && At(rest, 0) <= rest.size()) {
    descriptors.push_back(rest.substr(0, At(rest, 0)));
    rest.remove_prefix(descriptors.back().size());
  }
  return descriptors;
}

bool IsInterface(std::string_view descriptor) {
  return At(descriptor, 1) == kInterfaceType && descriptor.size() >= kInterfaceSize;
}

Interface InterfaceOf(std::string_view bytes) {
  return {.number = At(bytes, 2),
          .device_class = At(bytes, 5),
          .subclass = At(bytes, 6),
          .protocol = At(bytes, 7)};
}

Endpoint EndpointOf(std::string_view bytes, uint8_t interface_number) {
  const auto size = static_cast<uint16_t>(At(bytes, 4) | At(bytes, 5) << 8);
  return {.address = At(bytes, 2),
          .type = static_cast<uint8_t>(At(bytes, 3) & 3),
          .interval = At(bytes, 6),
          .interface_number = interface_number,
          .packet_size = size};
}

// From the version of USB to the packet size of endpoint 0: the same at either speed.
std::string AtAnySpeed(const DeviceDescriptor& descriptor) {
  constexpr char kControlPacketSize = 64;
  return {0x00, 0x02, static_cast<char>(descriptor.device_class), 0, 0, kControlPacketSize};
}

}  // namespace

std::string DeviceDescriptor::Bytes() const {
  std::string bytes{18, kDeviceType};
  bytes += AtAnySpeed(*this);
  AddNumber(bytes, vendor);
  AddNumber(bytes, product);
  AddNumber(bytes, release);
  for (const uint8_t index : {manufacturer_index, product_index, serial_index}) {
    bytes += static_cast<char>(index);
  }
  bytes += static_cast<char>(configurations);
  return bytes;
}

std::string DeviceDescriptor::QualifierBytes() const {
  std::string bytes{10, kQualifierType};
  bytes += AtAnySpeed(*this);
  bytes += static_cast<char>(configurations);
  bytes += '\0';
  return bytes;
}

std::string DescriptorOf(const Device& device, uint8_t type, uint8_t index) {
  const auto& others = device.other_speed;
  switch (type) {
    case kDeviceType:
      return device.descriptor.Bytes();
    case kConfigurationType:
      if (index == 0) return device.function->Configuration();
      return index <= device.further.size() ? device.further[index - 1U] : "";
    case kStringType:
      return StringDescriptor(device.strings, index);
    case kQualifierType:
      return others.empty() ? "" : device.descriptor.QualifierBytes();
    case kOtherSpeedType:
      return index < others.size() ? others[index] : "";
    default:
      return "";
  }
}

std::string ConfigurationWith(const Device& device, uint8_t value) {
  for (uint8_t index = 0;; ++index) {
    std::string one = DescriptorOf(device, kConfigurationType, index);
    if (one.empty() || ValueOf(one) == value) return one;
  }
}

uint8_t ValueOf(const std::string& configuration) {
  return configuration.size() < kConfigurationSize ? uint8_t{0} : At(configuration, 5);
}

std::string StringDescriptor(const std::vector<std::string>& strings, uint8_t index) {
  if (index == 0) return {4, kStringType, 0x09, 0x04};  // US English
  if (index > strings.size()) return "";
  std::string bytes{static_cast<char>(2 + 2 * strings[index - 1U].size()), kStringType};
  for (const char c : strings[index - 1U]) {
    bytes += c;
    bytes += '\0';
  }
  return bytes;
}

std::vector<Interface> InterfacesOf(const std::string& configuration, const Settings& settings) {
  std::vector<Interface> interfaces;
  bool is_chosen = false;
  for (const std::string_view one : DescriptorsIn(configuration)) {
    if (IsInterface(one)) {
      const auto setting = settings.find(At(one, 2));
      is_chosen = At(one, 3) == (setting == settings.end() ? 0 : setting->second);
      if (is_chosen) interfaces.push_back(InterfaceOf(one));
    } else if (At(one, 1) == kEndpointType && one.size() >= kEndpointSize && is_chosen) {
      interfaces.back().endpoints.push_back(EndpointOf(one, interfaces.back().number));
    }
  }
  return interfaces;
}

bool HasInterruptEndpoint(const std::string& configuration, const Settings& settings,
                          uint8_t address) {
  for (const Interface& each : InterfacesOf(configuration, settings)) {
    for (const Endpoint& endpoint : each.endpoints) {
      if (endpoint.address == address && endpoint.type == kInterrupt) return true;
    }
  }
  return false;
}

bool HasSetting(const std::string& configuration, uint8_t interface_number, uint8_t setting) {
  for (const std::string_view one : DescriptorsIn(configuration)) {
    if (IsInterface(one) && At(one, 2) == interface_number && At(one, 3) == setting) return true;
  }
  return false;
}

}  // namespace zprov::vm
