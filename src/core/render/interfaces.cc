// /etc/network/interfaces.d/zeros: ifupdown brings each gadget link up and into the bridge. Only in
// the compatible mode; natively zprov does it itself.
#include <fmt/format.h>

#include "core/render/renderers.h"

namespace zprov::render {

ManagedFile Interfaces(const spec::ClusterSpec& spec) {
  std::string text = "allow-hotplug";
  for (const spec::Node& node : spec.nodes) text += " " + node.name;
  text += "\n";
  for (const spec::Node& node : spec.nodes) {
    text += fmt::format(
        "iface {0} inet manual\n"
        "up ip link set {0} up\n"
        "post-up ip link set {0} mtu {1}\n"
        "post-up ip link set {0} master {2}\n",
        node.name, spec.bridge.mtu, spec.bridge.name);
  }
  return {"interfaces", kInterfacesPath, WholeFile{text}};
}

}  // namespace zprov::render
