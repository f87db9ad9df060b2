// /etc/hosts: the host and its nodes by name. Every root is a snapshot of the host, so the nodes
// know each other too.
#include <fmt/format.h>

#include "core/render/renderers.h"

namespace zprov::render {

ManagedFile Hosts(const spec::ClusterSpec& spec) {
  std::string lines = fmt::format("{} {}\n", spec.bridge.address.address.ToString(), spec.host);
  for (const spec::Node& node : spec.nodes) {
    lines += fmt::format("{} {}\n", node.address.ToString(), node.name);
  }
  const Block block{.id = "hosts", .content = lines, .procedure = lines};
  return {"hosts", "/etc/hosts", BlockFile{.blocks = {block}, .new_file = "127.0.0.1 localhost\n"}};
}

}  // namespace zprov::render
