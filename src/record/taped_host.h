// Links, USB, programs, the control socket, background jobs and events on a tape: a line per verb.
#pragma once

#include "os/system.h"
#include "record/tape.h"

namespace zprov::record {

class TapedNetlink final : public os::Netlink {
 public:
  TapedNetlink(Tape& tape, os::Netlink* inner) : tape_(tape), inner_(inner) {}

  Result<std::vector<Link>> Links() override {
    return tape_.Through<Result<std::vector<Link>>>(Look("netlink.links"),
                                                    [&] { return inner_->Links(); });
  }
  Result<std::vector<os::LinkAddress>> Addresses() override {
    return tape_.Through<Result<std::vector<os::LinkAddress>>>(Look("netlink.addresses"),
                                                               [&] { return inner_->Addresses(); });
  }
  Result<void> EnsureBridge(std::string_view name, const os::BridgeSettings& settings) override {
    return tape_.Through<Result<void>>(Act("netlink.ensure_bridge", name, settings),
                                       [&] { return inner_->EnsureBridge(name, settings); });
  }
  Result<void> SetLink(std::string_view name, const os::LinkChange& change) override {
    return tape_.Through<Result<void>>(Act("netlink.set_link", name, change),
                                       [&] { return inner_->SetLink(name, change); });
  }
  Result<void> AddAddress(std::string_view name, const InterfaceAddress& address) override {
    return tape_.Through<Result<void>>(Act("netlink.add_address", name, address),
                                       [&] { return inner_->AddAddress(name, address); });
  }
  Result<void> Pin(std::string_view port, const Mac& mac, Ipv4 address) override {
    return tape_.Through<Result<void>>(Act("netlink.pin", port, mac, address),
                                       [&] { return inner_->Pin(port, mac, address); });
  }
  Result<std::vector<os::PinnedPort>> Pins() override {
    return tape_.Through<Result<std::vector<os::PinnedPort>>>(Look("netlink.pins"),
                                                              [&] { return inner_->Pins(); });
  }
  Result<os::ProbeId> Probe(std::string_view name, Ipv4 address) override {
    return tape_.Through<Result<os::ProbeId>>(Act("netlink.probe", name, address),
                                              [&] { return inner_->Probe(name, address); });
  }

 private:
  Tape& tape_;
  os::Netlink* inner_;
};

class TapedUsb final : public os::UsbBus {
 public:
  TapedUsb(Tape& tape, os::UsbBus* inner) : tape_(tape), inner_(inner) {}

  Result<std::vector<os::UsbDevice>> Devices() override {
    return tape_.Through<Result<std::vector<os::UsbDevice>>>(Look("usb.devices"),
                                                             [&] { return inner_->Devices(); });
  }
  Result<void> Watch() override {
    return tape_.Through<Result<void>>(Act("usb.watch"), [&] { return inner_->Watch(); });
  }
  Result<os::UsbOpened> Open(const PortPath& port) override {
    return tape_.Through<Result<os::UsbOpened>>(Act("usb.open", port),
                                                [&] { return inner_->Open(port); });
  }
  Result<void> Claim(os::UsbHandle handle, uint8_t interface_number) override {
    return tape_.Through<Result<void>>(Act("usb.claim", handle, interface_number),
                                       [&] { return inner_->Claim(handle, interface_number); });
  }
  Result<os::UsbTransferId> Submit(os::UsbHandle handle, const os::UsbTransfer& transfer) override {
    return tape_.Through<Result<os::UsbTransferId>>(
        Act("usb.submit", handle, Wire(transfer.what), transfer.timeout.count()),
        [&] { return inner_->Submit(handle, transfer); });
  }
  void Cancel(os::UsbTransferId transfer) override {
    if (inner_ != nullptr) inner_->Cancel(transfer);
    tape_.Tell(ActQuietly("usb.cancel", transfer));
  }
  Result<void> Reset(os::UsbHandle handle) override {
    return tape_.Through<Result<void>>(Act("usb.reset", handle),
                                       [&] { return inner_->Reset(handle); });
  }
  void Close(os::UsbHandle handle) override {
    if (inner_ != nullptr) inner_->Close(handle);
    tape_.Tell(ActQuietly("usb.close", handle));
  }
  Result<void> SetPortPower(const PortPath& port, PortPower power) override {
    return tape_.Through<Result<void>>(
        Act("usb.set_port_power", port, power == PortPower::kOn ? "on" : "off"),
        [&] { return inner_->SetPortPower(port, power); });
  }

 private:
  nlohmann::json Wire(const os::ControlOut& out) const {
    return {{"out", {out.request_type, out.request, out.value, out.index}}};
  }
  nlohmann::json Wire(const os::ControlIn& in) const {
    return {{"in", {in.request_type, in.request, in.value, in.index, in.length}}};
  }
  nlohmann::json Wire(const os::BulkOut& bulk) const {
    return {{"endpoint", bulk.endpoint}, {"bulk", tape_.mappings().TextOf(bulk.bytes)}};
  }
  nlohmann::json Wire(const decltype(os::UsbTransfer::what)& what) const {
    return std::visit([this](const auto& each) { return Wire(each); }, what);
  }

  Tape& tape_;
  os::UsbBus* inner_;
};

class TapedProcesses final : public os::Processes {
 public:
  TapedProcesses(Tape& tape, os::Processes* inner) : tape_(tape), inner_(inner) {}

  Result<os::ProcessId> Start(const std::vector<std::string>& argv) override {
    return tape_.Through<Result<os::ProcessId>>(Act("processes.start", argv),
                                                [&] { return inner_->Start(argv); });
  }
  Result<os::ProcessId> StartIn(std::string_view root,
                                const std::vector<std::string>& argv) override {
    return tape_.Through<Result<os::ProcessId>>(Act("processes.start_in", root, argv),
                                                [&] { return inner_->StartIn(root, argv); });
  }
  Result<void> Stop(os::ProcessId process) override {
    return tape_.Through<Result<void>>(ActQuietly("processes.stop", process),
                                       [&] { return inner_->Stop(process); });
  }

 private:
  Tape& tape_;
  os::Processes* inner_;
};

class TapedProcessTable final : public os::ProcessTable {
 public:
  TapedProcessTable(Tape& tape, os::ProcessTable* inner) : tape_(tape), inner_(inner) {}

  Result<std::vector<os::RunningProcess>> Named(std::string_view program) override {
    return tape_.Through<Result<std::vector<os::RunningProcess>>>(
        Look("process_table.named", program), [&] { return inner_->Named(program); });
  }
  Result<std::vector<os::TreeUser>> UsersOf(std::string_view path) override {
    return tape_.Through<Result<std::vector<os::TreeUser>>>(Look("process_table.users_of", path),
                                                            [&] { return inner_->UsersOf(path); });
  }

 private:
  Tape& tape_;
  os::ProcessTable* inner_;
};

class TapedControl final : public os::Control {
 public:
  TapedControl(Tape& tape, os::Control* inner) : tape_(tape), inner_(inner) {}

  Result<void> Listen(std::string_view path) override {
    return tape_.Through<Result<void>>(Act("control.listen", path),
                                       [&] { return inner_->Listen(path); });
  }
  Result<os::ControlId> Connect(std::string_view path) override {
    return tape_.Through<Result<os::ControlId>>(Act("control.connect", path),
                                                [&] { return inner_->Connect(path); });
  }
  Result<void> Send(os::ControlId connection, std::string_view line) override {
    return tape_.Through<Result<void>>(Act("control.send", connection, line),
                                       [&] { return inner_->Send(connection, line); });
  }
  void Close(os::ControlId connection) override {
    if (inner_ != nullptr) inner_->Close(connection);
    tape_.Tell(ActQuietly("control.close", connection));
  }

 private:
  Tape& tape_;
  os::Control* inner_;
};

// What it says to the supervisor is heard by nobody in a replay.
class TapedSupervisor final : public os::Supervisor {
 public:
  TapedSupervisor(Tape& tape, os::Supervisor* inner) : tape_(tape), inner_(inner) {}

  std::optional<std::chrono::nanoseconds> AliveInterval() override {
    return tape_.Through<std::optional<std::chrono::nanoseconds>>(
        Look("supervisor.alive_interval"), [&] { return inner_->AliveInterval(); });
  }
  void Alive() override {
    if (inner_ != nullptr) inner_->Alive();
    tape_.Tell(ActQuietly("supervisor.alive"));
  }
  void Enter(Phase phase) override {
    if (inner_ != nullptr) inner_->Enter(phase);
    tape_.Tell(ActQuietly("supervisor.enter", phase));
  }
  void Describe(std::string_view status) override {
    if (inner_ != nullptr) inner_->Describe(status);
    tape_.Tell(ActQuietly("supervisor.describe", status));
  }

 private:
  Tape& tape_;
  os::Supervisor* inner_;
};

// A job runs beside the engine, on the world itself: of it the tape has the start and the end.
class TapedBackground final : public os::Background {
 public:
  TapedBackground(Tape& tape, os::Background* inner) : tape_(tape), inner_(inner) {}

  os::BackgroundId Start(os::BackgroundJob job) override {
    return tape_.Through<os::BackgroundId>(Act("background.start"),
                                           [&] { return inner_->Start(std::move(job)); });
  }
  void Finish() override {
    if (inner_ != nullptr) inner_->Finish();
    tape_.Tell(ActQuietly("background.finish"));
  }

 private:
  Tape& tape_;
  os::Background* inner_;
};

class TapedEvents final : public os::Events {
 public:
  TapedEvents(Tape& tape, os::Events* inner) : tape_(tape), inner_(inner) {}

  Result<os::Event> Next(os::Moment deadline) override {
    return tape_.Through<Result<os::Event>>(Act(std::string(kNextEvent), deadline),
                                            [&] { return inner_->Next(deadline); });
  }

 private:
  Tape& tape_;
  os::Events* inner_;
};

}  // namespace zprov::record
