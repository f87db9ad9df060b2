// In a machine of vm/cluster: its own QEMU's monitor (QMP), within reach through a serial port of
// the machine, and what that plugs into the machine's USB ports. tests/qemu/contract wires it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "adapters/fd.h"
#include "util/net.h"

namespace zprov::tests {

// How many devices can be plugged in at once, but for hubs.
inline constexpr int kGuestSlots = 8;

// Whether this is such a machine.
bool IsWiredGuest();

class GuestQemu {
 public:
  GuestQemu();

  // QEMU's own hub: eight ports, full speed, each with a power of its own.
  void AddHub(const PortPath& port);
  // QEMU's usb-redir; whoever opens SlotPath(slot) here speaks usbredir with it.
  void AddRedir(const PortPath& port, int slot);
  // At once, as the plug is drawn.
  void Remove(const PortPath& port);

  // /dev/virtio-ports/…
  static std::string SlotPath(int slot);

 private:
  // A test bench that is broken ends the process.
  void Do(const std::string& command, const nlohmann::json& arguments);
  std::string NextLine();

  adapters::Fd fd_;
  std::string received_;
};

}  // namespace zprov::tests
