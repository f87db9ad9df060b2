// How a command asks for something that `serve` does: of the one that runs, over its socket; where
// none runs, of a Service of its own in this process. The same requests, snapshots and ends either
// way.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "engine/serve/control_answer.h"
#include "engine/serve/control_request.h"
#include "engine/serve/service.h"
#include "engine/serve/snapshot.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

class Client {
 public:
  enum class Verdict { kGoOn, kOver };
  // Called at once, whenever something changed, and at least every kLookEvery, as ages grow: then
  // with the snapshot before, without its notices.
  using OnSnapshot = std::function<Verdict(const Snapshot&)>;
  static constexpr os::Moment kLookEvery = std::chrono::seconds(1);

  struct Outcome {
    enum class How {
      kOver,         // the caller said so
      kLate,         // `within` has passed
      kInterrupted,  // by SIGINT or SIGTERM
    };
    How how = How::kOver;
    Snapshot last;
  };

  // Of the serve that runs. kNotFound: none does; kPermission.
  static Result<std::unique_ptr<Client>> OfServe(os::System& system);
  // The same; where none runs, a Service in this process, which has the ports as long as the Client
  // lives, and boots nobody who was not asked for, but for kBoot. kRefused: as TakePorts. `system`
  // must live as long.
  static Result<std::unique_ptr<Client>> OfServeOrHere(os::System& system,
                                                       const spec::ClusterSpec& spec,
                                                       const std::string& holder);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool IsOfServe() const { return service_ == nullptr; }

  // Until the caller has seen enough. What was asked for goes on in a running serve; a hold lives
  // as long as this Client. The error that serve answers with (kRefused, kPermission, kBusy,
  // kInvalid); kGone: it ended meanwhile.
  Result<Outcome> Do(const ControlRequest& request, os::Moment within,
                     const OnSnapshot& on_snapshot);

  // With timelines, of a Service in this process; a running serve keeps its timelines on disk.
  std::vector<NodeView> OwnViews() const;

 private:
  explicit Client(os::System& system) : system_(system) {}

  Result<void> Ask(const ControlRequest& request);
  Result<void> AskHere(const ControlRequest& request);
  Result<Outcome> Follow(os::Moment end, const OnSnapshot& on_snapshot);
  Result<std::optional<Snapshot>> Hear(const os::Event& event);
  Result<std::optional<Snapshot>> HearServe(const os::Event& event);

  os::System& system_;
  std::unique_ptr<os::Lock> ports_;      // before the service that needs it
  std::set<std::string> asleep_;         // nodes that are not booted here
  bool has_begun_ = false;               // the service has
  std::unique_ptr<Service> service_;     // null: a serve runs
  std::optional<os::ControlId> unused_;  // a connection that nothing was said on yet
  CallerId caller_ = 0;                  // of what is asked for now
  std::vector<os::ControlId> holding_;   // connections that must stay
  AnswerReader answers_;
};

// Of a Client's errors: no serve runs, or the one that did has just ended.
bool IsAway(const Error& error);

}  // namespace zprov::engine
