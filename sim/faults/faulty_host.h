// Links, USB, programs, processes and events behind a Seam: one line per verb. No behaviour of
// their own.
#pragma once

#include "os/control.h"
#include "os/events.h"
#include "os/process_table.h"
#include "os/usb_bus.h"
#include "sim/faults/through.h"

namespace zprov::faults {

class FaultyNetlink final : public os::Netlink {
 public:
  FaultyNetlink(os::Netlink& inner, Seam& seam) : inner_(inner), seam_(seam) {}

  Result<std::vector<Link>> Links() override {
    return Through(seam_, Touch::kReads, {"links"}, [&] { return inner_.Links(); });
  }

  Result<std::vector<os::LinkAddress>> Addresses() override {
    return Through(seam_, Touch::kReads, {"addresses"}, [&] { return inner_.Addresses(); });
  }

  Result<void> EnsureBridge(std::string_view name, const os::BridgeSettings& settings) override {
    return Through(seam_, Touch::kChanges, {"ensure bridge", name},
                   [&] { return inner_.EnsureBridge(name, settings); });
  }

  Result<void> SetLink(std::string_view name, const os::LinkChange& change) override {
    return Through(seam_, Touch::kChanges, {"set link", name},
                   [&] { return inner_.SetLink(name, change); });
  }

  Result<void> AddAddress(std::string_view name, const InterfaceAddress& address) override {
    return Through(seam_, Touch::kChanges, {"add address to", name},
                   [&] { return inner_.AddAddress(name, address); });
  }

  Result<void> Pin(std::string_view port, const Mac& mac, Ipv4 address) override {
    return Through(seam_, Touch::kChanges, {"pin", port},
                   [&] { return inner_.Pin(port, mac, address); });
  }

  Result<std::vector<os::PinnedPort>> Pins() override {
    return Through(seam_, Touch::kReads, {"pins"}, [&] { return inner_.Pins(); });
  }

  Result<os::ProbeId> Probe(std::string_view name, Ipv4 address) override {
    return Through(seam_, Touch::kChanges, {"probe through", name},
                   [&] { return inner_.Probe(name, address); });
  }

 private:
  os::Netlink& inner_;
  Seam& seam_;
};

class FaultyUsbBus final : public os::UsbBus {
 public:
  FaultyUsbBus(os::UsbBus& inner, Seam& seam) : inner_(inner), seam_(seam) {}

  Result<std::vector<os::UsbDevice>> Devices() override {
    return Through(seam_, Touch::kReads, {"usb devices"}, [&] { return inner_.Devices(); });
  }

  Result<void> Watch() override {
    return Through(seam_, Touch::kReads, {"watch usb"}, [&] { return inner_.Watch(); });
  }

  Result<os::UsbOpened> Open(const PortPath& port) override {
    return Through(seam_, Touch::kReads, {"open usb", port.ToString()},
                   [&] { return inner_.Open(port); });
  }

  Result<void> Claim(os::UsbHandle handle, uint8_t interface_number) override {
    return Through(seam_, Touch::kChanges, {"claim usb"},
                   [&] { return inner_.Claim(handle, interface_number); });
  }

  Result<os::UsbTransferId> Submit(os::UsbHandle handle, const os::UsbTransfer& transfer) override {
    return Through(seam_, Touch::kChanges, {"submit usb"},
                   [&] { return inner_.Submit(handle, transfer); });
  }

  void Cancel(os::UsbTransferId transfer) override { inner_.Cancel(transfer); }

  Result<void> Reset(os::UsbHandle handle) override {
    return Through(seam_, Touch::kChanges, {"reset usb"}, [&] { return inner_.Reset(handle); });
  }

  void Close(os::UsbHandle handle) override { inner_.Close(handle); }

  Result<void> SetPortPower(const PortPath& port, PortPower power) override {
    return Through(seam_, Touch::kChanges, {"power", port.ToString()},
                   [&] { return inner_.SetPortPower(port, power); });
  }

 private:
  os::UsbBus& inner_;
  Seam& seam_;
};

class FaultyProcesses final : public os::Processes {
 public:
  FaultyProcesses(os::Processes& inner, Seam& seam) : inner_(inner), seam_(seam) {}

  Result<os::ProcessId> Start(const std::vector<std::string>& argv) override {
    return Through(seam_, Touch::kChanges,
                   {"start", argv.empty() ? "nothing" : std::string_view(argv[0])},
                   [&] { return inner_.Start(argv); });
  }

  Result<os::ProcessId> StartIn(std::string_view root,
                                const std::vector<std::string>& argv) override {
    return Through(seam_, Touch::kChanges,
                   {"start", argv.empty() ? "nothing" : std::string_view(argv[0]), "in", root},
                   [&] { return inner_.StartIn(root, argv); });
  }

  Result<void> Stop(os::ProcessId process) override {
    return Through(seam_, Touch::kChanges, {"stop a program"},
                   [&] { return inner_.Stop(process); });
  }

 private:
  os::Processes& inner_;
  Seam& seam_;
};

class FaultyProcessTable final : public os::ProcessTable {
 public:
  FaultyProcessTable(os::ProcessTable& inner, Seam& seam) : inner_(inner), seam_(seam) {}

  Result<std::vector<os::RunningProcess>> Named(std::string_view program) override {
    return Through(seam_, Touch::kReads, {"processes named", program},
                   [&] { return inner_.Named(program); });
  }

  Result<std::vector<os::TreeUser>> UsersOf(std::string_view path) override {
    return Through(seam_, Touch::kReads, {"users of", path}, [&] { return inner_.UsersOf(path); });
  }

 private:
  os::ProcessTable& inner_;
  Seam& seam_;
};

class FaultyControl final : public os::Control {
 public:
  FaultyControl(os::Control& inner, Seam& seam) : inner_(inner), seam_(seam) {}

  Result<void> Listen(std::string_view path) override {
    return Through(seam_, Touch::kChanges, {"listen at", path},
                   [&] { return inner_.Listen(path); });
  }

  Result<os::ControlId> Connect(std::string_view path) override {
    return Through(seam_, Touch::kReads, {"connect to", path},
                   [&] { return inner_.Connect(path); });
  }

  Result<void> Send(os::ControlId connection, std::string_view line) override {
    return Through(seam_, Touch::kChanges, {"send", line},
                   [&] { return inner_.Send(connection, line); });
  }

  void Close(os::ControlId connection) override { inner_.Close(connection); }

 private:
  os::Control& inner_;
  Seam& seam_;
};

class FaultyEvents final : public os::Events {
 public:
  FaultyEvents(os::Events& inner, Seam& seam) : inner_(inner), seam_(seam) {}

  Result<os::Event> Next(os::Moment deadline) override {
    return Through(seam_, Touch::kReads, {"next event"}, [&] { return inner_.Next(deadline); });
  }

 private:
  os::Events& inner_;
  Seam& seam_;
};

}  // namespace zprov::faults
