#include "core/node_files/node_files.h"

#include <fmt/format.h>

namespace zprov::node_files {

std::vector<NodeFile> NodeFiles() {
  return {
      {"zprov-functions", "/usr/share/initramfs-tools/scripts/zprov-functions", 0644},
      {"boot-script", "/usr/share/initramfs-tools/scripts/zprov", 0644},
      {"hook", "/usr/share/initramfs-tools/hooks/zprov", 0755},
      {"modules", "/usr/lib/zprov/modules", 0644},
      {"drivers.conf", "/usr/share/initramfs-tools/conf.d/zprov-drivers.conf", 0644},
      {"zprov-node", "/usr/lib/zprov/zprov-node", 0755},
  };
}

NodeFile Unit() {
  return {"zprov-node.service", "/usr/lib/systemd/system/zprov-node.service", 0644};
}

std::string GenerationContent(int number) { return fmt::format("{}\n", number); }

}  // namespace zprov::node_files
