// A Zero between two machines: its boot stages on a port of the B+ (sim/zero/board.h), then a
// machine of its own that starts from the bytes the B+ served, and from then on a network between
// the two. Knows no socket and no process: run.h brings the bytes, and starts the machine.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "os/clock.h"
#include "sim/zero/board.h"
#include "util/result.h"
#include "vm/cable/capture.h"
#include "vm/cable/gadget.h"
#include "vm/cable/line.h"
#include "vm/cable/network_end.h"
#include "vm/cable/redir_port.h"

namespace zprov::vm {

// What the B+ served and the Zero's kernel starts from, to the byte; and what the board knows by
// itself.
struct Served {
  std::string kernel;
  std::string device_tree;
  std::string initramfs;
  std::string command_line;  // the first line, without its end
  std::string serial = {};   // the board's: start.elf puts it into the device tree

  bool operator==(const Served&) const = default;
};

class Cable {
 public:
  struct Outside {
    // Starts the Zero's machine; the one before has ended. Its USB port is zero_port() by now.
    std::function<void(const Served&)> start_machine;
    // At once, as a power cut does; nothing where none runs. It is gone on return.
    std::function<void()> kill_machine;
    // A line for people.
    std::function<void(const std::string&)> say;
  };

  Cable(sim::zero::Options options, uint64_t seed, const os::Clock& clock, Outside outside);

  // The host's sockets have power now.
  void PowerOn();
  // The Zero powered off or rebooted: its board is a ROM again.
  void MachineEnded();

  // ---- what a hand does at the rig; each as often as one likes
  void CutPower();
  void GivePower();
  // The plug at the host. The Zero keeps its power and goes on.
  void Unplug();
  void Plug();

  // ---- what is wrong with it
  // From its next boot on. kNotSupported: no board on this cable can have it.
  Result<void> Break(sim::zero::Fault fault, int boots);
  void Mend() { board_.Mend(); }
  // How long its next second stage waits for its host before it goes deaf.
  void set_patience(std::chrono::seconds patience) { board_.set_patience(patience); }
  // Another board: its serial is Linux's from its next start on. 16 hexadecimal digits.
  void set_serial(std::string serial) { serial_ = std::move(serial); }
  const std::string& serial() const { return serial_; }
  // Frames of both ends wait for so long from now on; 0 ends it.
  void StallNetwork(std::chrono::seconds time);
  const LineFaults& line_faults() const { return line_faults_; }
  void set_line_faults(const LineFaults& faults);

  // Frames of that end of the network into a file, made anew; empty: no more. kFailed.
  enum class Side { kHost, kZero };
  Result<void> CaptureTo(Side side, const std::string& path);

  sim::zero::Stage stage() const { return board_.stage(); }

  RedirPort& host_port() { return host_port_; }
  RedirPort& zero_port() { return *zero_port_; }

  // Whatever is due by now happens.
  void CatchUp();
  os::Moment NextDeadline() const;

 private:
  sim::zero::Board::Surroundings OnCable();
  void Show(const os::UsbDevice& shown, std::shared_ptr<sim::UsbFunction> function);
  void Present(Device device);
  void StartLinux();
  void ShowGadget();
  void TakeDownNetwork();
  // Frames come from that end, or go to it. False: there is no room for it now.
  bool FromHost(const std::string& frame);
  bool FromZero(const std::string& frame);
  bool ToHost(const std::string& frame);
  bool ToZero(const std::string& frame);
  void Captured(std::optional<Capture>& capture, const std::string& frame);

  const os::Clock& clock_;
  Outside outside_;
  std::multimap<os::Moment, std::function<void()>> planned_;
  RedirPort host_port_;
  std::unique_ptr<RedirPort> zero_port_;
  std::shared_ptr<NetworkEnd> host_end_;
  std::shared_ptr<NetworkEnd> zero_end_;
  Gadget gadget_ = Gadget::kGeth;  // of the boot that is under way
  LineFaults line_faults_;
  std::optional<Capture> host_capture_;
  std::optional<Capture> zero_capture_;
  Line to_host_;
  Line to_zero_;
  std::string serial_;
  bool has_power_ = true;        // once the host has
  bool is_plugged_in_ = true;    // at the host
  std::optional<Device> shown_;  // what the host sees or would see
  sim::zero::Board board_;
};

}  // namespace zprov::vm
