#include "engine/update_reboot.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "engine/guards.h"
#include "engine/serve/boot_nodes.h"
#include "engine/serve/client.h"
#include "util/strings.h"

namespace zprov::engine {
namespace {

using Names = std::vector<std::string>;
using Verb = ControlRequest::Verb;

constexpr os::Moment kAnswersWithin = std::chrono::seconds(10);

struct Renewal {
  os::System& system;
  const spec::ClusterSpec& spec;
  const UpdateRequest& request;
  const RenewalNews& news;
};

bool Has(const Names& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// Of those that the request means: who can be booted, and so held.
Result<Names> WithPort(const spec::ClusterSpec& spec, const Names& asked) {
  ZPROV_ASSIGN(Names names, NamedNodes(spec, asked));
  std::erase_if(names, [&](const std::string& name) {
    const auto node = std::ranges::find(spec.nodes, name, &spec::Node::name);
    return node == spec.nodes.end() || !node->usb;
  });
  return names;
}

bool IsDown(const NodeView& view) {
  return view.state == NodeState::kRom || view.state == NodeState::kAbsent;
}

bool HasFailed(const NodeView& view) {
  return view.order && view.order->state == OrderView::State::kFailed;
}

Result<Renewed> UpdatedAlone(const Renewal& renewal) {
  Renewed renewed;
  ZPROV_ASSIGN(renewed.updated,
               Update(renewal.system, renewal.spec, renewal.request, renewal.news.notice));
  return renewed;
}

// Whoever keeps its old generation and would hear it. One that is off takes the new one by itself;
// all others are a warning: the generation is made, and no node is to wait for another.
Result<Names> WhoCanReboot(Client& client, const Renewal& renewal, Renewed& renewed) {
  ZPROV_ASSIGN(const Snapshot seen, LookAround(client, renewal.system, renewal.news.snapshot));
  Names can;
  for (const NodeView& view : seen.nodes) {
    if (!Has(renewed.updated.at_next_boot, view.node)) continue;
    if (view.state == NodeState::kHealthy) can.push_back(view.node);
    if (view.state == NodeState::kHealthy || IsDown(view)) continue;
    renewed.warnings.push_back(fmt::format(
        "{} was not rebooted, for it is no healthy node ({}): it takes the new generation when it "
        "boots",
        view.node, Name(view.state)));
  }
  return can;
}

Result<void> Reboot(Client& client, const Renewal& renewal, Renewed& renewed) {
  ZPROV_ASSIGN(const Names old, WhoCanReboot(client, renewal, renewed));
  if (old.empty()) return {};
  ZPROV_ASSIGN(Ordered ordered,
               GiveOrder(client, {Order::kReboot, old, {}}, renewal.news.snapshot));
  renewed.rebooted = std::move(ordered.nodes);
  renewed.warnings.insert(renewed.warnings.end(), ordered.warnings.begin(), ordered.warnings.end());
  return {};
}

Result<Renewed> Native(const Renewal& renewal) {
  ZPROV_ASSIGN(const std::unique_ptr<Client> client,
               Client::OfServeOrHere(renewal.system, renewal.spec, renewal.request.holder));
  ZPROV_ASSIGN(Renewed renewed, UpdatedAlone(renewal));
  if (renewed.updated.at_next_boot.empty()) return renewed;
  const auto rebooted = Reboot(*client, renewal, renewed);
  if (!rebooted) renewed.trouble = rebooted.error().message;
  return renewed;
}

// The ROMs of `names` are left alone while `client` lives. Returns who of them runs.
Result<Names> HoldAndLook(Client& client, const Renewal& renewal, const Names& names) {
  const auto at_once = [](const Snapshot&) { return Client::Verdict::kOver; };
  ZPROV_TRY(client.Do({Verb::kHold, names}, kAnswersWithin, at_once));
  ZPROV_ASSIGN(const Snapshot seen, LookAround(client, renewal.system, renewal.news.snapshot));
  Names running;
  for (const NodeView& view : seen.nodes) {
    if (Has(names, view.node) && Runs(view.state)) running.push_back(view.node);
  }
  return running;
}

Result<void> BringDown(Client& client, const Renewal& renewal, const Names& running) {
  const auto over = [&](const NodeView& view) {
    return !Has(running, view.node) || IsDown(view) || HasFailed(view);
  };
  const auto look = [&](const Snapshot& snapshot) {
    renewal.news.snapshot(snapshot);
    return std::ranges::all_of(snapshot.nodes, over) ? Client::Verdict::kOver
                                                     : Client::Verdict::kGoOn;
  };
  ZPROV_ASSIGN(const Client::Outcome outcome,
               client.Do({Verb::kReboot, running}, kHaltsWithin, look));
  Names stuck;
  for (const NodeView& view : outcome.last.nodes) {
    if (!Has(running, view.node) || IsDown(view)) continue;
    stuck.push_back(HasFailed(view) ? fmt::format("{} ({})", view.node, view.order->text)
                                    : fmt::format("{} ({})", view.node, Name(view.state)));
  }
  if (stuck.empty()) return {};
  return Fail(ErrorKind::kRefused,
              fmt::format("{} did not come to the boot ROM, so nothing was changed: look at {} and "
                          "update again, or cut the power by hand and say --assume-down",
                          Join(stuck, ", "), stuck.size() == 1 ? "it" : "them"));
}

NodeOrdered::How HowOf(NodeOutcome::How how) {
  switch (how) {
    case NodeOutcome::How::kRuns:
      return NodeOrdered::How::kDone;
    case NodeOutcome::How::kFailed:
      return NodeOrdered::How::kFailed;
    case NodeOutcome::How::kGaveUpWaiting:
      return NodeOrdered::How::kLate;
    case NodeOutcome::How::kInterrupted:
      return NodeOrdered::How::kInterrupted;
  }
  return NodeOrdered::How::kLate;
}

Result<Renewed> Compatible(const Renewal& renewal) {
  const auto& [system, spec, request, news] = renewal;
  ZPROV_ASSIGN(const Names names, WithPort(spec, request.nodes));
  if (names.empty()) return UpdatedAlone(renewal);
  ZPROV_ASSIGN(std::unique_ptr<Client> client, Client::OfServeOrHere(system, spec, request.holder));
  ZPROV_ASSIGN(const Names running, HoldAndLook(*client, renewal, names));
  if (!running.empty()) ZPROV_TRY(BringDown(*client, renewal, running));
  ZPROV_ASSIGN(Renewed renewed, UpdatedAlone(renewal));
  client.reset();
  if (running.empty()) return renewed;
  auto booted = BootNodes(system, spec, {running, request.holder}, news.snapshot);
  if (!booted) {
    renewed.trouble = booted.error().message;
    return renewed;
  }
  for (NodeOutcome& node : booted->nodes) {
    renewed.rebooted.push_back({std::move(node.view), HowOf(node.how)});
  }
  renewed.warnings = std::move(booted->warnings);
  return renewed;
}

}  // namespace

Result<Renewed> UpdateAndReboot(os::System& system, const spec::ClusterSpec& spec,
                                const UpdateRequest& request, const RenewalNews& news) {
  const Renewal renewal{system, spec, request, news};
  switch (spec.mode) {
    case spec::Mode::kNative:
      return Native(renewal);
    case spec::Mode::kCompatible:
      return Compatible(renewal);
  }
  return Renewed{};
}

}  // namespace zprov::engine
