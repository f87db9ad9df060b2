#include "engine/serve/give_order.h"

#include <algorithm>
#include <optional>

namespace zprov::engine {
namespace {

using OrderEnd = NodeOrdered::How;

// Nothing: it is under way.
std::optional<OrderEnd> EndOf(const NodeView& view, Order what) {
  if (!view.order || view.order->what != what) return std::nullopt;
  switch (view.order->state) {
    case OrderView::State::kUnderWay:
      return std::nullopt;
    case OrderView::State::kDone:
      return OrderEnd::kDone;
    case OrderView::State::kFailed:
      return OrderEnd::kFailed;
  }
  return std::nullopt;
}

// `otherwise`: of who has come to no end.
std::vector<NodeOrdered> EndsIn(const Snapshot& snapshot, const OrderRequest& request,
                                OrderEnd otherwise) {
  std::vector<NodeOrdered> ends;
  for (const NodeView& view : snapshot.nodes) {
    if (std::ranges::find(request.nodes, view.node) == request.nodes.end()) continue;
    ends.push_back({view, EndOf(view, request.what).value_or(otherwise)});
  }
  return ends;
}

bool AllHaveEnded(const Snapshot& snapshot, const OrderRequest& request) {
  const auto ends = EndsIn(snapshot, request, OrderEnd::kLate);
  return std::ranges::none_of(ends,
                              [](const NodeOrdered& node) { return node.how == OrderEnd::kLate; });
}

bool IsOnItsWay(const NodeView& view) {
  return view.state == NodeState::kGadget || view.state == NodeState::kLink ||
         view.state == NodeState::kMounted;
}

ControlRequest ControlRequestFor(const OrderRequest& request) {
  switch (request.what) {
    case Order::kHalt:
      return {ControlRequest::Verb::kHalt, request.nodes};
    case Order::kReboot:
      return {ControlRequest::Verb::kReboot, request.nodes};
  }
  return {};
}

}  // namespace

std::string_view Name(OrderEnd how) {
  switch (how) {
    case OrderEnd::kDone:
      return "done";
    case OrderEnd::kFailed:
      return "failed";
    case OrderEnd::kLate:
      return "late";
    case OrderEnd::kInterrupted:
      return "interrupted";
  }
  return "";
}

Result<Snapshot> LookAround(Client& client, os::System& system, const OnSnapshotNews& on_news) {
  constexpr os::Moment kShowsWithin = std::chrono::seconds(3);  // what is plugged in, and its link
  const os::Moment least = system.clock.Now() + (client.IsOfServe() ? os::Moment(0) : kShowsWithin);
  const auto look = [&](const Snapshot& snapshot) {
    on_news(snapshot);
    const bool is_settled =
        snapshot.at >= least && std::ranges::none_of(snapshot.nodes, IsOnItsWay);
    return is_settled ? Client::Verdict::kOver : Client::Verdict::kGoOn;
  };
  ZPROV_ASSIGN(Client::Outcome outcome,
               client.Do({ControlRequest::Verb::kWatch, {}}, kSettlesWithin, look));
  if (outcome.how == Client::Outcome::How::kInterrupted) {
    return Fail(ErrorKind::kFailed, "interrupted before any node was told anything");
  }
  return std::move(outcome.last);
}

Result<Ordered> GiveOrder(os::System& system, const spec::ClusterSpec& spec,
                          const OrderRequest& request, const OnSnapshotNews& on_news) {
  ZPROV_ASSIGN(const auto client, Client::OfServeOrHere(system, spec, request.holder));
  if (!client->IsOfServe()) ZPROV_TRY(LookAround(*client, system, on_news));
  return GiveOrder(*client, request, on_news);
}

Result<Ordered> GiveOrder(Client& client, const OrderRequest& request,
                          const OnSnapshotNews& on_news) {
  const auto look = [&](const Snapshot& snapshot) {
    on_news(snapshot);
    return AllHaveEnded(snapshot, request) ? Client::Verdict::kOver : Client::Verdict::kGoOn;
  };
  const os::Moment within = request.what == Order::kHalt ? kHaltsWithin : kRebootsWithin;
  ZPROV_ASSIGN(const Client::Outcome outcome, client.Do(ControlRequestFor(request), within, look));
  const bool is_interrupted = outcome.how == Client::Outcome::How::kInterrupted;
  const OrderEnd otherwise = is_interrupted ? OrderEnd::kInterrupted : OrderEnd::kLate;
  return Ordered{.nodes = EndsIn(outcome.last, request, otherwise),
                 .warnings = outcome.last.warnings};
}

}  // namespace zprov::engine
