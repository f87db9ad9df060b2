#include "adapters/host_world.h"

#include <optional>

#include "adapters/boost_process.h"
#include "adapters/control_socket.h"
#include "adapters/event_loop.h"
#include "adapters/host_filesystem.h"
#include "adapters/libarchive.h"
#include "adapters/libnl.h"
#include "adapters/libssh.h"
#include "adapters/libusb.h"
#include "adapters/proc_table.h"
#include "adapters/sd_daemon.h"
#include "adapters/worker_thread.h"

namespace zprov::adapters {
namespace {

struct LiveParts {
  std::unique_ptr<os::Netlink> netlink;
  std::unique_ptr<os::UsbBus> usb;
  std::unique_ptr<os::ProcessTable> process_table;
  std::unique_ptr<os::Control> control;
  std::unique_ptr<os::Supervisor> supervisor;
  std::unique_ptr<os::Background> background;
};

class World final : public HostWorld {
 public:
  explicit World(HostFilesystem filesystem)
      : filesystem_(std::move(filesystem)),
        loop_(MakeEventLoop(*filesystem_.clock)),
        processes_(MakeBoostProcess(*loop_, filesystem_.root)),
        system_{.clock = *filesystem_.clock,
                .files = *filesystem_.files,
                .trees = *filesystem_.trees,
                .locks = *filesystem_.locks,
                .btrfs = *filesystem_.btrfs,
                .events = *loop_,
                .processes = *processes_,
                .roots = *filesystem_.roots,
                .identities = *identities_,
                .archives = *archives_} {}

  os::System& system() override { return system_; }
  EventLoop& loop() { return *loop_; }

  void Add(LiveParts parts) {
    parts_ = std::move(parts);
    live_.emplace(os::Live{*parts_.netlink, *parts_.usb, *parts_.process_table, *parts_.control,
                           *parts_.supervisor, *parts_.background});
    system_.live = &*live_;
  }

 private:
  HostFilesystem filesystem_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<os::Processes> processes_;
  std::unique_ptr<os::Identities> identities_ = MakeLibssh();
  std::unique_ptr<os::Archives> archives_ = MakeLibarchive();
  LiveParts parts_;
  std::optional<os::Live> live_;
  os::System system_;
};

}  // namespace

Result<std::unique_ptr<HostWorld>> OpenHostWorld() {
  ZPROV_ASSIGN(HostFilesystem filesystem, OpenHostFilesystem("/"));
  auto world = std::make_unique<World>(std::move(filesystem));
  ZPROV_ASSIGN(auto netlink, MakeLibnl(world->loop()));
  ZPROV_ASSIGN(auto background, MakeWorkerThread(world->loop(), "/"));
  world->Add({std::move(netlink), MakeLibusb(world->loop()), MakeProcTable(),
              MakeControlSocket(world->loop()), MakeSdDaemon(), std::move(background)});
  return world;
}

Result<std::unique_ptr<HostWorld>> OpenTreeWorld(const std::string& root) {
  ZPROV_ASSIGN(HostFilesystem filesystem, OpenHostFilesystem(root));
  return std::make_unique<World>(std::move(filesystem));
}

}  // namespace zprov::adapters
