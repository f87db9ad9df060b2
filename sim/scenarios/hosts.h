// Ready-made hosts: what is on the disk, which programs run, which links are there. Everything is
// synced when they return, and comes up again after a power cut. No behaviour of their own.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/scenarios/scenario.h"
#include "sim/world.h"
#include "sim/zero/zero.h"

namespace zprov::sim {

// A fresh Raspberry Pi OS called snail, with one user's home full of what is hard to move (hard
// links, ACLs, xattrs, a symlink, a FIFO, a socket), an empty /x, the NFS server installed,
// dhcpcd for its network, and a FAT /boot that can boot a Zero (boot_files.h).
void BareHost(World& world);

// The same host after a person followed fixtures/seed/procedure.txt: home in /x/snaa, roots /x/s0
// to /x/s4 as snapshots, boot directories, every line in its file (with the blanks that a person
// types), rpiboot running and the bridge up.
void HandMadeHost(World& world);
inline constexpr int kHandMadeNodes = 5;

// The rig of the demo: BareHost with systemd and udev running, five Zeros
// waiting in their boot ROM behind a B+'s hub and a small one, and /etc/zprov/cluster.toml that
// names their ports (fixtures/specs/rig.toml). Both hubs have ganged power, as these have.
void Rig(World& world);

// The same with boards that are not all well, or not as logs show them, by port ("1-1.3").
using TroublesByPort = std::map<std::string, std::vector<zero::Trouble>>;
using ProfilesByPort = std::map<std::string, zero::Profile>;
std::vector<std::shared_ptr<zero::Zero>> RigWithZeros(World& world,
                                                      const TroublesByPort& troubles = {},
                                                      const ProfilesByPort& profiles = {});

// The rig of `--rig sim`: the same with a relay in each board's supply, which /usr/local/sbin/relay
// switches, somebody who exchanges plugs and pulls them (…/exchange, …/plug), and the
// /etc/zprov/rig.toml that says so.
std::vector<std::shared_ptr<zero::Zero>> RigWithRelay(World& world);

struct HostOptions {
  Scenario scenario = Scenario::kRig;
  int nodes = 5;
  BoardPower power = BoardPower::kGanged;
  zero::Profile profile = {};
};

// Where a run starts, before its operator's first command, with that many boards, up to 1000; where
// the B+'s four ports do not do, behind as many hubs as it takes. Throws std::logic_error for more
// boards than the hand-made host has nodes.
std::vector<std::shared_ptr<zero::Zero>> HostOf(World& world, const HostOptions& options);
// Where its boards are plugged in, in the order of the nodes.
std::vector<PortPath> RigPorts(int nodes);

}  // namespace zprov::sim
