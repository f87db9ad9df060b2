// What is plugged into one end of the cable: its descriptors, as USB 2.0 chapter 9 has them, and
// what it does. No usbredir here (redir_port.h).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/usb_function.h"

namespace zprov::vm {

// bmRequestType to the class of an interface (USB 2.0, 9.3).
inline constexpr uint8_t kToClass = 0x21;
// USB 2.0, 9.6: descriptors, and what an endpoint can be.
inline constexpr uint8_t kEndpointType = 5;
inline constexpr uint8_t kOtherSpeedType = 7;
inline constexpr uint8_t kInterrupt = 3;

struct DeviceDescriptor {
  uint16_t vendor = 0;
  uint16_t product = 0;
  uint16_t release = 0x0100;  // BCD
  uint8_t device_class = 0;
  // Indices of `strings`, the first of which is 1; 0: none.
  uint8_t manufacturer_index = 0;
  uint8_t product_index = 0;
  uint8_t serial_index = 0;
  uint8_t configurations = 1;

  // As sent: 18 bytes.
  std::string Bytes() const;
  // What it would be at the other speed, as sent: 10 bytes (USB 2.0, 9.6.2).
  std::string QualifierBytes() const;
};

// The largest bulk packet, in bytes (USB 2.0, 5.8.3).
constexpr size_t PacketSize(sim::UsbSpeed speed) {
  return speed == sim::UsbSpeed::kHigh ? 512 : 64;
}

// String `index` as sent: index 0 lists the languages. Empty: there is none.
std::string StringDescriptor(const std::vector<std::string>& strings, uint8_t index);

// A request of its class, or the maker's, as no sim::UsbFunction hears it.
struct Request {
  uint8_t type = 0;
  uint8_t request = 0;
  uint16_t value = 0;
  uint16_t index = 0;
  uint16_t length = 0;
  std::string_view bytes = {};  // that the host sends with it
  uint8_t configuration = 0;    // the value of the one in use

  bool operator==(const Request&) const = default;
};

// A device, and what it says that os::UsbBus has no words for.
struct Device {
  DeviceDescriptor descriptor = {};
  std::vector<std::string> strings = {};  // ASCII
  std::shared_ptr<sim::UsbFunction> function = {};
  // Configurations besides the function's, which is the first; with all behind them.
  std::vector<std::string> further = {};
  // All of them as they are at the other speed. None: it has but one.
  std::vector<std::string> other_speed = {};
  // Up to so many bytes for the host. kNever: nothing yet; it is asked again after Poke.
  std::function<sim::UsbReply(size_t most)> bulk_in = {};
  // What is no standard request. Empty: `function` is asked, which sees no bytes.
  std::function<sim::UsbReply(const Request&)> on_request = {};
  // What the interrupt endpoint of the configuration of that value says to a host that begins to
  // listen there, a packet each.
  std::function<std::vector<std::string>(uint8_t configuration)> notices = {};
  // What it says besides, since it was asked last; asked again after each of those requests.
  std::function<std::vector<std::string>()> news = {};
  // The host has chosen its configuration: from here on it is in use.
  std::function<void()> configured = {};
};

// That descriptor as sent. Empty: there is none.
std::string DescriptorOf(const Device& device, uint8_t type, uint8_t index);
// The configuration of that value, which is no index. Empty: there is none.
std::string ConfigurationWith(const Device& device, uint8_t value);
// By which the host chooses it.
uint8_t ValueOf(const std::string& configuration);

// One endpoint of an interface's setting.
struct Endpoint {
  uint8_t address = 0;  // with 0x80 for IN
  uint8_t type = 0;     // 2: bulk, 3: interrupt
  uint8_t interval = 0;
  uint8_t interface_number = 0;
  uint16_t packet_size = 0;

  bool operator==(const Endpoint&) const = default;
};

struct Interface {
  uint8_t number = 0;
  uint8_t device_class = 0;
  uint8_t subclass = 0;
  uint8_t protocol = 0;
  std::vector<Endpoint> endpoints = {};

  bool operator==(const Interface&) const = default;
};

// By the number of an interface: the setting that its host has chosen; 0 where it has not.
using Settings = std::map<uint8_t, uint8_t>;

std::vector<Interface> InterfacesOf(const std::string& configuration, const Settings& settings);
bool HasInterruptEndpoint(const std::string& configuration, const Settings& settings,
                          uint8_t address);
// Whether that interface has such a setting.
bool HasSetting(const std::string& configuration, uint8_t interface_number, uint8_t setting);

}  // namespace zprov::vm
