// /etc/ssh/ssh_known_hosts: the nodes' ssh host keys, made by zprov, so that no person is asked to
// trust one.
#include <fmt/format.h>

#include "core/render/renderers.h"
#include "util/strings.h"

namespace zprov::render {
namespace {

// sshd(8): names, type of the key, key; what may follow is a comment.
std::string KnownHostLine(const spec::Node& node, std::string_view key) {
  const auto words = Words(key.substr(0, key.find('\n')));
  if (words.size() < 2) return "";
  return fmt::format("{},{} {} {}\n", node.name, node.address.ToString(), words[0], words[1]);
}

}  // namespace

ManagedFile KnownHosts(const spec::ClusterSpec& spec, const HostFacts& facts) {
  Block block{.id = "known-hosts"};
  for (const spec::Node& node : spec.nodes) {
    const auto keys = facts.host_keys.find(node.name);
    if (keys == facts.host_keys.end()) continue;
    for (const std::string& key : keys->second) block.content += KnownHostLine(node, key);
  }
  ManagedFile file{"known-hosts", kKnownHostsPath, BlockFile{}};
  // Without a block in `blocks` the one of earlier keys goes, and no file is made.
  if (!block.content.empty()) std::get<BlockFile>(file.body).blocks.push_back(std::move(block));
  return file;
}

}  // namespace zprov::render
