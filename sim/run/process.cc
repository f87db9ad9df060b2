#include "sim/run/process.h"

#include <map>
#include <utility>

#include "sim/background.h"

namespace zprov::run {
namespace {

class OwnEvents final : public os::Events {
 public:
  explicit OwnEvents(ProcessSystem::Next next) : next_(std::move(next)) {}
  Result<os::Event> Next(os::Moment deadline) override { return next_(deadline); }

 private:
  ProcessSystem::Next next_;
};

class OwnControl final : public os::Control {
 public:
  OwnControl(os::Control& control, Process& process) : control_(control), process_(process) {}

  Result<void> Listen(std::string_view path) override { return control_.Listen(path); }
  Result<os::ControlId> Connect(std::string_view path) override {
    auto connected = control_.Connect(path);
    if (connected) process_.connections.insert(*connected);
    return connected;
  }
  Result<void> Send(os::ControlId connection, std::string_view line) override {
    return control_.Send(connection, line);
  }
  void Close(os::ControlId connection) override { control_.Close(connection); }

 private:
  os::Control& control_;
  Process& process_;
};

class OwnProcesses final : public os::Processes {
 public:
  OwnProcesses(os::Processes& processes, Process& process)
      : processes_(processes), process_(process) {}

  Result<os::ProcessId> Start(const std::vector<std::string>& argv) override {
    process_.started.push_back(argv);
    return Own(processes_.Start(argv));
  }
  Result<os::ProcessId> StartIn(std::string_view root,
                                const std::vector<std::string>& argv) override {
    return Own(processes_.StartIn(root, argv));
  }
  Result<void> Stop(os::ProcessId program) override { return processes_.Stop(program); }

 private:
  Result<os::ProcessId> Own(Result<os::ProcessId> started) {
    if (started) process_.programs.insert(*started);
    return started;
  }

  os::Processes& processes_;
  Process& process_;
};

class OwnNetlink final : public os::Netlink {
 public:
  OwnNetlink(os::Netlink& netlink, Process& process) : netlink_(netlink), process_(process) {}

  Result<std::vector<Link>> Links() override {
    process_.hears_links = true;
    return netlink_.Links();
  }
  Result<std::vector<os::LinkAddress>> Addresses() override { return netlink_.Addresses(); }
  Result<void> EnsureBridge(std::string_view name, const os::BridgeSettings& settings) override {
    return netlink_.EnsureBridge(name, settings);
  }
  Result<void> SetLink(std::string_view name, const os::LinkChange& change) override {
    return netlink_.SetLink(name, change);
  }
  Result<void> AddAddress(std::string_view name, const InterfaceAddress& address) override {
    return netlink_.AddAddress(name, address);
  }
  Result<void> Pin(std::string_view port, const Mac& mac, Ipv4 address) override {
    return netlink_.Pin(port, mac, address);
  }
  Result<std::vector<os::PinnedPort>> Pins() override { return netlink_.Pins(); }
  Result<os::ProbeId> Probe(std::string_view name, Ipv4 address) override {
    auto probe = netlink_.Probe(name, address);
    if (probe) process_.probes.insert(*probe);
    return probe;
  }

 private:
  os::Netlink& netlink_;
  Process& process_;
};

// The kernel tells every process that watches what is there when it begins.
class OwnUsb final : public os::UsbBus {
 public:
  OwnUsb(os::UsbBus& usb, Process& process) : usb_(usb), process_(process) {}

  Result<std::vector<os::UsbDevice>> Devices() override { return usb_.Devices(); }
  Result<void> Watch() override {
    ZPROV_TRY(usb_.Watch());
    if (std::exchange(process_.watches_usb, true)) return {};
    ZPROV_ASSIGN(const auto devices, usb_.Devices());
    for (const os::UsbDevice& device : devices) process_.inbox.push_back(os::UsbArrived{device});
    return {};
  }
  Result<os::UsbOpened> Open(const PortPath& port) override {
    auto opened = usb_.Open(port);
    if (opened) opened_[opened->handle] = port;
    return opened;
  }
  Result<void> Claim(os::UsbHandle handle, uint8_t interface_number) override {
    return usb_.Claim(handle, interface_number);
  }
  Result<os::UsbTransferId> Submit(os::UsbHandle handle, const os::UsbTransfer& what) override {
    auto submitted = usb_.Submit(handle, what);
    if (submitted) process_.transfers.insert(*submitted);
    return submitted;
  }
  void Cancel(os::UsbTransferId transfer) override { usb_.Cancel(transfer); }
  Result<void> Reset(os::UsbHandle handle) override {
    if (const auto at = opened_.find(handle); at != opened_.end()) {
      process_.device_resets.push_back(at->second);
    }
    return usb_.Reset(handle);
  }
  void Close(os::UsbHandle handle) override {
    opened_.erase(handle);
    usb_.Close(handle);
  }
  Result<void> SetPortPower(const PortPath& port, PortPower power) override {
    auto set = usb_.SetPortPower(port, power);
    if (set) process_.switched.emplace_back(port, power);
    return set;
  }

 private:
  os::UsbBus& usb_;
  Process& process_;
  std::map<os::UsbHandle, PortPath> opened_;
};

// A killed process finishes nothing.
class OwnBackground final : public os::Background {
 public:
  OwnBackground(sim::World& world, const Process& process)
      : jobs_(world.queue(), world.system().files, world.system().trees), process_(process) {}

  os::BackgroundId Start(os::BackgroundJob job) override { return jobs_.Start(std::move(job)); }
  void Finish() override {
    if (!process_.is_killed) jobs_.Finish();
  }

 private:
  sim::Background jobs_;
  const Process& process_;
};

}  // namespace

struct ProcessSystem::Parts {
  Parts(sim::World& world, Process& process, Next next)
      : whole(world.system()),
        events(std::move(next)),
        processes(whole.processes, process),
        control(whole.live->control, process),
        netlink(whole.live->netlink, process),
        usb(whole.live->usb, process),
        background(world, process),
        live{netlink, usb, whole.live->process_table, control, whole.live->supervisor, background},
        own{.clock = whole.clock,
            .files = whole.files,
            .trees = whole.trees,
            .locks = whole.locks,
            .btrfs = whole.btrfs,
            .events = events,
            .processes = processes,
            .roots = whole.roots,
            .identities = whole.identities,
            .archives = whole.archives,
            .live = &live},
        faulty(own, process.seam) {}

  os::System& whole;
  OwnEvents events;
  OwnProcesses processes;
  OwnControl control;
  OwnNetlink netlink;
  OwnUsb usb;
  OwnBackground background;
  os::Live live;
  os::System own;
  faults::FaultySystem faulty;
};

ProcessSystem::ProcessSystem(sim::World& world, Process& process, Next next)
    : parts_(std::make_unique<Parts>(world, process, std::move(next))) {}

ProcessSystem::~ProcessSystem() = default;

os::System& ProcessSystem::system() { return parts_->faulty.system(); }

}  // namespace zprov::run
