// The rig of `--rig sim` and of the demo.
#include "sim/scenarios/hosts.h"
#include "sim/scenarios/seed_files.h"
#include "sim/zero/ids.h"

namespace zprov::sim {
namespace {

// A B+ with a small hub in its last socket, like the hand-made host's.
constexpr const char* kPorts[] = {"1-1.2", "1-1.3", "1-1.4", "1-1.5.1", "1-1.5.2"};

// A Zero in its boot ROM (src/core/usbboot/README.md, Identification).
os::UsbDevice ZeroInRom(const char* port) {
  return {.port = *PortPath::Parse(port),
          .vendor = kBroadcomVendor,
          .product = kBootRomProduct,
          .serial_index = 0,
          .device_class = 0};
}

}  // namespace

void Rig(World& world) {
  BareHost(world);
  Scene& scene = world.scene();
  for (const char* path : {"/usr/bin/systemctl", "/usr/bin/udevadm"}) {
    scene.Put(path, "program", 0755);
  }
  scene.MakeDirectory("/run/systemd/system");
  scene.Put("/run/udev/control", "");
  scene.Put("/etc/zprov/cluster.toml", SeedFile("rig.toml"));
  scene.SyncAll();
  for (const char* port : kPorts) world.usb().Plug(ZeroInRom(port));
}

}  // namespace zprov::sim
