// A whole simulated host: disk, links, programs, processes, USB and the order in which things
// happen, all in virtual time and from one seed. What the engine sees of it is system().
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "os/system.h"
#include "sim/background.h"
#include "sim/clock.h"
#include "sim/control.h"
#include "sim/disk/disk.h"
#include "sim/events.h"
#include "sim/network.h"
#include "sim/nfs.h"
#include "sim/os/identities.h"
#include "sim/process_table.h"
#include "sim/processes.h"
#include "sim/scene.h"
#include "sim/supervisor.h"
#include "sim/usb.h"

namespace zprov::sim {

struct WorldOptions {
  uint64_t seed = 1;
  std::string kernel = "6.1.177";              // KernelRules says which are known
  uint64_t disk_capacity = uint64_t{1} << 40;  // bytes
  std::string root = "/";                      // --root DIR: only files, no live host
};

class World {
 public:
  // Throws std::logic_error for a kernel that KernelRules does not know.
  explicit World(WorldOptions options = {});
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Valid until CutPower or Reboot: afterwards ask again.
  os::System& system();

  uint64_t seed() const { return options_.seed; }
  VirtualClock& clock() { return clock_; }
  const VirtualClock& clock() const { return clock_; }
  Disk& disk() { return disk_; }
  // Where a board entered another stage since they were last taken: nobody else need be looked at.
  std::set<PortPath> TakeStaged() { return std::exchange(staged_, {}); }
  void NoteStage(const PortPath& port) { staged_.insert(port); }
  Scene& scene() { return scene_; }
  const Scene& scene() const { return scene_; }
  EventQueue& queue() { return queue_; }
  Network& network();
  Processes& processes();
  ProcessTable& process_table();
  Control& control();
  Supervisor& supervisor();
  // Exports are read when `exportfs -ra` runs, and at each boot.
  NfsServer& nfs();
  UsbBus& usb() { return usb_; }

  // What the host does whenever it boots (eth0 appears, programs are there): done now, and again
  // after each CutPower and Reboot.
  void AtBoot(std::function<void(World&)> done);

  // What was not synced is gone, and with it every process, link, lock and waiting event. Boards
  // stay in their ports and begin anew. The host is up again when it returns.
  void CutPower();
  // The same in good order: everything is synced before.
  void Reboot();

  void Put(std::string_view path, std::string_view content, uint32_t mode = 0644) {
    scene_.Put(path, content, mode);
  }
  void MakeSubvolume(std::string_view path) { scene_.MakeSubvolume(path); }
  std::string Dump(std::string_view path = "/") const { return scene_.Dump(path); }

 private:
  struct Running;  // what a power cut ends

  void Boot();

  WorldOptions options_;
  KernelRules rules_;
  VirtualClock clock_;
  EventQueue queue_{clock_};
  Disk disk_;
  Scene scene_;
  Identities identities_;  // a power cut makes nobody a second time
  UsbBus usb_{queue_};     // its boards stay plugged in
  std::set<PortPath> staged_;
  std::vector<std::function<void(World&)>> at_boot_;
  std::unique_ptr<Running> running_;
};

}  // namespace zprov::sim
