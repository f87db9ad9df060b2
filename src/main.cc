// Wiring only: which world a command works on. Everything else is below.
#include <unistd.h>

#include <iostream>

#include "adapters/host_world.h"
#include "adapters/terminal.h"
#include "cli/cli.h"
#include "sim/scenarios/hosts.h"

namespace {

using zprov::Result;
using zprov::cli::World;

// Any of the world classes as the command line sees it.
template <typename T>
class Opened : public World {
 public:
  explicit Opened(T world) : world_(std::move(world)) {}
  zprov::os::System& system() override { return world_->system(); }

 private:
  T world_;
};

template <typename T>
Result<std::unique_ptr<World>> Open(Result<T> world) {
  if (!world) return tl::make_unexpected(std::move(world).error());
  return std::make_unique<Opened<T>>(std::move(*world));
}

Result<std::unique_ptr<World>> OpenSim() {
  auto world = std::make_unique<zprov::sim::World>();
  zprov::sim::RigWithRelay(*world);
  return Open(Result<std::unique_ptr<zprov::sim::World>>(std::move(world)));
}

}  // namespace

int main(int argc, char** argv) {
  using zprov::adapters::OpenHostWorld;
  using zprov::adapters::OpenTreeWorld;
  using zprov::adapters::TerminalAt;
  const zprov::cli::Wiring wiring{
      .open_host = [] { return Open(OpenHostWorld()); },
      .open_tree = [](const std::string& root) { return Open(OpenTreeWorld(root)); },
      .open_sim = OpenSim,
      .pid = getpid(),
      .uid = geteuid(),
  };
  const zprov::cli::Streams streams{std::cout, std::cerr, TerminalAt(STDOUT_FILENO),
                                    TerminalAt(STDERR_FILENO),
                                    TerminalAt(STDIN_FILENO) ? &std::cin : nullptr};
  return zprov::cli::Run({argv + 1, argv + argc}, wiring, streams);
}
