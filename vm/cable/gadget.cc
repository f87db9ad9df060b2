#include "vm/cable/gadget.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "sim/zero/ids.h"
#include "vm/cable/gadget_shapes.h"
#include "vm/cable/rndis.h"

namespace zprov::vm {
namespace {

using sim::UsbReply;
using sim::UsbSpeed;

// USB CDC, ECM 1.2, 6.2. The interface of control is the first in each gadget.
constexpr uint8_t kSetPacketFilter = 0x43;

// USB CDC 1.2, 6.3, as f_ecm.c sends them: the link is not there, the link is, and its peak both
// ways (u_ether.h, gether_bitrate). The first has been waiting since the configuration was chosen,
// when the endpoints of data were not in use.
std::vector<std::string> EcmNotices(UsbSpeed speed) {
  const std::string_view peak(speed == UsbSpeed::kHigh ? "\x00\x00\x64\x19" : "\x00\x70\x94\x00",
                              4);
  return {
      std::string("\xa1\x00\x00\x00\x00\x00\x00\x00", 8),
      std::string("\xa1\x00\x01\x00\x00\x00\x00\x00", 8),
      std::string("\xa1\x2a\x00\x00\x00\x00\x08\x00", 8) + std::string(peak) + std::string(peak)};
}

// f_ecm.c, ecm_setup: there is nothing to be set, but no other request.
UsbReply EcmReply(const Request& request) {
  const bool is_filter = request.type == kToClass && request.request == kSetPacketFilter &&
                         request.index == 0 && request.length == 0;
  return is_filter ? UsbReply::Taken() : UsbReply::Stall();
}

// u_ether.c: without colons, in capitals.
std::string MacString(const std::optional<Mac>& mac) {
  return mac ? fmt::format("{:012X}", mac->Number()) : "";
}

// The version of the kernel.
constexpr uint16_t kRelease = 0x0601;

// configfs.c: the class is each interface's.
DeviceDescriptor ConfigfsDescriptor(uint16_t product) {
  return {.vendor = sim::kGadgetVendor,
          .product = product,
          .release = kRelease,
          .manufacturer_index = 1,
          .product_index = 2,
          .serial_index = 3};
}

// As src/node fills it in. A function's strings end with one that is there and empty (composite.c,
// usb_gstrings_attach).
void BeGeth(Device& device, const GadgetNames& names) {
  device.descriptor = ConfigfsDescriptor(sim::kGadgetProduct);
  device.strings = {"zprov",
                    "USB network of a node",
                    names.node,
                    "CDC Ethernet Subset/SAFE",
                    MacString(names.host_mac),
                    ""};
  device.on_request = [](const Request&) { return UsbReply::Stall(); };
}

void BeEcm(Device& device, const GadgetNames& names) {
  device.descriptor = ConfigfsDescriptor(sim::kGadgetCdcProduct);
  device.strings = {"zprov",
                    "USB network of a node",
                    names.node,
                    "CDC Ethernet Control Model (ECM)",
                    MacString(names.host_mac),
                    "CDC Ethernet Data",
                    "CDC ECM",
                    ""};
  device.on_request = EcmReply;
  device.notices = [speed = device.function->Speed()](uint8_t) { return EcmNotices(speed); };
}

// legacy/ether.c. Index 0 has the value 2: a host that knows no RNDIS looks further.
void BeGEther(Device& device, const GadgetNames& names) {
  device.descriptor = {.vendor = sim::kGadgetVendor,
                       .product = sim::kGadgetProduct,
                       .release = kRelease,
                       .device_class = sim::kGadgetClass,
                       .manufacturer_index = 1,
                       .product_index = 2,
                       .configurations = 2};
  // The maker is the kernel and the controller, here a Zero's. There is room for a serial number,
  // of which the device tells nothing.
  device.strings = {"Linux 6.1.21+ with 20980000.usb",
                    "RNDIS/Ethernet Gadget",
                    "",
                    "RNDIS Communications Control",
                    "RNDIS Ethernet Data",
                    "RNDIS",
                    "",
                    "CDC Ethernet Control Model (ECM)",
                    MacString(names.host_mac),
                    "CDC Ethernet Data",
                    "CDC ECM",
                    ""};
  const auto rndis = std::make_shared<Rndis>();
  device.configured = [rndis] { rndis->Reset(); };
  device.on_request = [rndis](const Request& request) {
    if (request.configuration == ValueOf(std::string(kRndisShape))) return rndis->ReplyTo(request);
    return EcmReply(request);
  };
  device.notices = [speed = device.function->Speed()](uint8_t configuration) {
    const bool is_rndis = configuration == ValueOf(std::string(kRndisShape));
    return is_rndis ? std::vector<std::string>{} : EcmNotices(speed);
  };
  device.news = [rndis] { return rndis->News(); };
}

}  // namespace

std::optional<Gadget> GadgetNamed(std::string_view name) {
  if (name == "geth") return Gadget::kGeth;
  if (name == "ecm") return Gadget::kEcm;
  if (name == "g_ether") return Gadget::kGEther;
  return std::nullopt;
}

std::vector<std::string> ConfigurationsOf(Gadget gadget, UsbSpeed speed) {
  switch (gadget) {
    case Gadget::kGeth:
      return {Shaped(kGethShape, speed)};
    case Gadget::kEcm:
      return {Shaped(kEcmShape, speed)};
    case Gadget::kGEther:
      return {Shaped(kRndisShape, speed), Shaped(kEcmOfGEtherShape, speed)};
  }
  return {};
}

Device DeviceOf(Gadget gadget, const std::shared_ptr<NetworkEnd>& end, const GadgetNames& names) {
  const UsbSpeed speed = end->Speed();
  const UsbSpeed other = speed == UsbSpeed::kHigh ? UsbSpeed::kFull : UsbSpeed::kHigh;
  const auto shapes = ConfigurationsOf(gadget, speed);
  Device device{.function = end,
                .further = {shapes.begin() + 1, shapes.end()},
                .bulk_in = [end](size_t most) { return end->BulkIn(most); }};
  for (const std::string& each : ConfigurationsOf(gadget, other)) {
    device.other_speed.push_back(AtOtherSpeed(each));
  }
  switch (gadget) {
    case Gadget::kGeth:
      BeGeth(device, names);
      break;
    case Gadget::kEcm:
      BeEcm(device, names);
      break;
    case Gadget::kGEther:
      BeGEther(device, names);
      break;
  }
  return device;
}

}  // namespace zprov::vm
