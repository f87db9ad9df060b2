// A network to test os::Netlink in: the simulator's, or a private network namespace of this kernel
// with veth pairs for cables and a namespace per node. Nothing of it outlives the process.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "os/clock.h"
#include "os/events.h"
#include "os/netlink.h"

namespace zprov::tests {

struct Node {
  Mac mac;
  Ipv4 address;
};

class NetlinkWorld {
 public:
  virtual ~NetlinkWorld() = default;

  virtual os::Clock& clock() = 0;
  virtual os::Events& events() = 0;
  virtual os::Netlink& netlink() = 0;

  // A link of that name and MAC appears, down, MTU 1500, with a node at its far end that answers.
  virtual void Plug(const std::string& link, const Mac& mac, const Node& node) = 0;
  // The node at its far end does not answer any more, though its cable stays.
  virtual void Silence(const std::string& link) = 0;
  virtual void Unplug(const std::string& link) = 0;
  // Somebody else renames a link.
  virtual void RenamedByOthers(const std::string& link, const std::string& name) = 0;
  // From here on we may look but not touch.
  virtual void DropRights() = 0;

  // A deadline that only a hanging test reaches.
  os::Moment Late() { return clock().Now() + std::chrono::minutes(5); }

  Link LinkNamed(const std::string& name) {
    const auto links = netlink().Links();
    EXPECT_TRUE(links.has_value()) << links.error().message;
    for (const Link& link : *links) {
      if (link.name == name) return link;
    }
    ADD_FAILURE() << "there is no link " << name;
    return {};
  }

  // Reads events until `wanted`; true when it came.
  bool Await(const os::Event& wanted) {
    for (;;) {
      const auto event = events().Next(Late());
      if (!event.has_value() || std::holds_alternative<os::DeadlinePassed>(*event)) return false;
      if (*event == wanted) return true;
    }
  }

  // What the probe said.
  bool IsAlive(const std::string& link, Ipv4 address) {
    const auto probe = netlink().Probe(link, address);
    EXPECT_TRUE(probe.has_value()) << probe.error().message;
    for (;;) {
      const auto event = events().Next(Late());
      const auto* answer = event ? std::get_if<os::ProbeAnswered>(&*event) : nullptr;
      if (answer != nullptr && answer->probe == *probe) return answer->alive;
      if (!event || std::holds_alternative<os::DeadlinePassed>(*event)) {
        ADD_FAILURE() << "the probe was never answered";
        return false;
      }
    }
  }
};

struct NetlinkWorldRow {
  std::string name;
  std::string needs;  // what a machine must have to make it, if that is not given
  bool (*can_make)();
  std::unique_ptr<NetlinkWorld> (*make)();
};

inline void PrintTo(const NetlinkWorldRow& row, std::ostream* stream) { *stream << row.name; }

// Rows Sim and Kernel.
std::vector<NetlinkWorldRow> NetlinkWorlds();
std::unique_ptr<NetlinkWorld> MakeSimNetlinkWorld();
bool CanMakeKernelNetlinkWorld();
std::unique_ptr<NetlinkWorld> MakeKernelNetlinkWorld();

}  // namespace zprov::tests
