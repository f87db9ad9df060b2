#include "engine/serve/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "util/strings.h"

namespace zprov::engine {

using Verb = ControlRequest::Verb;

Service::Service(os::System& system, const spec::ClusterSpec& spec)
    : system_(system), spec_(spec), fleet_(system, spec) {}

void Service::On(const os::Event& event) {
  fleet_.On(event);
  const auto notices = fleet_.TakeNotices();
  if (!notices.empty() || !std::holds_alternative<os::DeadlinePassed>(event)) is_stirred_ = true;
  for (auto& [id, caller] : callers_) {
    if (caller.watches) caller.notices.insert(caller.notices.end(), notices.begin(), notices.end());
  }
  notices_.insert(notices_.end(), notices.begin(), notices.end());
}

os::Moment Service::NextDeadline() const {
  os::Moment next = fleet_.NextDeadline();
  for (const auto& [id, caller] : callers_) {
    if (caller.is_new) return os::Moment{0};
  }
  if (is_stirred_ && IsWatched()) next = std::min(next, next_telling_);
  return next;
}

// By name, all that have a port when the request names none.
Result<std::set<std::string>> Service::NodesOf(const ControlRequest& request) const {
  std::set<std::string> with_port;
  for (const spec::Node& node : spec_.nodes) {
    if (node.usb) with_port.insert(node.name);
  }
  std::set<std::string> wanted(request.nodes.begin(), request.nodes.end());
  if (wanted.empty()) wanted = with_port;
  for (const std::string& name : wanted) {
    if (with_port.contains(name)) continue;
    const bool is_known =
        std::ranges::any_of(spec_.nodes, [&](const auto& node) { return node.name == name; });
    if (is_known) continue;
    return Fail(ErrorKind::kRefused,
                fmt::format("no node is called {} in the cluster.toml that was read last: reload "
                            "it (systemctl reload zprov)",
                            name));
  }
  std::vector<std::string> portless;
  std::ranges::set_difference(wanted, with_port, std::back_inserter(portless));
  if (!portless.empty() || wanted.empty()) {
    return Fail(ErrorKind::kRefused,
                fmt::format("no port is known for {}: write where it is plugged in into "
                            "cluster.toml (usb = \"1-1.3\")",
                            portless.empty() ? "any node" : Join(portless, ", ")));
  }
  return wanted;
}

Result<void> Service::Take(CallerId id, const ControlRequest& request) {
  std::set<std::string> nodes;
  const bool is_about_all = request.verb == Verb::kStatus || request.verb == Verb::kWatch;
  if (!is_about_all) {
    ZPROV_ASSIGN(nodes, NodesOf(request));
  }
  if (request.verb == Verb::kHalt) ZPROV_TRY(fleet_.Give(Order::kHalt, nodes));
  if (request.verb == Verb::kReboot) ZPROV_TRY(fleet_.Give(Order::kReboot, nodes));
  Caller& caller = callers_[id];
  caller.is_new = true;
  switch (request.verb) {
    case Verb::kStatus:
      break;
    case Verb::kHold:
      caller.holds.merge(nodes);
      HoldWhatIsHeld();
      break;
    case Verb::kHoldLinks:
      caller.holds_links.merge(nodes);
      HoldWhatIsHeld();
      break;
    case Verb::kBoot:
      for (const std::string& node : nodes) fleet_.TryAgain(node);
      caller.watches = true;
      break;
    case Verb::kWatch:
    case Verb::kHalt:
    case Verb::kReboot:
      caller.watches = true;
      break;
  }
  return {};
}

void Service::Leave(CallerId id) {
  callers_.erase(id);
  HoldWhatIsHeld();
}

Result<void> Service::Follow(const spec::ClusterSpec& spec) {
  auto followed = fleet_.Follow(spec);
  if (followed) {
    spec_ = spec;
  } else {
    ZPROV_TRY(fleet_.Follow(spec_));
  }
  is_stirred_ = true;
  HoldWhatIsHeld();
  return followed;
}

void Service::StartNoMore() {
  starts_no_more_ = true;
  HoldWhatIsHeld();
}

std::string Service::Describe() const {
  int nodes = 0;
  std::vector<std::string> parts;
  for (const auto& [state, count] : fleet_.States()) {
    nodes += count;
    parts.push_back(fmt::format("{} {}", count, state));
  }
  return fmt::format("{} node{}: {}", nodes, nodes == 1 ? "" : "s", Join(parts, ", "));
}

void Service::HoldWhatIsHeld() {
  std::set<std::string> held;
  for (const spec::Node& node : spec_.nodes) {
    if (starts_no_more_) held.insert(node.name);
  }
  std::set<std::string> held_links;
  for (const auto& [id, caller] : callers_) {
    held.insert(caller.holds.begin(), caller.holds.end());
    held_links.insert(caller.holds_links.begin(), caller.holds_links.end());
  }
  fleet_.Hold(held);
  fleet_.HoldLinks(held_links);
}

bool Service::IsWatched() const {
  return std::ranges::any_of(callers_, [](const auto& entry) { return entry.second.watches; });
}

// Since those who watch were told last.
bool Service::HasChanged(const Snapshot& now) {
  Snapshot same = now;
  same.at = told_.at;
  return same != std::exchange(told_, now);
}

std::vector<Owed> Service::TakeOwed() {
  const os::Moment now = system_.clock.Now();
  const bool is_time = is_stirred_ && next_telling_ <= now && IsWatched();
  const bool has_new =
      std::ranges::any_of(callers_, [](const auto& entry) { return entry.second.is_new; });
  if (!is_time && !has_new) return {};
  const Snapshot snapshot = SnapshotOf(fleet_, now);
  const bool has_changed = is_time && HasChanged(snapshot);
  if (is_time) {
    is_stirred_ = false;
    next_telling_ = now + kTellEvery;
  }
  std::vector<Owed> owed;
  for (auto& [id, caller] : callers_) {
    const bool is_told = caller.watches && (has_changed || !caller.notices.empty());
    if (!caller.is_new && !(is_time && is_told)) continue;
    caller.is_new = false;
    owed.push_back({id, snapshot, caller.watches ? Owed::Then::kMore : Owed::Then::kNothing});
    owed.back().snapshot.notices = std::exchange(caller.notices, {});
  }
  std::erase_if(callers_, [](const auto& entry) {
    const Caller& caller = entry.second;
    return !caller.watches && caller.holds.empty() && caller.holds_links.empty();
  });
  return owed;
}

std::vector<NodeNotice> Service::TakeNotices() { return std::exchange(notices_, {}); }

}  // namespace zprov::engine
