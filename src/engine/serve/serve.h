// The daemon: the fleet, callers on the control socket, and whoever started us and watches over us,
// in one loop. It has the ports as long as it lives. How a node boots is engine/fleet's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "engine/serve/desk.h"
#include "engine/serve/service.h"
#include "os/events.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

struct ServeOptions {
  std::string holder = {};  // for whoever meets our lock
  uint32_t uid = 0;         // ours; its processes may ask, besides root's
  // Reads the spec anew, when SIGHUP asks for it.
  std::function<Result<spec::ClusterSpec>()> read_spec = {};
  // Whenever nodes came into other states; for the log.
  std::function<void(const std::vector<NodeNotice>&)> on_notices = {};
  // Something that an operator should read in the log: a spec that was not taken, and why.
  std::function<void(const std::string&)> on_trouble = {};
};

class Server {
 public:
  // What is under way may finish so long after SIGTERM or SIGINT; a second one ends it at once.
  static constexpr os::Moment kFinishWithin = std::chrono::seconds(10);

  // It has the ports and the socket, an update that was cut off is carried out to its end, and
  // whatever is plugged in boots; another zprov that is at work on the store does that by itself.
  // kRefused: as TakePorts. Errors of os::Locks, Recover, Fleet::Begin and os::Control::Listen.
  // `system` must live as long, and have a live host.
  static Result<std::unique_ptr<Server>> Begin(os::System& system, const spec::ClusterSpec& spec,
                                               ServeOptions options);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Every event of the loop, DeadlinePassed too.
  void On(const os::Event& event);
  // When it wants to be handed a DeadlinePassed; Moment::max(): never. In the past: at once.
  os::Moment NextDeadline() const;
  // It was told to end, and has.
  bool IsOver() const { return is_over_; }

  const Service& service() const { return service_; }

 private:
  Server(os::System& system, const spec::ClusterSpec& spec, ServeOptions options);

  Result<void> TryToBegin();
  void Heard(int signal);
  void ReadSpecAgain();
  Result<void> TryToReadSpecAgain();
  void BeginToEnd();
  void SayAlive(os::Moment now);
  void TellSupervisor();

  os::System& system_;
  os::Supervisor& supervisor_;
  spec::ClusterSpec spec_;
  ServeOptions options_;
  std::unique_ptr<os::Lock> ports_;  // before the service that needs it
  Service service_;
  Desk desk_;
  std::string described_;
  os::Moment next_alive_ = os::Moment::max();
  os::Moment end_ = os::Moment::max();  // it was told to end, and does by then
  bool is_over_ = false;
};

// Until it was told to end. Errors as Begin, and os::Events::Next.
Result<void> Serve(os::System& system, const spec::ClusterSpec& spec, ServeOptions options);

}  // namespace zprov::engine
