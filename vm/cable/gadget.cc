#include "vm/cable/gadget.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "sim/zero/ids.h"

namespace zprov::vm {
namespace {

// Linux's drivers/usb/gadget, 6.1. The length of all and the size of bulk packets are put in below.
// Strings 1 to 3 are the gadget's maker, product and serial number; those of its function follow.

// function/f_subset.c: one interface, communications class, mobile direct line model with the GUID
// of SAFE, and no settings that the host must choose.
constexpr std::string_view kGeth{
    "\x09\x02\x00\x00\x01\x01\x00\x80\x01"
    "\x09\x04\x00\x00\x02\x02\x0a\x00\x04"
    "\x05\x24\x00\x10\x01"
    "\x15\x24\x12\x00\x01\x5d\x34\xcf\x66\x11\x18\x11\xd6\xa2\x1a\x00\x01\x02\xca\x9a\x7f"
    "\x06\x24\x13\x00\x00\x00"
    "\x0d\x24\x0f\x05\x00\x00\x00\x00\xea\x05\x00\x00\x00"
    "\x07\x05\x81\x02\x00\x00\x00"
    "\x07\x05\x01\x02\x00\x00\x00",
    0x4d};

// function/f_ecm.c: control and data, whose second setting alone has endpoints. The segment size is
// 1514 whatever its MTU is, and newer hosts hold it to that.
constexpr std::string_view kEcm{
    "\x09\x02\x00\x00\x02\x01\x00\x80\x01"
    "\x08\x0b\x00\x02\x02\x06\x00\x07"
    "\x09\x04\x00\x00\x01\x02\x06\x00\x04"
    "\x05\x24\x00\x10\x01"
    "\x05\x24\x06\x00\x01"
    "\x0d\x24\x0f\x05\x00\x00\x00\x00\xea\x05\x00\x00\x00"
    "\x07\x05\x82\x03\x10\x00\x09"
    "\x09\x04\x01\x00\x00\x0a\x00\x00\x00"
    "\x09\x04\x01\x01\x02\x0a\x00\x00\x06"
    "\x07\x05\x81\x02\x00\x00\x00"
    "\x07\x05\x01\x02\x00\x00\x00",
    0x58};

// USB 2.0, 9.6.6. The bulk endpoints are the last two of each.
constexpr size_t kEndpointSize = 7;
constexpr size_t kPacketSizeIn = 4;

// USB CDC 1.2, 6.3, as f_ecm.c sends them: the link is there, and its peak at high speed.
const std::vector<std::string> kNotices = {
    std::string("\xa1\x00\x01\x00\x00\x00\x00\x00", 8),
    std::string("\xa1\x2a\x00\x00\x00\x00\x08\x00\x00\x00\x64\x19\x00\x00\x64\x19", 16)};

std::string_view ShapeOf(Gadget gadget) {
  switch (gadget) {
    case Gadget::kGeth:
      return kGeth;
    case Gadget::kEcm:
      return kEcm;
  }
  return "";
}

// u_ether.c: without colons, in capitals.
std::string MacString(const std::optional<Mac>& mac) {
  return mac ? fmt::format("{:012X}", mac->Number()) : "";
}

}  // namespace

std::optional<Gadget> GadgetNamed(std::string_view name) {
  if (name == "geth") return Gadget::kGeth;
  if (name == "ecm") return Gadget::kEcm;
  return std::nullopt;
}

std::string ConfigurationOf(Gadget gadget, sim::UsbSpeed speed) {
  std::string bytes(ShapeOf(gadget));
  bytes[2] = static_cast<char>(bytes.size());
  const size_t packet = PacketSize(speed);
  for (const size_t from_end : {kEndpointSize, 2 * kEndpointSize}) {
    const size_t at = bytes.size() - from_end + kPacketSizeIn;
    bytes[at] = static_cast<char>(packet & 0xff);
    bytes[at + 1] = static_cast<char>(packet >> 8);
  }
  return bytes;
}

Device DeviceOf(Gadget gadget, const std::shared_ptr<NetworkEnd>& end, const GadgetNames& names) {
  // configfs.c: the release is the kernel's version; the class is each interface's.
  Device device{.descriptor = {.vendor = sim::kGadgetVendor,
                               .product = sim::kGadgetProduct,
                               .release = 0x0601,
                               .manufacturer_index = 1,
                               .product_index = 2,
                               .serial_index = 3},
                .strings = {"zprov", "USB network of a node", names.node},
                .function = end,
                .bulk_in = [end](size_t most) { return end->BulkIn(most); }};
  switch (gadget) {
    case Gadget::kGeth:
      device.strings.insert(device.strings.end(),
                            {"CDC Ethernet Subset/SAFE", MacString(names.host_mac)});
      break;
    case Gadget::kEcm:
      device.descriptor.product = sim::kGadgetCdcProduct;
      device.strings.insert(device.strings.end(),
                            {"CDC Ethernet Control Model (ECM)", MacString(names.host_mac),
                             "CDC Ethernet Data", "CDC ECM"});
      device.notices = kNotices;
      break;
  }
  return device;
}

}  // namespace zprov::vm
