// A cable between two machines that are not there: served by hand on one side, with a driver that
// listens on the other.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/clock.h"
#include "unit/vm/machine_port.h"
#include "vm/cable/cable.h"

namespace zprov::tests {

inline constexpr const char* kLine = "root=/dev/nfs zprov.gadget=geth zprov.mac=02:34:33:3c:50:21";

inline std::string Frame(size_t size, char c) { return std::string(size, c); }

class ServedCable : public testing::Test {
 protected:
  ServedCable() { cable.PowerOn(); }

  void Pass(os::Moment time) {
    const os::Moment end = clock.Now() + time;
    while (cable.NextDeadline() <= end) {
      clock.AdvanceTo(cable.NextDeadline());
      cable.CatchUp();
      host.Pump();
    }
    clock.AdvanceTo(end);
  }

  // Transfers as src/core/usbboot/README.md has them, each to its end.
  void Write(uint8_t endpoint, const std::string& bytes) {
    const auto size = static_cast<uint32_t>(bytes.size());
    host.ControlOut(
        {0x40, 0, static_cast<uint16_t>(size & 0xffff), static_cast<uint16_t>(size >> 16)});
    if (size != 0) host.BulkOut(endpoint, bytes);
  }
  std::string Read(uint16_t size) {
    const uint64_t id = host.ControlIn({0xc0, 0, size, 0, size});
    for (int i = 0; i < 100 && !host.ResultOf(id); ++i) Pass(std::chrono::milliseconds(100));
    return host.ResultOf(id).value_or(MachinePort::Done{}).bytes;
  }

  void ServeFirstStage() {
    host.Configure();
    Write(1, std::string(24, '\0'));
    Write(1, "the first stage");
    Pass(std::chrono::seconds(5));
    host.Configure();
  }
  // One session; false when it ended in a departure.
  bool ServeFiles() {
    for (;;) {
      const std::string request = Read(260);
      if (request.size() != 260) return false;
      const std::string name = request.substr(4, request.find('\0', 4) - 4);
      const auto file = files.find(name);
      const std::string bytes = file == files.end() ? "" : file->second;
      if (request[0] == 1) {
        Write(3, bytes);
      } else {
        host.ControlOut({0x40, 0, static_cast<uint16_t>(bytes.size()), 0});
      }
      if (name.empty()) return true;
    }
  }
  void ServeAll() {
    ServeFirstStage();
    while (!ServeFiles()) {
      Pass(std::chrono::seconds(5));
      host.Configure();
    }
    Pass(std::chrono::seconds(1));
  }
  // The Zero's driver comes up and listens, and so does the host's.
  void TakeUpBothEnds() {
    zero = std::make_unique<MachinePort>(cable.zero_port());
    zero->Configure();
    zero_read = zero->BulkIn(1, 512);
    host.Configure();
    host_read = host.BulkIn(1, 10'000);
  }

  std::map<std::string, std::string> files = {
      {"config.txt", "kernel=kernel.img\ninitramfs initrd.img followkernel\n"},
      {"start.elf", "firmware"},
      {"fixup.dat", "fixup"},
      {"kernel.img", "the kernel"},
      {"initrd.img", "the initramfs"},
      {"bcm2708-rpi-zero.dtb", "the tree"},
      {"cmdline.txt", std::string(kLine) + "\nand no more\n"}};
  sim::VirtualClock clock;
  std::vector<vm::Served> started;
  int killed = 0;
  std::string said;
  vm::Cable cable{{.port = *PortPath::Parse("1-1")},
                  1,
                  clock,
                  {[this](const vm::Served& served) { started.push_back(served); },
                   [this] { ++killed; }, [this](const std::string& line) { said += line + "\n"; }}};
  MachinePort host{cable.host_port()};
  std::unique_ptr<MachinePort> zero;
  uint64_t zero_read = 0;
  uint64_t host_read = 0;
};

}  // namespace zprov::tests
