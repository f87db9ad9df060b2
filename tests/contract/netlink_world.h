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

#include "contract/links_world.h"

namespace zprov::tests {

struct Node {
  Mac mac;
  Ipv4 address;
};

// Who answers in the tests.
inline const Node kNode = {*Mac::Parse("02:00:00:00:01:01"), *Ipv4::Parse("192.168.7.33")};
inline const Node kOther = {*Mac::Parse("02:00:00:00:01:02"), *Ipv4::Parse("192.168.7.37")};

class NetlinkWorld : public LinksWorld {
 public:
  // A link of that name and MAC appears, down, MTU 1500, with a node at its far end that answers.
  virtual void Plug(const std::string& link, const Mac& mac, const Node& node) = 0;
  // The node at its far end does not answer any more, though its cable stays.
  virtual void Silence(const std::string& link) = 0;
  virtual void Unplug(const std::string& link) = 0;
  // Somebody else renames a link.
  virtual void RenamedByOthers(const std::string& link, const std::string& name) = 0;
  // From here on we may look but not touch.
  virtual void DropRights() = 0;

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
