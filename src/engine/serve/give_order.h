// Tells nodes to halt or to reboot, and waits until each has obeyed or will not: by the serve that
// runs, or in this process.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "engine/fleet/deadlines.h"
#include "engine/node_reports.h"
#include "engine/serve/boot_nodes.h"
#include "engine/serve/client.h"
#include "engine/serve/snapshot.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

struct OrderRequest {
  Order what = Order::kHalt;
  std::vector<std::string> nodes = {};  // at least one
  std::string holder = {};              // for whoever meets our lock
};

struct NodeOrdered {
  enum class How {
    kDone,
    kFailed,       // its view's order says why
    kLate,         // it did not come to an end in time
    kInterrupted,  // we were; a running serve goes on with it
  };
  NodeView view;
  How how = How::kDone;
};

std::string_view Name(NodeOrdered::How how);  // "done", "late"

struct Ordered {
  std::vector<NodeOrdered> nodes = {};  // in the spec's order
  std::vector<std::string> warnings = {};
};

// A node takes the order and leaves the bus in its times, or its power is cut where the spec allows
// it, and it is back in its boot ROM (deadlines.h, with room); then it may boot.
inline constexpr os::Moment kHaltsWithin = kHeardWithin + kHaltWithin + std::chrono::minutes(1);
inline constexpr os::Moment kRebootsWithin = kHaltsWithin + kBootsWithin;

// Where all nodes are, once none of them is between its boot ROM and a system that runs; a process
// that has just begun to look sees that only after a while. At most kSettlesWithin. kFailed: an
// interrupt came first. Errors as Client's.
inline constexpr os::Moment kSettlesWithin = std::chrono::seconds(60);
Result<Snapshot> LookAround(Client& client, os::System& system, const OnSnapshotNews& on_news);

// kRefused, and no node was told anything: one of them cannot obey, and the message says which and
// what to do. Errors as Client's.
Result<Ordered> GiveOrder(os::System& system, const spec::ClusterSpec& spec,
                          const OrderRequest& request, const OnSnapshotNews& on_news);
// The same by a client that has looked around.
Result<Ordered> GiveOrder(Client& client, const OrderRequest& request,
                          const OnSnapshotNews& on_news);

}  // namespace zprov::engine
