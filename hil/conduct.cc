#include "hil/conduct.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/fleet/deadlines.h"
#include "engine/serve/boot_nodes.h"
#include "hil/power.h"

namespace zprov::hil {
namespace {

using engine::Client;
using engine::NodeState;
using engine::NodeView;
using Kind = Act::Kind;

// How far on the way from power to a system that runs; 0: not on it.
int Rank(NodeState state) {
  switch (state) {
    case NodeState::kRom:
      return 1;
    case NodeState::kFirstStageSent:
      return 2;
    case NodeState::kServing:
      return 3;
    case NodeState::kServed:
      return 4;
    case NodeState::kGadget:
      return 5;
    case NodeState::kLink:
      return 6;
    case NodeState::kMounted:
      return 7;
    case NodeState::kHealthy:
    case NodeState::kUp:
      return 8;
    case NodeState::kAbsent:
    case NodeState::kHalting:
    case NodeState::kFailed:
    case NodeState::kRecovering:
    case NodeState::kQuarantined:
      return 0;
  }
  return 0;
}

struct Player {
  Part part;
  size_t act = 0;  // of the script
  bool has_begun = false;
  os::Moment since{0};                   // of the act
  os::Moment powered{0};                 // when its power was given last
  std::optional<os::Moment> empty = {};  // since when its port is
};

class Stage {
 public:
  Stage(const Rig& rig, const std::vector<std::string>& nodes, const Script& script)
      : rig_(rig), script_(script), power_(rig, *rig.programs) {
    for (const std::string& node : nodes) {
      players_.push_back({.part = {.node = node}, .since = rig.system.clock.Now()});
    }
  }

  // Every player as far as he comes now.
  Result<void> Play(const engine::Snapshot& snapshot) {
    ZPROV_ASSIGN(taken_, TakenPorts(rig_));
    for (Player& player : players_) {
      const auto view = std::ranges::find(snapshot.nodes, player.part.node, &NodeView::node);
      if (view == snapshot.nodes.end()) {
        player.part.trouble = "has no port: give usb in cluster.toml";
      }
      while (!IsOver(player) && Step(player, *view)) {
      }
    }
    return {};
  }

  bool AreAllOver() const {
    return std::ranges::all_of(players_, [&](const Player& player) { return IsOver(player); });
  }

  // No switch is under way any more.
  Result<void> Settle() { return power_.Settle(); }

  std::vector<Part> Parts() const {
    std::vector<Part> parts;
    for (const Player& player : players_) {
      parts.push_back(player.part);
      if (!IsOver(player)) parts.back().trouble = "did not come to an end in time";
    }
    return parts;
  }

 private:
  os::Moment Now() const { return rig_.system.clock.Now(); }

  bool IsOver(const Player& player) const {
    return !player.part.trouble.empty() || player.act == script_.acts.size();
  }

  // Whether the next act may begin at once.
  bool Step(Player& player, const NodeView& view) {
    const Act& act = script_.acts[player.act];
    const auto did = player.has_begun ? Result<void>() : Begin(player, act, view);
    auto is_done = did ? IsDone(player, act, view) : tl::make_unexpected(did.error());
    if (!is_done) player.part.trouble = std::move(is_done).error().message;
    if (!is_done || !*is_done) return false;
    ++player.act;
    player.has_begun = false;
    return true;
  }

  Result<void> Begin(Player& player, const Act& act, const NodeView& view) {
    player.has_begun = true;
    player.since = Now();
    player.empty.reset();
    switch (act.kind) {
      case Kind::kOff:
        if (player.act > 0) player.part.was_cut_at = view.state;
        return power_.Switch(player.part.node, Power::To::kOff);
      case Kind::kOn:
        player.powered = Now();
        return power_.Switch(player.part.node, Power::To::kOn);
      case Kind::kReach:
      case Kind::kFail:
        break;
    }
    return {};
  }

  // An error: the node is given up.
  Result<bool> IsDone(Player& player, const Act& act, const NodeView& view) {
    switch (act.kind) {
      case Kind::kOff: {
        ZPROV_ASSIGN(const bool is_off, power_.IsSwitched(player.part.node));
        return is_off ? IsEmptyLongEnough(player) : false;
      }
      case Kind::kOn:
        return power_.IsSwitched(player.part.node);
      case Kind::kFail:
        return HasFailed(view);
      case Kind::kReach:
        break;
    }
    return HasReached(player, act.state, view);
  }

  Result<bool> IsEmptyLongEnough(Player& player) const {
    const PortPath port = PortOf(player);
    if (taken_.contains(port)) {
      player.empty.reset();
      if (Now() < player.since + kEmptyWithin) return false;
      return Fail(ErrorKind::kTimedOut,
                  fmt::format("its power was cut, and its port {} still shows a board: is it the "
                              "right switch, and does the board get power from elsewhere?",
                              port.ToString()));
    }
    if (!player.empty) player.empty = Now();
    return Now() >= *player.empty + engine::kOffFor;
  }

  PortPath PortOf(const Player& player) const {
    const auto node = std::ranges::find(rig_.spec.nodes, player.part.node, &spec::Node::name);
    return node->usb.value_or(PortPath{});
  }

  Result<bool> HasReached(const Player& player, NodeState wanted, const NodeView& view) const {
    const int rank = Rank(view.state);
    const bool is_this_boot = wanted == NodeState::kRom
                                  ? taken_.contains(PortOf(player)) && view.since >= player.powered
                                  : view.began && *view.began >= player.powered;
    if (is_this_boot && rank >= Rank(wanted)) return true;
    if (view.state == NodeState::kQuarantined && view.since >= player.since) {
      return Fail(ErrorKind::kFailed, "was given up: " + view.cause);
    }
    const bool is_absent = view.state == NodeState::kAbsent && !taken_.contains(PortOf(player));
    if (is_absent && Now() >= std::max(player.since, view.since) + kShowsWithin) {
      return Fail(ErrorKind::kTimedOut, fmt::format("has power, and nothing shows at its port {}",
                                                    PortOf(player).ToString()));
    }
    return false;
  }

  static Result<bool> HasFailed(const NodeView& view) {
    if (Rank(view.state) >= Rank(NodeState::kMounted)) {
      return Fail(ErrorKind::kFailed, "has mounted its own root");
    }
    return view.state == NodeState::kRecovering || view.state == NodeState::kFailed ||
           view.state == NodeState::kQuarantined;
  }

  const Rig& rig_;
  const Script& script_;
  Power power_;
  std::vector<Player> players_;
  std::set<PortPath> taken_;
};

}  // namespace

Result<std::set<PortPath>> TakenPorts(const Rig& rig) {
  ZPROV_ASSIGN(const auto devices, rig.system.live->usb.Devices());
  std::set<PortPath> taken;
  for (const os::UsbDevice& device : devices) taken.insert(device.port);
  return taken;
}

Result<void> HoldBoots(Client& client, const std::vector<std::string>& nodes) {
  constexpr os::Moment kAnsweredWithin = std::chrono::seconds(10);
  return client
      .Do({engine::ControlRequest::Verb::kHold, nodes}, kAnsweredWithin,
          [](const engine::Snapshot&) { return Client::Verdict::kOver; })
      .map([](const Client::Outcome&) {});
}

Script PowerCycle() { return {.acts = {{Kind::kOff}, {Kind::kOn}, {Kind::kReach}}}; }

Result<std::optional<std::vector<Part>>> Conduct(const Rig& rig,
                                                 const std::vector<std::string>& nodes,
                                                 const Script& script, const Meanwhile& meanwhile) {
  using Verb = engine::ControlRequest::Verb;
  ZPROV_ASSIGN(const auto client, Client::OfServeOrHere(rig.system, rig.spec, rig.holder));
  const bool is_held = script.boots == Script::Boots::kHeld;
  if (is_held) ZPROV_TRY(HoldBoots(*client, nodes));
  Stage stage(rig, nodes, script);
  Result<void> played;
  const auto look = [&](const engine::Snapshot& snapshot) {
    played = stage.Play(snapshot).and_then(meanwhile);
    return !played || stage.AreAllOver() ? Client::Verdict::kOver : Client::Verdict::kGoOn;
  };
  ZPROV_ASSIGN(const auto outcome, client->Do({is_held ? Verb::kWatch : Verb::kBoot, nodes},
                                              engine::kBootsWithin, look));
  ZPROV_TRY(played);
  if (outcome.how == Client::Outcome::How::kInterrupted) {
    ZPROV_TRY(stage.Settle());
    return std::nullopt;
  }
  return stage.Parts();
}

}  // namespace zprov::hil
