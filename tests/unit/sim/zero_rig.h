// One simulated Zero below a hub that switches its ports alone, and a hand-written server for it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/zero/zero.h"
#include "unit/sim/zero_server.h"

namespace zprov::sim::zero {

using tests::ZeroServer;
using Power = os::UsbBus::PortPower;

inline const std::string kNonce = ZeroServer::kNonce;
inline const PortPath kPort = *PortPath::Parse("1-1.2");
inline const PortPath kNeighbour = *PortPath::Parse("1-1.3");

struct Rig {
  explicit Rig(std::vector<Trouble> troubles = {}, uint64_t seed = 1)
      : world({.seed = seed}),
        hub(PlugHub(world)),
        zero(PlugZero(world, {.port = kPort, .troubles = std::move(troubles)})) {
    world.Put("/x/s0/usr/lib/zprov/zprov-node", "program", 0755);
    world.Put("/x/s0/etc/zprov/generation", "8\n");
    world.Put("/etc/exports", "/x/s0 192.168.7.33(rw,async)\n");
    (void)world.nfs().Exportfs({"exportfs", "-ra"});
    server = std::make_unique<ZeroServer>(world, ZeroServer::ForS0());
  }
  static int PlugHub(World& world) {
    world.usb().Plug({*PortPath::Parse("1-1"), 0x0424, 0x9514, 0, 9});
    world.usb().SetHubPower(*PortPath::Parse("1-1"), HubPower::kPerPort);
    return 0;
  }
  void ServeFor(os::Moment time) { server->ServeUntil(world.clock().Now() + time); }
  // Nobody serves meanwhile.
  void LetPass(os::Moment time) {
    const os::Moment end = world.clock().Now() + time;
    while (world.clock().Now() < end) (void)world.queue().Next(end);
  }
  void CyclePower() {
    ASSERT_TRUE(world.usb().SetPortPower(kPort, Power::kOff).has_value());
    ASSERT_TRUE(world.usb().SetPortPower(kPort, Power::kOn).has_value());
  }
  std::string Arrivals() {
    std::string all;
    for (const std::string& line : server->trace()) {
      const size_t at = line.find("came as ");
      if (at != std::string::npos) all += line.substr(at + 8) + " ";
    }
    return all;
  }

  World world;
  int hub;
  std::shared_ptr<Zero> zero;
  std::unique_ptr<ZeroServer> server;
};

}  // namespace zprov::sim::zero
