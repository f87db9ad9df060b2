// The world the engine acts on: a passive bundle of interfaces, wired once by main.
#pragma once

#include "os/archives.h"
#include "os/background.h"
#include "os/btrfs.h"
#include "os/clock.h"
#include "os/control.h"
#include "os/events.h"
#include "os/files.h"
#include "os/identities.h"
#include "os/locks.h"
#include "os/netlink.h"
#include "os/process_table.h"
#include "os/processes.h"
#include "os/roots.h"
#include "os/supervisor.h"
#include "os/trees.h"
#include "os/usb_bus.h"

namespace zprov::os {

// What only a running host has.
struct Live {
  Netlink& netlink;
  UsbBus& usb;
  ProcessTable& process_table;
  Control& control;
  Supervisor& supervisor;
  Background& background;
};

struct System {
  Clock& clock;
  Files& files;
  Trees& trees;
  Locks& locks;
  Btrfs& btrfs;
  Events& events;
  Processes& processes;
  Roots& roots;
  Identities& identities;
  Archives& archives;
  Live* live = nullptr;  // nothing when the world is only a tree of files (--root DIR)
};

}  // namespace zprov::os
