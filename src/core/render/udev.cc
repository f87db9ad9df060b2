// The udev rules: in the compatible mode the procedure's, which name links by MAC; natively those
// that keep usb-storage off boot-stage boards. Natively names and MACs are the .link files' part
// (links.cc).
#include <fmt/format.h>

#include "core/render/renderers.h"
#include "core/usbboot/ids.h"

namespace zprov::render {
namespace {

// The second stage has a mass-storage interface 0 that nobody serves (src/core/usbboot/README.md).
// A ROM appears seconds before it: with that the driver's own list of devices to ignore (":i")
// learns of both. The list exists only where the driver is loaded, holds 128 bytes and may have
// entries of the operator's, hence the append.
std::string IgnoreRule() {
  constexpr char kList[] = "ATTR{[module/usb_storage]parameters/quirks}";
  return fmt::format(
      "ACTION==\"add\", SUBSYSTEM==\"usb\", ENV{{DEVTYPE}}==\"usb_device\", "
      "ATTR{{idVendor}}==\"{0:04x}\", ATTR{{idProduct}}==\"{1:04x}\", "
      "{3}!=\"*{0:04x}:{2:04x}:i*\", "
      "{3}=\"$attr{{[module/usb_storage]parameters/"
      "quirks}},{0:04x}:{1:04x}:i,{0:04x}:{2:04x}:i\"\n",
      usbboot::kBroadcomVendor, usbboot::kBootRomProduct, usbboot::kSecondStageProduct, kList);
}

// What holds in any case, also for a board that is in its second stage when the host starts: no
// driver is loaded for the interface, and taking its authorization away unbinds one that was
// quicker (usb-storage waits delay_use, 1 s, before it talks SCSI) and lets no other in. The boot
// interface is of the vendor's class and stays.
std::string DeauthorizeRule() {
  return fmt::format(
      "ACTION==\"add\", SUBSYSTEM==\"usb\", ENV{{DEVTYPE}}==\"usb_interface\", "
      "ATTR{{bInterfaceClass}}==\"08\", ATTRS{{idVendor}}==\"{:04x}\", "
      "ATTRS{{idProduct}}==\"{:04x}|{:04x}\", ENV{{MODALIAS}}=\"\", ATTR{{authorized}}=\"0\"\n",
      usbboot::kBroadcomVendor, usbboot::kBootRomProduct, usbboot::kSecondStageProduct);
}

}  // namespace

ManagedFile CompatibleUdev(const spec::ClusterSpec& spec) {
  std::string rules;
  for (const spec::Node& node : spec.nodes) {
    rules += fmt::format(
        "SUBSYSTEM==\"net\", ACTION==\"add\", DRIVERS==\"?*\", ATTR{{address}}==\"{}\", "
        "ATTR{{dev_id}}==\"0x0\", ATTR{{type}}==\"1\", KERNEL==\"usb*\", NAME=\"{}\"\n",
        node.host_mac.ToString(), node.name);
  }
  return {"udev", kCompatibleUdevPath, WholeFile{rules}};
}

ManagedFile NativeUdev() {
  return {"udev", kNativeUdevPath,
          WholeFile{"# usb-storage must not talk to boards that wait for their boot files.\n" +
                    IgnoreRule() + DeauthorizeRule()}};
}

}  // namespace zprov::render
