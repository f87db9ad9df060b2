#include "engine/serve/serve.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "engine/commit.h"
#include "engine/make_directories.h"
#include "engine/serve/control_request.h"
#include "engine/serve/ports.h"
#include "engine/store_lock.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

using Phase = os::Supervisor::Phase;

// Nodes boot what the pointers name, so they must name one generation. Who holds the store's lock
// carried out what was cut off before it did anything else.
Result<void> EndWhatWasCutOff(os::System& system, const spec::ClusterSpec& spec,
                              const std::string& holder) {
  const auto lock = TakeStoreLock(system, spec, holder);
  if (lock) return Recover(system, spec);
  if (lock.error().kind == ErrorKind::kRefused) return {};
  return tl::make_unexpected(lock.error());
}

}  // namespace

Server::Server(os::System& system, const spec::ClusterSpec& spec, ServeOptions options)
    : system_(system),
      supervisor_(system.live->supervisor),
      spec_(spec),
      options_(std::move(options)),
      service_(system, spec),
      desk_(system.live->control, service_, options_.uid) {}

Result<std::unique_ptr<Server>> Server::Begin(os::System& system, const spec::ClusterSpec& spec,
                                              ServeOptions options) {
  if (system.live == nullptr) {
    return Fail(ErrorKind::kRefused, "a tree of files (--root) has no boards: leave --root out");
  }
  std::unique_ptr<Server> server(new Server(system, spec, std::move(options)));
  ZPROV_TRY(server->TryToBegin());
  return server;
}

Result<void> Server::TryToBegin() {
  ZPROV_ASSIGN(ports_, TakePorts(system_, spec_, options_.holder));
  ZPROV_TRY(EndWhatWasCutOff(system_, spec_, options_.holder));
  ZPROV_TRY(MakeDirectories(system_, ParentOf(kControlPath), 0755));
  ZPROV_TRY(service_.Begin());
  ZPROV_TRY(system_.live->control.Listen(kControlPath));
  SayAlive(system_.clock.Now());
  supervisor_.Enter(Phase::kReady);
  TellSupervisor();
  return {};
}

void Server::On(const os::Event& event) {
  if (const auto* came = std::get_if<os::SignalCame>(&event)) Heard(came->number);
  desk_.On(event);
  service_.On(event);
  desk_.TellAll();
  if (const auto notices = service_.TakeNotices(); !notices.empty()) {
    if (options_.on_notices) options_.on_notices(notices);
    TellSupervisor();
  }
  const os::Moment now = system_.clock.Now();
  if (next_alive_ <= now) SayAlive(now);
  const bool is_done = end_ != os::Moment::max() && (!service_.IsServing() || end_ <= now);
  if (is_done) is_over_ = true;
}

os::Moment Server::NextDeadline() const {
  return std::min({service_.NextDeadline(), next_alive_, end_});
}

void Server::SayAlive(os::Moment now) {
  const auto interval = supervisor_.AliveInterval();
  if (!interval) return;
  supervisor_.Alive();
  next_alive_ = now + *interval;
}

void Server::TellSupervisor() {
  std::string description = service_.Describe();
  if (description == described_) return;
  described_ = std::move(description);
  supervisor_.Describe(described_);
}

void Server::Heard(int signal) {
  if (signal == SIGHUP) return ReadSpecAgain();
  if (signal == SIGTERM || signal == SIGINT) BeginToEnd();
}

void Server::ReadSpecAgain() {
  supervisor_.Enter(Phase::kReloading);
  if (const auto read = TryToReadSpecAgain(); !read && options_.on_trouble) {
    options_.on_trouble("the spec that was read before stays: " + read.error().message);
  }
  supervisor_.Enter(Phase::kReady);
  TellSupervisor();
}

// The lock of the ports lies in the store, and a mode decides who has them.
Result<void> Server::TryToReadSpecAgain() {
  if (!options_.read_spec) return {};
  ZPROV_ASSIGN(const spec::ClusterSpec spec, options_.read_spec());
  if (spec == spec_) return {};
  if (spec.storage.store != spec_.storage.store || spec.mode != spec_.mode ||
      spec.boot_server != spec_.boot_server) {
    return Fail(ErrorKind::kRefused,
                "storage, mode and boot server cannot change while it runs: restart it (systemctl "
                "restart zprov)");
  }
  ZPROV_TRY(service_.Follow(spec));
  spec_ = spec;
  return {};
}

void Server::BeginToEnd() {
  if (end_ != os::Moment::max()) {
    is_over_ = true;
    return;
  }
  supervisor_.Enter(Phase::kStopping);
  end_ = system_.clock.Now() + kFinishWithin;
  service_.StartNoMore();
}

Result<void> Serve(os::System& system, const spec::ClusterSpec& spec, ServeOptions options) {
  ZPROV_ASSIGN(const auto server, Server::Begin(system, spec, std::move(options)));
  while (!server->IsOver()) {
    ZPROV_ASSIGN(const os::Event event, system.events.Next(server->NextDeadline()));
    server->On(event);
  }
  return {};
}

}  // namespace zprov::engine
