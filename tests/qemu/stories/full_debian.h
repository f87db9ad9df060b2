// A cluster of one node as operators have them: a full Debian under systemd on its NFS root, at
// which they log in by ssh.
#pragma once

#include "qemu/stories/story.h"

namespace zprov::tests {

class FullDebian : public Story {
 protected:
  FullDebian() : Story(kDebian) {}

  // The host starts, the operator's key is on the node-to-be, and `in_the_root`, a shell command on
  // the B+, makes more of it; then zprov is applied and its service started, and the node is
  // healthy. The host knows its host key.
  void BringToHealthy(const std::string& in_the_root = "true");

  // By the operator's key, and only where the host key is the one that the host gave the node. It
  // must succeed; what it said on stdout.
  std::string BySsh(const std::string& command,
                    std::chrono::seconds within = std::chrono::seconds(900));
};

}  // namespace zprov::tests
