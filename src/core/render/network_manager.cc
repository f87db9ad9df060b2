// What keeps the host's network manager away from the gadget links: dhcpcd and NetworkManager.
#include <fmt/format.h>

#include "core/render/renderers.h"

namespace zprov::render {

ManagedFile Dhcpcd(const spec::ClusterSpec& spec) {
  std::string deny = "denyinterfaces";
  for (const std::string& link : spec.deny) deny += " " + link;
  for (const spec::Node& node : spec.nodes) deny += " " + node.name;
  deny += "\n";
  const std::string address = fmt::format("interface {}\nstatic ip_address={}\n", spec.bridge.name,
                                          spec.bridge.address.ToString());
  // First in the file: after an "interface" line it would hold for that interface only.
  const Block top{.id = "deny", .place = Block::Place::kTop, .content = deny, .procedure = deny};
  // A sequence: "static ip_address" alone may belong to another interface of the operator's.
  const Block end{.id = "bridge",
                  .place = Block::Place::kEnd,
                  .content = address,
                  .recognise = Block::Recognise::kSequence,
                  .procedure = address};
  return {"dhcpcd", "/etc/dhcpcd.conf", BlockFile{.blocks = {top, end}}};
}

ManagedFile NetworkManager(const spec::ClusterSpec& spec) {
  std::string links;
  for (const std::string& link : spec.deny) links += fmt::format("interface-name:{};", link);
  for (const spec::Node& node : spec.nodes) links += fmt::format("interface-name:{};", node.name);
  // Natively zprov gives the bridge its address; in the compatible mode the manager does.
  if (spec.mode == spec::Mode::kNative) {
    links += fmt::format("interface-name:{};", spec.bridge.name);
  }
  return {"networkmanager", "/etc/NetworkManager/conf.d/zprov.conf",
          WholeFile{"# The cluster's own links, kept by zprov.\n[keyfile]\nunmanaged-devices=" +
                    links + "\n"}};
}

}  // namespace zprov::render
