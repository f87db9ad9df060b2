#include "sim/world.h"

#include <stdexcept>
#include <utility>

#include "sim/os/archives.h"
#include "sim/os/btrfs.h"
#include "sim/os/files.h"
#include "sim/os/locks.h"
#include "sim/os/roots.h"
#include "sim/os/trees.h"
#include "sim/ping.h"

namespace zprov::sim {

namespace {

KernelRules RulesOf(const std::string& kernel) {
  auto rules = KernelRules::Of(kernel);
  if (!rules.has_value()) throw std::logic_error("world: " + rules.error().message);
  return *rules;
}

}  // namespace

struct World::Running {
  Running(World& world, const View& view)
      : network(world.queue_, world.rules_),
        processes(world.queue_, view),
        nfs(world.disk_),
        files(view),
        trees(view),
        locks(view),
        btrfs(view),
        roots(view),
        events(world.queue_),
        control(world.queue_),
        supervisor(world.clock_),
        background(world.queue_, files, trees),
        live{network, world.usb_, process_table, control, supervisor, background},
        system{.clock = world.clock_,
               .files = files,
               .trees = trees,
               .locks = locks,
               .btrfs = btrfs,
               .events = events,
               .processes = processes,
               .roots = roots,
               .identities = world.identities_,
               .archives = archives,
               .live = view.root() == "/" ? &live : nullptr} {
    processes.Install("exportfs", [this](const auto& argv) { return nfs.Exportfs(argv); });
    processes.Install("ping", [this](const auto& argv) { return Ping(network, argv); });
    (void)nfs.Exportfs({"exportfs", "-r"});  // as nfs-server.service does
  }

  Network network;
  Processes processes;
  NfsServer nfs;
  ProcessTable process_table;
  Files files;
  Trees trees;
  Locks locks;
  Btrfs btrfs;
  Roots roots;
  Events events;
  Archives archives;
  Control control;
  Supervisor supervisor;
  Background background;
  os::Live live;
  os::System system;
};

World::World(WorldOptions options)
    : options_(std::move(options)),
      rules_(RulesOf(options_.kernel)),
      disk_(clock_, {options_.disk_capacity, options_.seed}),
      scene_(disk_),
      identities_(options_.seed) {
  Boot();
}

World::~World() = default;

void World::Boot() {
  running_.reset();
  queue_.Clear();
  running_ = std::make_unique<Running>(*this, View(disk_, options_.root));
  usb_.HostBoots();
  for (const auto& done : at_boot_) done(*this);
}

os::System& World::system() { return running_->system; }
Network& World::network() { return running_->network; }
Processes& World::processes() { return running_->processes; }
NfsServer& World::nfs() { return running_->nfs; }
Supervisor& World::supervisor() { return running_->supervisor; }
Control& World::control() { return running_->control; }
ProcessTable& World::process_table() { return running_->process_table; }

void World::AtBoot(std::function<void(World&)> done) {
  done(*this);
  at_boot_.push_back(std::move(done));
}

void World::CutPower() {
  disk_.CutPower();
  Boot();
}

void World::Reboot() {
  scene_.SyncAll();
  CutPower();
}

}  // namespace zprov::sim
