#include "sim/faults/faulty_system.h"

#include <optional>

#include "sim/faults/faulty_host.h"
#include "sim/faults/faulty_roots.h"
#include "sim/faults/faulty_storage.h"

namespace zprov::faults {

namespace {

struct FaultyLive {
  FaultyLive(os::Live& inner, Seam& seam)
      : netlink(inner.netlink, seam),
        usb(inner.usb, seam),
        process_table(inner.process_table, seam),
        control(inner.control, seam),
        live{netlink, usb, process_table, control, inner.supervisor, inner.background} {}

  FaultyNetlink netlink;
  FaultyUsbBus usb;
  FaultyProcessTable process_table;
  FaultyControl control;
  os::Live live;
};

}  // namespace

struct FaultySystem::Parts {
  Parts(os::System& inner, Seam& seam)
      : files(inner.files, seam),
        trees(inner.trees, seam),
        locks(inner.locks, seam),
        btrfs(inner.btrfs, seam),
        events(inner.events, seam),
        processes(inner.processes, seam),
        roots(inner.roots, seam),
        identities(inner.identities, seam),
        archives(inner.archives, seam),
        system{.clock = inner.clock,
               .files = files,
               .trees = trees,
               .locks = locks,
               .btrfs = btrfs,
               .events = events,
               .processes = processes,
               .roots = roots,
               .identities = identities,
               .archives = archives} {
    if (inner.live == nullptr) return;
    live.emplace(*inner.live, seam);
    system.live = &live->live;
  }

  FaultyFiles files;
  FaultyTrees trees;
  FaultyLocks locks;
  FaultyBtrfs btrfs;
  FaultyEvents events;
  FaultyProcesses processes;
  FaultyRoots roots;
  FaultyIdentities identities;
  FaultyArchives archives;
  std::optional<FaultyLive> live;
  os::System system;
};

FaultySystem::FaultySystem(os::System& inner, Seam& seam)
    : parts_(std::make_unique<Parts>(inner, seam)) {}

FaultySystem::~FaultySystem() = default;

os::System& FaultySystem::system() { return parts_->system; }

}  // namespace zprov::faults
