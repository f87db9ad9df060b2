#include "engine/serve/client.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "engine/serve/ports.h"

namespace zprov::engine {
namespace {

bool IsInterrupt(const os::Event& event) {
  const auto* came = std::get_if<os::SignalCame>(&event);
  return came != nullptr && (came->number == SIGINT || came->number == SIGTERM);
}

}  // namespace

bool IsAway(const Error& error) {
  return error.kind == ErrorKind::kNotFound || error.kind == ErrorKind::kGone;
}

Result<std::unique_ptr<Client>> Client::OfServe(os::System& system) {
  if (system.live == nullptr) {
    return Fail(ErrorKind::kNotFound, "a tree of files (--root) is served by nobody");
  }
  std::unique_ptr<Client> client(new Client(system));
  ZPROV_ASSIGN(client->unused_, system.live->control.Connect(kControlPath));
  return client;
}

Result<std::unique_ptr<Client>> Client::OfServeOrHere(os::System& system,
                                                      const spec::ClusterSpec& spec,
                                                      const std::string& holder) {
  auto of_serve = OfServe(system);
  if (of_serve || of_serve.error().kind != ErrorKind::kNotFound) return of_serve;
  std::unique_ptr<Client> client(new Client(system));
  ZPROV_ASSIGN(client->ports_, TakePorts(system, spec, holder));
  client->service_ = std::make_unique<Service>(system, spec);
  for (const spec::Node& node : spec.nodes) {
    if (node.usb) client->asleep_.insert(node.name);
  }
  return client;
}

Client::~Client() {
  if (unused_) system_.live->control.Close(*unused_);
  for (const os::ControlId held : holding_) system_.live->control.Close(held);
}

Result<void> Client::Ask(const ControlRequest& request) {
  if (service_ != nullptr) return AskHere(request);
  os::Control& control = system_.live->control;
  if (!unused_) {
    ZPROV_ASSIGN(unused_, control.Connect(kControlPath));
  }
  caller_ = *std::exchange(unused_, std::nullopt);
  answers_ = {};
  return control.Send(caller_, LineOf(request));
}

// A board that is booted here and not waited for would be left in the middle of it.
Result<void> Client::AskHere(const ControlRequest& request) {
  constexpr CallerId kSleep = 0;
  if (request.verb == ControlRequest::Verb::kBoot) asleep_.clear();
  if (request.verb == ControlRequest::Verb::kReboot) {
    for (const std::string& node : request.nodes) asleep_.erase(node);
    if (request.nodes.empty()) asleep_.clear();
  }
  service_->Leave(kSleep);
  if (!asleep_.empty()) {
    ZPROV_TRY(
        service_->Take(kSleep, {ControlRequest::Verb::kHold, {asleep_.begin(), asleep_.end()}}));
  }
  if (!std::exchange(has_begun_, true)) ZPROV_TRY(service_->Begin());
  return service_->Take(++caller_, request);
}

Result<Client::Outcome> Client::Do(const ControlRequest& request, os::Moment within,
                                   const OnSnapshot& on_snapshot) {
  const auto asked = Ask(request);
  auto outcome = asked ? Follow(system_.clock.Now() + within, on_snapshot)
                       : tl::make_unexpected(asked.error());
  const bool is_held = outcome && IsHold(request.verb);
  if (service_ != nullptr) {
    if (!is_held) service_->Leave(caller_);
  } else if (is_held) {
    holding_.push_back(caller_);
  } else {
    system_.live->control.Close(caller_);
  }
  return outcome;
}

Result<Client::Outcome> Client::Follow(os::Moment end, const OnSnapshot& on_snapshot) {
  using How = Outcome::How;
  std::optional<Snapshot> last;
  os::Moment look_at = end;
  while (true) {
    const os::Moment asleep = service_ != nullptr ? service_->NextDeadline() : end;
    ZPROV_ASSIGN(const os::Event event, system_.events.Next(std::min({asleep, look_at, end})));
    ZPROV_ASSIGN(auto snapshot, Hear(event));
    const os::Moment now = system_.clock.Now();
    if (snapshot) {
      last = std::move(snapshot);
    } else if (last && now >= look_at) {
      last->at = now;
      last->notices.clear();
    } else if (now < end && !IsInterrupt(event)) {
      continue;
    }
    look_at = now + kLookEvery;
    if (last && on_snapshot(*last) == Verdict::kOver) return Outcome{How::kOver, *last};
    if (IsInterrupt(event)) return Outcome{How::kInterrupted, last.value_or(Snapshot())};
    if (now >= end) return Outcome{How::kLate, last.value_or(Snapshot())};
  }
}

std::vector<NodeView> Client::OwnViews() const {
  return service_ == nullptr ? std::vector<NodeView>() : service_->Views();
}

Result<std::optional<Snapshot>> Client::Hear(const os::Event& event) {
  if (service_ == nullptr) return HearServe(event);
  service_->On(event);
  std::optional<Snapshot> mine;
  for (Owed& owed : service_->TakeOwed()) {
    if (owed.caller == caller_) mine = std::move(owed.snapshot);
  }
  return mine;
}

Result<std::optional<Snapshot>> Client::HearServe(const os::Event& event) {
  if (const auto* closed = std::get_if<os::ControlClosed>(&event);
      closed != nullptr && closed->connection == caller_) {
    return Fail(ErrorKind::kGone,
                "serve ended before it was done: see `systemctl status zprov`, then try again");
  }
  const auto* line = std::get_if<os::ControlLine>(&event);
  if (line == nullptr || line->connection != caller_) return std::optional<Snapshot>();
  return answers_.Take(line->line, system_.clock.Now());
}

}  // namespace zprov::engine
