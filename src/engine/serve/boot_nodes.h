// Boots nodes until each that was asked for runs or has failed: by the serve that runs, or in this
// process. Either way every board boots that has a node; the others are just not waited for.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "engine/fleet/node_view.h"
#include "engine/serve/client.h"
#include "engine/serve/snapshot.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

struct BootRequest {
  std::vector<std::string> nodes = {};  // none: every node that has a port
  std::string holder = {};              // for whoever meets our lock
};

struct NodeOutcome {
  enum class How { kRuns, kFailed, kGaveUpWaiting, kInterrupted };
  NodeView view;
  How how = How::kRuns;
};

std::string_view Name(NodeOutcome::How how);  // "runs", "gave up waiting"

struct Booted {
  std::vector<NodeOutcome> nodes = {};     // those asked for, in the spec's order
  std::vector<UnknownBoard> unknown = {};  // boards at ports that no node has
  std::vector<std::string> warnings = {};  // about links
};

// At once, whenever something changed, and as time passes; of nodes too that were not asked for.
using OnSnapshotNews = std::function<void(const Snapshot&)>;

// A node whose port stays empty so long is given up, and every node after kBootsWithin.
inline constexpr os::Moment kEmptyWithin = std::chrono::seconds(60);
inline constexpr os::Moment kBootsWithin = std::chrono::minutes(15);

// SIGINT and SIGTERM end it early; a running serve boots on. Errors as Client's.
Result<Booted> BootNodes(os::System& system, const spec::ClusterSpec& spec,
                         const BootRequest& request, const OnSnapshotNews& on_news);

// The same of nodes that nobody is told to boot: the running serve that `client` is of does by
// itself what it can. Errors as Client::Do.
Result<Booted> AwaitNodes(Client& client, os::System& system, const BootRequest& request,
                          const OnSnapshotNews& on_news);

}  // namespace zprov::engine
