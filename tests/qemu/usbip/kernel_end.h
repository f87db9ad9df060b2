// One end of a USB/IP connection (kernel, Documentation/usb/usbip_protocol.rst) that this machine's
// kernel has. Nothing but the standard library here: it is built for the Zero too.
#pragma once

#include <string>

namespace zprov::tests {

// Where the kernel takes the number of a connected socket.
struct KernelEnd {
  std::string attribute;    // below /sys: usbip_sockfd of what has a device, attach of vhci_hcd
  std::string before = {};  // what is written there before that number: "0 ", vhci_hcd's port
  std::string behind = {};  // … and behind it: " 65538 3", the device's number and its speed
};

// False, with errno: it does not take the socket, which stays the caller's.
bool GiveSocket(const KernelEnd& end, int socket);

// The other end of a connection with it; -1, with errno: it takes none now.
int ConnectTo(const KernelEnd& end);

}  // namespace zprov::tests
