// The fleet in the service of callers: what each of them asked for, and what it is to be told. Who
// carries their words is not known here: a socket (desk.h), or a command in this process
// (client.h).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "engine/fleet/fleet.h"
#include "engine/serve/control_request.h"
#include "engine/serve/snapshot.h"
#include "os/events.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

using CallerId = uint64_t;

// A snapshot that a caller is to be given now.
struct Owed {
  CallerId caller = 0;
  Snapshot snapshot;
  enum class Then { kMore, kNothing } then = Then::kMore;  // kNothing: it is not told again
};

class Service {
 public:
  // Something changed: whoever watches is told, but not more often than this.
  static constexpr os::Moment kTellEvery = std::chrono::milliseconds(250);

  // `system` must live as long, and have a live host. The ports are the caller's (ports.h).
  Service(os::System& system, const spec::ClusterSpec& spec);

  // As Fleet::Begin.
  Result<void> Begin() { return fleet_.Begin(); }

  // As Fleet::Follow. After an error it goes on with the spec that it had.
  Result<void> Follow(const spec::ClusterSpec& spec);

  // No board is booted from here on; what is under way goes on.
  void StartNoMore();
  bool IsServing() const { return fleet_.IsServing(); }

  // Every event of the loop, DeadlinePassed too; then TakeOwed.
  void On(const os::Event& event);
  // When it wants to be handed a DeadlinePassed; Moment::max(): never. In the past: at once.
  os::Moment NextDeadline() const;

  // From here on the caller is owed snapshots as its verb says. kRefused, and nothing changed: a
  // node that the spec does not know, or that has no port, or that cannot take the order now.
  Result<void> Take(CallerId caller, const ControlRequest& request);
  // What it asked for is over; unknown ones are ignored.
  void Leave(CallerId caller);

  std::vector<Owed> TakeOwed();
  std::vector<NodeNotice> TakeNotices();                          // since the last time
  std::vector<NodeView> Views() const { return fleet_.Views(); }  // with timelines
  // "5 nodes: 3 healthy, 1 absent, 1 serving".
  std::string Describe() const;

 private:
  struct Caller {
    bool is_new = true;  // it was told nothing yet
    bool watches = false;
    std::set<std::string> holds = {};
    std::set<std::string> holds_links = {};
    std::vector<NodeNotice> notices = {};
  };

  Result<std::set<std::string>> NodesOf(const ControlRequest& request) const;
  bool IsWatched() const;
  bool HasChanged(const Snapshot& now);
  void HoldWhatIsHeld();

  os::System& system_;
  spec::ClusterSpec spec_;
  Fleet fleet_;
  std::map<CallerId, Caller> callers_;
  std::vector<NodeNotice> notices_;
  Snapshot told_;  // to those who watch
  bool starts_no_more_ = false;
  bool is_stirred_ = false;     // something happened since
  os::Moment next_telling_{0};  // not sooner
};

}  // namespace zprov::engine
