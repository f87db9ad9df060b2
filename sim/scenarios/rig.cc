// The rig of `--rig sim` and of the demo.
#include "sim/scenarios/hosts.h"
#include "sim/scenarios/seed_files.h"

namespace zprov::sim {
namespace {

// A B+ with a small hub in its last socket, like the hand-made host's.
constexpr const char* kPorts[] = {"1-1.2", "1-1.3", "1-1.4", "1-1.5.1", "1-1.5.2"};

// The B+'s own (LAN9514), and one of those that are sold to everybody.
void PlugHub(World& world, const char* port, uint16_t vendor, uint16_t product) {
  constexpr uint8_t kHubClass = 9;
  world.usb().Plug({.port = *PortPath::Parse(port),
                    .vendor = vendor,
                    .product = product,
                    .device_class = kHubClass});
}

}  // namespace

void Rig(World& world) { RigWithZeros(world); }

std::vector<std::shared_ptr<zero::Zero>> RigWithZeros(World& world,
                                                      const TroublesByPort& troubles) {
  BareHost(world);
  Scene& scene = world.scene();
  for (const char* path : {"/usr/bin/systemctl", "/usr/bin/udevadm"}) {
    scene.Put(path, "program", 0755);
  }
  scene.MakeDirectory("/run/systemd/system");
  scene.Put("/run/udev/control", "");
  scene.Put("/etc/zprov/cluster.toml", SeedFile("rig.toml"));
  scene.SyncAll();
  PlugHub(world, "1-1", 0x0424, 0x9514);
  PlugHub(world, "1-1.5", 0x05e3, 0x0608);
  std::vector<std::shared_ptr<zero::Zero>> zeros;
  for (const char* port : kPorts) {
    const auto found = troubles.find(port);
    zeros.push_back(zero::PlugZero(
        world,
        {.port = *PortPath::Parse(port),
         .troubles = found == troubles.end() ? std::vector<zero::Trouble>() : found->second}));
  }
  return zeros;
}

}  // namespace zprov::sim
