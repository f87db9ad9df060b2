// What a node's root gets of zprov: the files of src/node, as they were when this was built, and
// where they go. Putting them there is the engine's part (engine/node_side.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zprov::node_files {

struct NodeFile {
  std::string_view script;  // its name in src/node
  std::string_view path;    // inside the root
  uint32_t mode = 0644;

  bool operator==(const NodeFile&) const = default;
};

// The same for all nodes. Those of initramfs-tools lie in its own places and are not looked at
// where it is not installed.
std::vector<NodeFile> NodeFiles();

// The unit that starts zprov-node, where systemd is; and the symlink to it that enables it.
NodeFile Unit();
constexpr std::string_view kUnitLink =
    "/etc/systemd/system/multi-user.target.wants/zprov-node.service";

// Content of a file of src/node that nodes get; empty when there is no such.
std::string_view Script(std::string_view name);

// A directory of every root, in which the node and its host write to each other.
constexpr std::string_view kStateDirectory = "/var/lib/zprov";

// Says which generation a root is of.
constexpr std::string_view kGenerationPath = "/etc/zprov/generation";
std::string GenerationContent(int number);

}  // namespace zprov::node_files
