// A host to plug USB network gadgets into, for what os::Netlink promises of their links: the
// simulator's, or a real kernel's in a machine of QEMU (tests/qemu/contract).
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "contract/links_world.h"

namespace zprov::tests {

enum class PluggedGadget {
  kGeth,  // CDC subset, of which only its host makes up a MAC
  kEcm,   // CDC Ethernet
};

class UsbLinkWorld : public LinksWorld {
 public:
  // QEMU's hub, which is a full-speed one: so is what is behind it.
  virtual void PlugHub(const PortPath& port) = 0;
  // Who tells its MAC tells `host_mac`. The name that the kernel gave to its link, and nobody
  // changed.
  virtual std::string Plug(const PortPath& port, PluggedGadget gadget, const Mac& host_mac) = 0;
  virtual void Unplug(const PortPath& port) = 0;
  // Somebody else asks the kernel to rename a link. False: it refuses.
  virtual bool RenameByOthers(const std::string& link, const std::string& name) = 0;
};

struct UsbLinkWorldRow {
  std::string name;
  std::string needs;
  bool (*can_make)();
  std::unique_ptr<UsbLinkWorld> (*make)();
};

inline void PrintTo(const UsbLinkWorldRow& row, std::ostream* stream) { *stream << row.name; }

// Sim; in the program for a machine of QEMU: Guest.
std::vector<UsbLinkWorldRow> UsbLinkWorlds();

}  // namespace zprov::tests
