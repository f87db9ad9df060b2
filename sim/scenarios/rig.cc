// The rig of `--rig sim` and of the demo, and the same with fewer or more boards.
#include <fmt/format.h>

#include <set>
#include <stdexcept>

#include "sim/scenarios/hosts.h"
#include "sim/scenarios/power.h"
#include "sim/scenarios/rc_local.h"
#include "sim/scenarios/seed_files.h"

namespace zprov::sim {
namespace {

constexpr int kRigNodes = 5;
constexpr int kMostInOneNetwork = 56;  // every fourth address of a /24, from .33 on

// The B+'s own (LAN9514), and one of those that are sold to everybody.
void PlugHub(World& world, const PortPath& port) {
  const bool is_own = port.Depth() == 1;
  world.usb().Plug({.port = port,
                    .vendor = static_cast<uint16_t>(is_own ? 0x0424 : 0x05e3),
                    .product = static_cast<uint16_t>(is_own ? 0x9514 : 0x0608),
                    .device_class = kHubClass});
  // fixtures/kernels/README.md, "Power".
  if (is_own) world.usb().SetHubClaim(port, HubPower::kPerPort);
}

// 7 ports on each hub but the B+'s own: 28 boards on one row of hubs, 196 on two, 1372 on three.
std::vector<PortPath> PortsBehindHubs(int nodes) {
  std::vector<PortPath> ports;
  for (uint8_t own = 2; own <= 5; ++own) ports.push_back({1, {1, own}});
  while (ports.size() < static_cast<size_t>(nodes)) {
    std::vector<PortPath> below;
    for (const PortPath& hub : ports) {
      for (uint8_t number = 1; number <= 7; ++number) {
        below.push_back(hub.Port(number));
      }
    }
    ports = std::move(below);
  }
  ports.resize(static_cast<size_t>(nodes));
  return ports;
}

std::string SpecOf(const std::vector<PortPath>& ports, std::string_view of_mode,
                   std::string_view boot) {
  const bool is_small = ports.size() <= kMostInOneNetwork;
  std::string list;
  for (const PortPath& port : ports) {
    list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", port.ToString());
  }
  return fmt::format(
      "[cluster]\nname = \"snail\"\nhost = \"snail\"\n{}\n"
      "[bridge]\naddress = \"{}\"\n\n{}"
      "[nodes]\ncount = {}\nfirst_address = \"{}\"\nusb = [{}]\n",
      of_mode, is_small ? "192.168.7.2/24" : "192.168.0.2/16", boot, ports.size(),
      is_small ? "192.168.7.33" : "192.168.8.1", list);
}

// Empty: its operator writes one.
std::string SpecFor(Scenario scenario, const std::vector<PortPath>& ports) {
  switch (scenario) {
    case Scenario::kRig:
      return SpecOf(ports, "", "");
    case Scenario::kCompatible:
      return SpecOf(ports, "mode = \"compatible\"\n",
                    "[boot]\nserver = \"zprov\"\nat_once = 16\n\n");
    case Scenario::kHandMade:
    case Scenario::kBare:
      return "";
  }
  return "";
}

// What a boot puts into /run.
void PutRun(World& world) {
  world.Put("/run/udev/control", "");
  world.scene().MakeDirectory("/run/systemd/system");
}

// What the host's kernel shows of itself after each boot, with all that `doctor` looks for loaded.
void ShowKernel(World& world) {
  for (const char* module : {"bridge", "btrfs", "usbnet", "cdc_ether", "cdc_subset", "nfsd"}) {
    world.scene().MakeDirectory(std::string("/sys/module/") + module);
  }
  world.Put("/proc/sys/kernel/osrelease", "6.1.177\n");
  world.Put("/proc/fs/nfsd/threads", "8\n");
}

void KeepKernelInMemory(World& world) {
  Mount sys;
  sys.type = "sysfs";
  world.scene().MountNew("/sys", sys);
  world.AtBoot(ShowKernel);
}

// `host` with systemd and udev.
void PutRig(World& world, void (*host)(World&), const std::string& spec) {
  host(world);
  Scene& scene = world.scene();
  for (const char* path : {"/usr/bin/systemctl", "/usr/bin/udevadm"}) {
    scene.Put(path, "program", 0755);
  }
  if (!spec.empty()) scene.Put("/etc/zprov/cluster.toml", spec);
}

// As on every host: what is in /run ends with a boot.
void KeepRunInMemory(World& world) {
  Mount run;
  run.type = "tmpfs";
  world.scene().MountNew("/run", run);
  world.AtBoot(PutRun);
}

void PlugHubs(World& world, const std::vector<PortPath>& ports) {
  std::set<PortPath> hubs;
  for (const PortPath& port : ports) {
    for (PortPath hub = port.Hub(); !hub.IsRootHub(); hub = hub.Hub()) hubs.insert(hub);
  }
  for (const PortPath& hub : hubs) PlugHub(world, hub);
}

}  // namespace

// A B+ with a small hub in its last socket, like the hand-made host's.
std::vector<PortPath> RigPorts(int nodes) {
  if (nodes > kRigNodes) return PortsBehindHubs(nodes);
  std::vector<PortPath> ports{
      {1, {1, 2}}, {1, {1, 3}}, {1, {1, 4}}, {1, {1, 5, 1}}, {1, {1, 5, 2}}};
  ports.resize(static_cast<size_t>(nodes));
  return ports;
}

void Rig(World& world) { RigWithZeros(world); }

std::vector<std::shared_ptr<zero::Zero>> RigWithZeros(World& world, const TroublesByPort& troubles,
                                                      const ProfilesByPort& profiles) {
  PutRig(world, BareHost, std::string(SeedFile("rig.toml")));
  KeepKernelInMemory(world);
  PutRun(world);
  world.scene().SyncAll();
  const auto ports = RigPorts(kRigNodes);
  PlugHubs(world, ports);
  std::vector<std::shared_ptr<zero::Zero>> zeros;
  for (const PortPath& port : ports) {
    zero::Options options{.port = port};
    if (const auto found = troubles.find(port.ToString()); found != troubles.end()) {
      options.troubles = found->second;
    }
    if (const auto found = profiles.find(port.ToString()); found != profiles.end()) {
      options.profile = found->second;
    }
    zeros.push_back(zero::PlugZero(world, std::move(options)));
  }
  return zeros;
}

std::vector<std::shared_ptr<zero::Zero>> HostOf(World& world, const HostOptions& options) {
  const auto ports = RigPorts(options.nodes);
  const bool is_hand_made = options.scenario == Scenario::kHandMade;
  if (is_hand_made && options.nodes > kHandMadeNodes) {
    throw std::logic_error("the hand-made host has five nodes");
  }
  std::string spec = SpecFor(options.scenario, ports);
  if (!spec.empty()) spec += PowerInSpec(options.nodes, options.power);
  PutRig(world, is_hand_made ? HandMadeHost : BareHost, spec);
  KeepRunInMemory(world);
  if (options.scenario == Scenario::kCompatible) world.AtBoot(RunRcLocal);
  PlugHubs(world, ports);
  PutPower(world, ports, options.power);
  world.scene().SyncAll();
  std::vector<std::shared_ptr<zero::Zero>> zeros;
  for (const PortPath& port : ports) {
    zeros.push_back(zero::PlugZero(world, {.port = port, .profile = options.profile}));
  }
  return zeros;
}

}  // namespace zprov::sim
