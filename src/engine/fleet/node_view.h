// What the fleet says about a node: values for the status table, the boot timeline and the log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/node_reports.h"
#include "os/clock.h"

namespace zprov::engine {

// A stage counts only when its successor shows.
enum class NodeState {
  kAbsent,          // its port is empty
  kRom,             // the boot ROM is there
  kFirstStageSent,  // waits for the file server
  kServing,         // the file server asks, or has left to come back
  kServed,          // it says that it has all; waits for the gadget
  kGadget,          // Linux runs; waits for the link
  kLink,            // the link is in the bridge; waits for the root's mount
  kMounted,         // waits for zprov-node
  kHealthy,         // zprov-node wrote this boot's nonce
  kUp,              // the link is there, and nothing can tell more
  kHalting,         // it was told to halt or to reboot; waits until it has left, or is back
  kFailed,          // for a cause on this host: tried again when that may be cured
  kRecovering,      // a step of the ladder is under way
  kQuarantined,     // left alone until it is plugged in again or its power was cut
};

std::string_view Name(NodeState state);  // "first stage sent"
std::optional<NodeState> StateNamed(std::string_view name);
bool Runs(NodeState state);  // Linux does, as far as anybody can tell: healthy or up

struct FileRecord {
  enum class What { kFound, kExpectedMiss, kSuspiciousMiss, kOdd };
  std::string name;  // as far as it can be shown
  What what = What::kFound;
  std::string oddity = {};  // kOdd: what is odd about it
  uint64_t bytes = 0;       // of the file
  os::Moment at{0};
  os::Moment took{0};  // until it was answered in full

  bool operator==(const FileRecord&) const = default;
};

// What a node was last told to do, and what came of it.
struct OrderView {
  enum class State { kUnderWay, kDone, kFailed };
  Order what = Order::kHalt;
  State state = State::kUnderWay;
  std::string text = {};  // kFailed: why, and what to do next

  bool operator==(const OrderView&) const = default;
};

std::string_view Name(OrderView::State state);  // "under way"
std::optional<OrderView::State> OrderStateNamed(std::string_view name);

struct NodeView {
  std::string node;
  NodeState state = NodeState::kAbsent;
  os::Moment since{0};                    // of the state
  int session = 0;                        // with the file server, of this boot; the first is 1
  std::string file = {};                  // asked for last
  uint64_t bytes = 0;                     // of files, sent in this boot
  std::string miss = {};                  // the first suspicious one of this boot
  std::string cause = {};                 // why it failed last; empty: it did not since it was well
  std::string step = {};                  // of kRecovering, kRom, kHalting: what goes on in it
  int failures = 0;                       // since it was well
  std::optional<os::Moment> began = {};   // this boot, if we boot it or did
  std::optional<int> generation = {};     // whose root this boot's command line names
  uint32_t mtu = 0;                       // bytes of payload; 0: its link is not in the bridge
  std::optional<OrderView> order = {};    // of this boot or the one before; serve forgets no sooner
  std::string nonce = {};                 // of this boot
  std::vector<FileRecord> timeline = {};  // of this boot, the first kMostRecords
  uint64_t records_left_out = 0;

  static constexpr size_t kMostRecords = 500;

  bool operator==(const NodeView&) const = default;
};

// A board at a port that no node has.
struct UnknownBoard {
  std::string port;
  std::string description;  // "BCM2835 in its boot ROM"
  std::string advice;       // what to write into the spec

  bool operator==(const UnknownBoard&) const = default;
};

// A node came into another state.
struct NodeNotice {
  os::Moment at{0};
  std::string node;
  NodeState state = NodeState::kAbsent;
  std::string text = {};  // the cause, the step

  bool operator==(const NodeNotice&) const = default;
};

}  // namespace zprov::engine
