#include "engine/serve/boot_nodes.h"

#include <algorithm>
#include <optional>

#include "engine/serve/client.h"

namespace zprov::engine {
namespace {

using How = NodeOutcome::How;

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
    case NodeState::kHalting:
    case NodeState::kFailed:
    case NodeState::kRecovering:
      break;
  }
  if (now >= began + kBootsWithin) return How::kGaveUpWaiting;
  return std::nullopt;
}

// Of those that were asked for, all with a port when none was named; `otherwise`: of who has come
// to no end.
std::vector<NodeOutcome> OutcomesIn(const Snapshot& snapshot, const BootRequest& request,
                                    os::Moment began, How otherwise) {
  std::vector<NodeOutcome> outcomes;
  for (const NodeView& view : snapshot.nodes) {
    const bool is_asked =
        request.nodes.empty() || std::ranges::find(request.nodes, view.node) != request.nodes.end();
    if (!is_asked) continue;
    outcomes.push_back({view, OutcomeOf(view, began, snapshot.at).value_or(otherwise)});
  }
  return outcomes;
}

bool AllHaveEnded(const Snapshot& snapshot, const BootRequest& request, os::Moment began) {
  const auto outcomes = OutcomesIn(snapshot, request, began, How::kInterrupted);
  return std::ranges::none_of(
      outcomes, [](const NodeOutcome& outcome) { return outcome.how == How::kInterrupted; });
}

// What is waited for, and since when.
struct Wait {
  const BootRequest& request;
  os::Moment began{0};
  const OnSnapshotNews& on_news;
};

Result<Booted> Await(Client& client, const ControlRequest& asked, const Wait& wait) {
  const auto look = [&wait](const Snapshot& snapshot) {
    wait.on_news(snapshot);
    return AllHaveEnded(snapshot, wait.request, wait.began) ? Client::Verdict::kOver
                                                            : Client::Verdict::kGoOn;
  };
  ZPROV_ASSIGN(Client::Outcome outcome, client.Do(asked, kBootsWithin, look));
  if (!client.IsOfServe()) outcome.last.nodes = client.OwnViews();
  const bool is_interrupted = outcome.how == Client::Outcome::How::kInterrupted;
  const How otherwise = is_interrupted ? How::kInterrupted : How::kGaveUpWaiting;
  return Booted{.nodes = OutcomesIn(outcome.last, wait.request, wait.began, otherwise),
                .unknown = outcome.last.unknown,
                .warnings = outcome.last.warnings};
}

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
                         const BootRequest& request, const OnSnapshotNews& on_news) {
  const os::Moment began = system.clock.Now();
  ZPROV_ASSIGN(const auto client, Client::OfServeOrHere(system, spec, request.holder));
  return Await(*client, {ControlRequest::Verb::kBoot, request.nodes}, {request, began, on_news});
}

Result<Booted> AwaitNodes(Client& client, os::System& system, const BootRequest& request,
                          const OnSnapshotNews& on_news) {
  return Await(client, {ControlRequest::Verb::kWatch, {}}, {request, system.clock.Now(), on_news});
}

}  // namespace zprov::engine
