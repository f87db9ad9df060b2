// From the gadget on: the link that joins the bridge, and what the node itself reports. A root
// without zprov-node reports nothing; that it answers must do then.
#include "engine/fleet/deadlines.h"
#include "engine/fleet/node_boot.h"
#include "engine/node_reports.h"

namespace zprov::engine {
namespace {

constexpr const char* kReporter = "/usr/lib/zprov/zprov-node";

}  // namespace

void NodeBoot::Saw(const LinkView& link) {
  if (state_ != NodeState::kGadget && state_ != NodeState::kLink) return;
  refusal_ = link.state == LinkState::kRefused ? link.reason : "";
  const bool is_attached = link.state == LinkState::kAttached;
  if (state_ == NodeState::kGadget && is_attached) return WaitForReports();
  if (state_ == NodeState::kLink && !is_attached) Enter(NodeState::kGadget, kLinkWithin);
}

void NodeBoot::WaitForReports() {
  reports_ = false;
  if (files_ && !files_->root().empty()) {
    const auto reporter = parts_.system.files.Status(files_->root() + kReporter);
    reports_ = reporter && reporter->has_value();
  }
  Enter(NodeState::kLink, kMountWithin);
  look_ = Now();
}

// What cannot be read is not said: a node may write anything there, and its deadline runs on.
void NodeBoot::LookForReports() {
  look_ = kNever;
  if (state_ != NodeState::kLink && state_ != NodeState::kMounted) return;
  if (!reports_) return Probe();
  const std::string& root = files_->root();
  if (state_ == NodeState::kLink) {
    const auto mounted = MountedNonce(parts_.system, root);
    if (mounted && *mounted == files_->nonce()) Enter(NodeState::kMounted, kHealthyWithin);
  } else if (const auto report = ReadBootReport(parts_.system, root, files_->nonce());
             report && report->has_value()) {
    return BeWell(NodeState::kHealthy);
  }
  look_ = Now() + kLookAfter;
}

void NodeBoot::Probe() {
  const auto probe = parts_.system.live->netlink.Probe(parts_.spec.bridge.name, node_.address);
  if (probe) {
    probe_ = *probe;
  } else {
    look_ = Now() + kLookAfter;
  }
}

void NodeBoot::On(const os::ProbeAnswered& answered) {
  if (!probe_ || *probe_ != answered.probe) return;
  probe_.reset();
  if (state_ != NodeState::kLink) return;
  if (answered.alive) return BeWell(NodeState::kUp);
  look_ = Now() + kLookAfter;
}

void NodeBoot::BeWell(NodeState state) {
  failures_ = 0;
  was_powered_ = false;
  cause_.clear();
  Enter(state, kNever);
}

}  // namespace zprov::engine
