// What is plugged into this machine's USB ports, in a machine of vm/cluster: devices that this
// process itself serves, through QEMU and the kernel's own stack (xhci, hub, usbcore).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "adapters/fd.h"
#include "contract/guest_qemu.h"
#include "os/clock.h"
#include "vm/cable/device.h"
#include "vm/cable/redir_port.h"

namespace zprov::tests {

class GuestPorts {
 public:
  explicit GuestPorts(const os::Clock& clock);
  // Nothing is plugged in any more.
  ~GuestPorts();
  GuestPorts(const GuestPorts&) = delete;
  GuestPorts& operator=(const GuestPorts&) = delete;

  // Each returns when the kernel and udev have done what they do. Devices are asked by a thread of
  // this class.
  void PlugHub(const PortPath& port);
  void Plug(const PortPath& port, const vm::Device& device);
  void Unplug(const PortPath& port);

  // The device there has something for its host.
  void Poke(const PortPath& port);

 private:
  struct Served {
    int slot = 0;
    adapters::Fd fd;
    std::unique_ptr<vm::RedirPort> port;
    std::string unsent = {};
  };

  void Serve();
  void Carry(Served& served);
  os::Moment NextDeadline() const;
  void Wake();
  int FreeSlot() const;

  const os::Clock& clock_;
  GuestQemu qemu_;
  std::set<PortPath> hubs_;
  std::recursive_mutex mutex_;  // of what follows: a device that is asked may poke
  std::map<PortPath, Served> served_;
  bool is_over_ = false;
  adapters::Fd wake_;
  std::thread thread_;
};

// Until it is so. What never comes ends the process: the bench is broken.
void AwaitOnGuest(const std::string& what, const std::function<bool()>& is_so);

// udev has told whoever listens to it.
void LetUdevFinish();

// /sys/bus/usb/devices/1-1/…, Trim()ed; empty: it is not there.
std::string UsbAttribute(const PortPath& port, const std::string& name);

}  // namespace zprov::tests
