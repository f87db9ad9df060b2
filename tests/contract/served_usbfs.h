// usbfs as a program sees it, served by umockdev: what libusb asks by ioctl is answered here, for
// each device by a sim::UsbFunction. Errors and their numbers are drivers/usb/core/devio.c's.
// Not served: isochronous transfers, and POLLERR for a device that left (libusb then learns it from
// the ioctl itself).
#pragma once

#include <linux/usbdevice_fs.h>
#include <umockdev.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "adapters/fd.h"
#include "sim/usb_function.h"

namespace zprov::tests {

// Of a usbdevfs_urb, as it was when it was submitted.
struct UsbfsTransfer {
  unsigned char type = 0;
  unsigned char endpoint = 0;
  void* buffer = nullptr;  // in the program's memory
  size_t length = 0;
};

struct UsbfsEnd {
  int status = 0;  // or a negative errno
  int done = 0;    // bytes
};

class ServedUsbfs {
 public:
  explicit ServedUsbfs(UMockdevTestbed* testbed);
  ~ServedUsbfs();
  ServedUsbfs(const ServedUsbfs&) = delete;
  ServedUsbfs& operator=(const ServedUsbfs&) = delete;

  // From here on the device file `node` (/dev/bus/usb/001/002) is answered; without a function all
  // transfers stall.
  void Serve(const std::string& node, std::shared_ptr<sim::UsbFunction> function);
  // The testbed has made its file: makes it one that poll(2) can tell something of.
  void MakePollable(const std::string& node);
  void SetFunction(const std::string& node, std::shared_ptr<sim::UsbFunction> function);
  // Another program has that interface.
  void Hold(const std::string& node, uint8_t interface_number);
  // The device left: what is under way ends.
  void Disconnect(const std::string& node);

 private:
  struct Urb {
    UMockdevIoctlClient* client = nullptr;  // the open file that it belongs to
    usbdevfs_urb* at = nullptr;             // in the program's memory
    UsbfsTransfer transfer = {};
    bool is_silent = false;  // the device was asked and said nothing
  };
  struct Node {
    std::shared_ptr<sim::UsbFunction> function;
    std::set<uint8_t> held = {};
    bool connected = true;
    std::map<uint8_t, std::deque<Urb>> endpoints = {};  // what waits; 0: control
    std::deque<Urb> completed = {};
    adapters::Fd pipe = {};
    bool ready = true;  // poll(2) says POLLOUT
  };
  struct Answer {
    int result = 0;
    int failed = 0;  // errno
  };

  static gboolean Asked(UMockdevIoctlBase* handler, UMockdevIoctlClient* client, ServedUsbfs* self);
  Answer On(UMockdevIoctlClient* client, Node& node);
  Answer Submit(UMockdevIoctlClient* client, Node& node, usbdevfs_urb* at);
  Answer Discard(Node& node, const usbdevfs_urb* at);
  Answer Reap(UMockdevIoctlClient* client, Node& node, void** urb);
  static Answer Claim(const Node& node, const usbdevfs_disconnect_claim& asked);
  Answer Reset(Node& node);

  void Progress(Node& node, uint8_t endpoint);
  void Complete(Node& node, const Urb& urb, UsbfsEnd end);
  void EndAll(Node& node);
  static void ShowReadiness(Node& node);

  UMockdevTestbed* testbed_;
  UMockdevIoctlBase* handler_;
  std::mutex mutex_;
  std::map<std::string, Node> nodes_;
  size_t pool_ = 0;  // bytes of all that waits or was not reaped
};

}  // namespace zprov::tests
