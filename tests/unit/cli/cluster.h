// A simulated cluster that was applied to, for the commands about generations.
#pragma once

#include <string>
#include <vector>

#include "unit/cli/console.h"

namespace zprov::cli {

inline constexpr char kBlink[] = "/usr/local/bin/blink";  // a program that an update brings

// The rig after `zprov apply`: each of its five nodes has generation 1 and waits in its boot ROM.
class Cluster {
 public:
  Cluster();  // the rig's own spec
  explicit Cluster(const std::string& spec_text);
  Said operator()(const std::vector<std::string>& args) { return RunOn(host.world, args); }

  // Something new for the nodes' next roots.
  void Install(const std::string& path) { host.world.Put(path, "a program\n", 0755); }

  // The node at that port has booted: its gadget is there, and somebody answers at its address.
  void Boot(const std::string& port, const std::string& address);

  RigHost host;
};

// fixtures/specs/rig.toml in the compatible mode.
std::string CompatibleRig();

}  // namespace zprov::cli
