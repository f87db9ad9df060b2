// A Zero between two machines: its boot stages on a port of the B+ (sim/zero/board.h), then a
// machine of its own that starts from the bytes the B+ served, and from then on a network between
// the two. Knows no socket and no process: run.h brings the bytes, and starts the machine.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "os/clock.h"
#include "sim/zero/board.h"
#include "vm/cable/network_end.h"
#include "vm/cable/redir_port.h"

namespace zprov::vm {

// What the B+ served and the Zero's kernel starts from, to the byte.
struct Served {
  std::string kernel;
  std::string device_tree;
  std::string initramfs;
  std::string command_line;  // the first line, without its end

  bool operator==(const Served&) const = default;
};

class Cable {
 public:
  struct Outside {
    // Starts the Zero's machine; the one before has ended. Its USB port is zero_port() by now.
    std::function<void(const Served&)> start_machine;
    // A line for people.
    std::function<void(const std::string&)> say;
  };

  Cable(sim::zero::Options options, uint64_t seed, const os::Clock& clock, Outside outside);

  void PowerOn() { board_.Start(); }
  // The Zero powered off or rebooted: its board is a ROM again.
  void MachineEnded();

  RedirPort& host_port() { return host_port_; }
  RedirPort& zero_port() { return *zero_port_; }

  // Whatever is due by now happens.
  void CatchUp();
  os::Moment NextDeadline() const;

 private:
  sim::zero::Board::Surroundings OnCable();
  void Show(const os::UsbDevice& shown, std::shared_ptr<sim::UsbFunction> function);
  void StartLinux();
  void ShowGadget();

  const os::Clock& clock_;
  Outside outside_;
  std::multimap<os::Moment, std::function<void()>> planned_;
  RedirPort host_port_;
  std::unique_ptr<RedirPort> zero_port_;
  std::shared_ptr<NetworkEnd> host_end_;
  std::shared_ptr<NetworkEnd> zero_end_;
  sim::zero::Board board_;
};

}  // namespace zprov::vm
