// A command line in front of simulated hosts: words in; exit code, stdout and stderr out.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "sim/world.h"

namespace zprov::cli {

struct Said {
  int exit = 0;
  std::string out;
  std::string err;
};

// One world lent to each command as if it were opened anew.
class Lent : public World {
 public:
  explicit Lent(os::System& system) : system_(system) {}
  os::System& system() override { return system_; }

 private:
  os::System& system_;
};

// This machine is the first world (none: it cannot be opened), `--root DIR` the second for every
// DIR (none: the real files below DIR), `--rig sim` a fresh rig.
struct Worlds {
  os::System* host = nullptr;
  os::System* tree = nullptr;
};

Wiring WiringOf(const Worlds& worlds);

Said RunWith(const std::vector<std::string>& args, const Wiring& wiring);
Said RunOn(sim::World& host, const std::vector<std::string>& args);
Said RunOnRig(std::vector<std::string> args);  // --rig sim in front

// The simulated rig, and its /etc/zprov/cluster.toml replaced by `text`.
class RigHost {
 public:
  RigHost();
  explicit RigHost(const std::string& spec_text);
  Said operator()(const std::vector<std::string>& args) { return RunOn(world, args); }

  sim::World world;
};

// The text of a file of the source tree.
std::string SourceFile(const std::string& path);

}  // namespace zprov::cli
