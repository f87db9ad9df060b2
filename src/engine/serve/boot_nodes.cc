#include "engine/serve/boot_nodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <set>

#include "engine/fleet/fleet.h"
#include "engine/serve/ports.h"
#include "util/strings.h"

namespace zprov::engine {
namespace {

using How = NodeOutcome::How;

// By name, those asked for.
Result<std::set<std::string>> Asked(const spec::ClusterSpec& spec,
                                    const std::vector<std::string>& names) {
  const std::set<std::string> wanted(names.begin(), names.end());
  std::set<std::string> asked;
  std::vector<std::string> portless;
  for (const spec::Node& node : spec.nodes) {
    if (!wanted.empty() && !wanted.contains(node.name)) continue;
    if (node.usb) asked.insert(node.name);
    if (!node.usb) portless.push_back(node.name);
  }
  if (asked.empty() || (!wanted.empty() && !portless.empty())) {
    return Fail(ErrorKind::kRefused,
                fmt::format("no port is known for {}: write where it is plugged in into "
                            "cluster.toml (usb = \"1-1.3\")",
                            portless.empty() ? "any node" : Join(portless, ", ")));
  }
  return asked;
}

// Nothing: it is still on its way.
std::optional<How> OutcomeOf(const NodeView& view, os::Moment began, os::Moment now) {
  switch (view.state) {
    case NodeState::kHealthy:
    case NodeState::kUp:
      return How::kRuns;
    case NodeState::kQuarantined:
      return How::kFailed;
    case NodeState::kAbsent:
      if (now >= std::max(began, view.since) + kEmptyWithin) return How::kGaveUpWaiting;
      break;
    case NodeState::kRom:
    case NodeState::kFirstStageSent:
    case NodeState::kServing:
    case NodeState::kServed:
    case NodeState::kGadget:
    case NodeState::kLink:
    case NodeState::kMounted:
    case NodeState::kFailed:
    case NodeState::kRecovering:
      break;
  }
  if (now >= began + kBootsWithin) return How::kGaveUpWaiting;
  return std::nullopt;
}

bool IsInterrupt(const os::Event& event) {
  const auto* came = std::get_if<os::SignalCame>(&event);
  return came != nullptr && (came->number == SIGINT || came->number == SIGTERM);
}

class Booting {
 public:
  Booting(os::System& system, const spec::ClusterSpec& spec, std::set<std::string> asked)
      : system_(system), asked_(std::move(asked)), fleet_(system, spec) {}

  Result<Booted> Run(const OnBootNews& on_news) {
    began_ = system_.clock.Now();
    ZPROV_TRY(fleet_.Begin());
    while (!is_over_) {
      const os::Moment next = std::min(fleet_.NextDeadline(), look_at_);
      ZPROV_ASSIGN(const os::Event event, system_.events.Next(next));
      if (IsInterrupt(event)) return Sum(How::kInterrupted);
      fleet_.On(event);
      const auto notices = fleet_.TakeNotices();
      if (!notices.empty()) on_news(notices);
      if (!notices.empty() || system_.clock.Now() >= look_at_) Look();
    }
    return Sum(How::kGaveUpWaiting);
  }

 private:
  std::vector<NodeView> Views() const {
    auto views = fleet_.Views();
    std::erase_if(views, [&](const NodeView& view) { return !asked_.contains(view.node); });
    return views;
  }

  std::optional<How> OutcomeNow(const NodeView& view) const {
    return OutcomeOf(view, began_, system_.clock.Now());
  }

  // What has come of each node changes with its state, which a notice tells, and with time alone.
  void Look() {
    is_over_ = true;
    look_at_ = os::Moment::max();
    for (const NodeView& view : Views()) {
      if (OutcomeNow(view)) continue;
      is_over_ = false;
      look_at_ = std::min(look_at_, began_ + kBootsWithin);
      if (view.state != NodeState::kAbsent) continue;
      look_at_ = std::min(look_at_, std::max(began_, view.since) + kEmptyWithin);
    }
  }

  // `otherwise`: of who has come to no end.
  Booted Sum(How otherwise) const {
    Booted booted{.unknown = fleet_.UnknownBoards(), .warnings = fleet_.Warnings()};
    for (NodeView& view : Views()) {
      const How how = OutcomeNow(view).value_or(otherwise);
      booted.nodes.push_back({std::move(view), how});
    }
    return booted;
  }

  os::System& system_;
  std::set<std::string> asked_;
  os::Moment began_{0};
  os::Moment look_at_{0};  // when to look again though no state changed
  bool is_over_ = false;
  Fleet fleet_;
};

}  // namespace

std::string_view Name(How how) {
  switch (how) {
    case How::kRuns:
      return "runs";
    case How::kFailed:
      return "failed";
    case How::kGaveUpWaiting:
      return "gave up waiting";
    case How::kInterrupted:
      return "interrupted";
  }
  return "";
}

Result<Booted> BootNodes(os::System& system, const spec::ClusterSpec& spec,
                         const BootRequest& request, const OnBootNews& on_news) {
  ZPROV_ASSIGN(std::set<std::string> asked, Asked(spec, request.nodes));
  ZPROV_ASSIGN(const auto ports, TakePorts(system, spec, request.holder));
  return Booting(system, spec, std::move(asked)).Run(on_news);
}

}  // namespace zprov::engine
