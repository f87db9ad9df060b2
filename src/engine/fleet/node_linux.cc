// From the gadget on: the link that joins the bridge, and what the node itself reports. A root
// without zprov-node reports nothing; that it answers must do then.
#include "engine/fleet/deadlines.h"
#include "engine/fleet/node_boot.h"
#include "engine/node_reports.h"

namespace zprov::engine {
namespace {

constexpr const char* kReporter = "/usr/lib/zprov/zprov-node";

}  // namespace

void NodeBoot::Saw(const LinkView& link, Pulse pulse) {
  pulse_ = pulse;
  mtu_ = link.state == LinkState::kAttached ? link.mtu : 0;
  if (state_ != NodeState::kGadget && state_ != NodeState::kLink) return;
  refusal_ = link.state == LinkState::kRefused ? link.reason : "";
  const bool is_attached = link.state == LinkState::kAttached;
  if (state_ == NodeState::kGadget && is_attached) WaitForReports();
  if (state_ == NodeState::kLink && !is_attached) Enter(NodeState::kGadget, kLinkWithin);
  const bool must_do = state_ == NodeState::kLink && !reports_;
  if (must_do && pulse == Pulse::kAnswers) BeWell(NodeState::kUp);
}

bool NodeBoot::HearsOrders() const {
  if (!mark_ || mark_->root.empty()) return false;
  const auto reporter = parts_.system.files.Status(mark_->root + kReporter);
  return reporter && reporter->has_value();
}

void NodeBoot::FollowRoot() {
  if (!mark_) return;
  auto moved = FindMovedBoot(parts_.system, parts_.spec, node_.name, *mark_);
  if (!moved) return;
  mark_ = *std::move(moved);
  log_.SetGeneration(mark_->generation);
  // As in BeginBoot: without it a later serve cannot tell that it is healthy.
  static_cast<void>(WriteBootMark(parts_.system, node_.name, *mark_));
}

void NodeBoot::WaitForReports() {
  FollowRoot();
  reports_ = HearsOrders() && mark_->is_sure;
  Enter(NodeState::kLink, kMountWithin);
  look_ = reports_ ? Now() : kNever;
}

// What cannot be read is not said: a node may write anything there, and its deadline runs on.
void NodeBoot::LookForReports() {
  look_ = kNever;
  if (state_ != NodeState::kLink && state_ != NodeState::kMounted) return;
  FollowRoot();
  if (state_ == NodeState::kLink) {
    const auto mounted = MountedNonce(parts_.system, mark_->root);
    if (mounted && *mounted == mark_->nonce) Enter(NodeState::kMounted, kHealthyWithin);
  }
  // Also where the mount itself was never told: the host's disk may have been full just then.
  if (SaysThatItIsUp()) return BeWell(NodeState::kHealthy);
  look_ = Now() + kLookAfter;
}

// What one reported that ran before we came may be long ago: it must answer, too.
bool NodeBoot::SaysThatItIsUp() {
  if (is_found_ && pulse_ != Pulse::kAnswers) return false;
  const auto report = ReadBootReport(parts_.system, mark_->root, mark_->nonce);
  return report && report->has_value();
}

void NodeBoot::BeWell(NodeState state) {
  failures_ = 0;
  was_powered_ = false;
  cause_.clear();
  if (HasOrder(Order::kReboot)) EndOrder(OrderView::State::kDone);
  Enter(state, kNever);
}

}  // namespace zprov::engine
