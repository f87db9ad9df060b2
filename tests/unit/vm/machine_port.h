// The machine's side of a redirected USB port, as QEMU's usb-redir device speaks it: what a guest's
// driver would ask for. Both ends are in this process.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "vm/cable/redir_port.h"

namespace zprov::tests {

class MachinePort {
 public:
  // Says hello at once.
  explicit MachinePort(vm::RedirPort& far);
  ~MachinePort();

  struct Done {
    int status = 0;  // usbredirproto.h: 0 success, 1 cancelled, 4 stall
    std::string bytes = {};
    bool operator==(const Done&) const = default;
  };
  // "0a5c:2763 full": what was connected and disconnected, in order; "-" for a disconnect.
  const std::vector<std::string>& plugged() const { return plugged_; }
  // What interrupt endpoints said.
  const std::vector<std::string>& notices() const { return notices_; }
  // Bulk endpoints that the device has, "OUT 1 64".
  const std::vector<std::string>& endpoints() const { return endpoints_; }

  void Reset();
  // The number of the transfer, as all below.
  uint64_t Configure(uint8_t value = 1);
  uint64_t Set(uint8_t interface_number, uint8_t setting);
  uint64_t Listen(uint8_t endpoint);
  uint64_t ControlIn(const os::ControlIn& request);
  uint64_t ControlOut(const os::ControlOut& request, std::string bytes = {});
  uint64_t BulkOut(uint8_t endpoint, std::string bytes);
  uint64_t BulkIn(uint8_t endpoint, size_t most);
  void Cancel(uint64_t id);
  // How it ended; nothing: it has not.
  std::optional<Done> ResultOf(uint64_t id);

  // Everything that both ends have to say.
  void Pump();

 private:
  class Parser;
  vm::RedirPort& far_;
  std::unique_ptr<Parser> parser_;
  std::vector<std::string> plugged_;
  std::vector<std::string> endpoints_;
  std::vector<std::string> notices_;
  std::map<uint64_t, Done> done_;
  uint64_t last_ = 0;
};

}  // namespace zprov::tests
