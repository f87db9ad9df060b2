#include "unit/cli/console.h"

#include <fstream>
#include <iterator>
#include <sstream>

#include "adapters/host_world.h"
#include "sim/scenarios/hosts.h"

namespace zprov::cli {
namespace {

class OwnRig : public World {
 public:
  OwnRig() { sim::Rig(world_); }
  os::System& system() override { return world_.system(); }

 private:
  sim::World world_;
};

class RealTree : public World {
 public:
  explicit RealTree(std::unique_ptr<adapters::HostWorld> world) : world_(std::move(world)) {}
  os::System& system() override { return world_->system(); }

 private:
  std::unique_ptr<adapters::HostWorld> world_;
};

using Opened = Result<std::unique_ptr<World>>;

Opened OpenHost(const Worlds& worlds) {
  if (worlds.host == nullptr) return Fail(ErrorKind::kFailed, "the test gives no such world");
  return std::make_unique<Lent>(*worlds.host);
}

Opened OpenTree(const Worlds& worlds, const std::string& root) {
  if (worlds.tree != nullptr) return std::make_unique<Lent>(*worlds.tree);
  ZPROV_ASSIGN(auto world, adapters::OpenTreeWorld(root));
  return std::make_unique<RealTree>(std::move(world));
}

}  // namespace

Wiring WiringOf(const Worlds& worlds) {
  return {.open_host = [worlds] { return OpenHost(worlds); },
          .open_tree = [worlds](const std::string& root) { return OpenTree(worlds, root); },
          .open_sim = []() -> Opened { return std::make_unique<OwnRig>(); },
          .pid = 4711};
}

Said RunWith(const std::vector<std::string>& args, const Wiring& wiring) {
  std::ostringstream out;
  std::ostringstream err;
  const int exit = Run(args, wiring, Streams{out, err});
  return {exit, out.str(), err.str()};
}

Said RunOn(sim::World& host, const std::vector<std::string>& args) {
  return RunWith(args, WiringOf({.host = &host.system()}));
}

Said RunOnRig(std::vector<std::string> args) {
  args.insert(args.begin(), {"--rig", "sim"});
  return RunWith(args, WiringOf({}));
}

RigHost::RigHost() { sim::Rig(world); }

RigHost::RigHost(const std::string& spec_text) : RigHost() {
  world.Put("/etc/zprov/cluster.toml", spec_text);
}

std::string SourceFile(const std::string& path) {
  std::ifstream file(std::string(ZPROV_SOURCE_DIR "/") + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace zprov::cli
