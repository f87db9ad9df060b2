// Natively: what names a node's link and gives it its MAC before anybody sees it, one systemd .link
// file per USB port. `serve` puts it into the bridge.
#include <fmt/format.h>

#include "core/render/renderers.h"

namespace zprov::render {
namespace {

// "1-1.3" → "1.3", as udev's ID_PATH writes it.
std::string PortsOf(const PortPath& path) {
  const std::string text = path.ToString();
  return text.substr(text.find('-') + 1);
}

}  // namespace

// udev takes the first .link file in the order of their names that matches, whatever the directory:
// 70 comes before Debian's 73-usb-net-by-mac.link and systemd's 99-default.link.
std::string LinkPath(const spec::Node& node) {
  return fmt::format("/etc/systemd/network/70-zprov-{}.link", node.name);
}

ManagedFile LinkFile(const spec::ClusterSpec& spec, const spec::Node& node) {
  // No NamePolicy=: any would come before Name=. No MACAddressPolicy=: its "persistent" would hash
  // an address of its own over geth's random one. When the kernel refuses the MTU, name and MAC
  // still hold: udev asks for the name apart, and the kernel sets the MAC before it looks at the
  // MTU.
  return {"link:" + node.name, LinkPath(node),
          WholeFile{fmt::format("[Match]\n"
                                "Path=*-usb-0:{0}:* *-usbv2-0:{0}:*\n"
                                "\n"
                                "[Link]\n"
                                "Name={1}\n"
                                "MACAddress={2}\n"
                                "MTUBytes={3}\n",
                                PortsOf(*node.usb), node.name, node.host_mac.ToString(),
                                spec.bridge.mtu)}};
}

}  // namespace zprov::render
