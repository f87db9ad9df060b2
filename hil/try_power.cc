#include "hil/try_power.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/fleet/deadlines.h"
#include "engine/serve/client.h"
#include "hil/conduct.h"
#include "hil/console_ears.h"
#include "hil/power.h"
#include "hil/program_watch.h"
#include "hil/put_back.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

using engine::Client;
using Ports = std::set<PortPath>;

// One node at a time.
class Round {
 public:
  explicit Round(const Rig& rig) : rig_(rig), power_(rig, *rig.programs) {
    for (const BoardAtRig& board : rig.described->boards) tries_.push_back({.node = board.name});
  }

  // As far as it comes now; true: it is over.
  Result<bool> Play() {
    ZPROV_ASSIGN(taken_, TakenPorts(rig_));
    while (at_ < tries_.size()) {
      ZPROV_ASSIGN(const bool is_over, Step(tries_[at_]));
      if (!is_over) return false;
      ++at_;
      phase_ = Phase::kWhole;
    }
    return true;
  }

  // Nobody stays without power.
  Result<void> Leave() {
    if (phase_ == Phase::kCut) ZPROV_TRY(power_.Settle());
    if (phase_ == Phase::kCut) ZPROV_TRY(power_.Switch(tries_[at_].node, Power::To::kOn));
    return power_.Settle();
  }

  std::vector<PowerTry> Take() { return std::move(tries_); }

 private:
  enum class Phase { kWhole, kCut, kGiven };

  os::Moment Now() const { return rig_.system.clock.Now(); }

  Result<bool> Step(PowerTry& one) {
    switch (phase_) {
      case Phase::kWhole:
        return Cut(one);
      case Phase::kCut:
        return SeeWhoLeft(one);
      case Phase::kGiven:
        break;
    }
    return SeeWhoIsBack(one);
  }

  // True: that was all.
  Result<bool> Cut(PowerTry& one) {
    const BoardAtRig& board = *BoardOf(rig_, one.node);
    if (!board.usb || !taken_.contains(*board.usb)) {
      one.is_there = false;
      return true;
    }
    before_ = taken_;
    gone_.clear();
    since_ = Now();
    phase_ = Phase::kCut;
    if (const auto began = power_.Switch(one.node, Power::To::kOff); !began) {
      one.trouble = began.error().message;
      return true;
    }
    return false;
  }

  Result<bool> SeeWhoLeft(PowerTry& one) {
    const auto is_off = power_.IsSwitched(one.node);
    if (!is_off) one.trouble = is_off.error().message;
    if (is_off && !*is_off) return false;
    Ports gone;
    std::ranges::set_difference(before_, taken_, std::inserter(gone, gone.end()));
    if (gone != gone_) since_ = Now();
    gone_ = std::move(gone);
    const os::Moment wait = gone_.empty() ? kEmptyWithin : engine::kOffFor;
    if (is_off && Now() < since_ + wait) return false;
    one.left.assign(gone_.begin(), gone_.end());
    return Give(one);
  }

  Result<bool> Give(PowerTry& one) {
    since_ = Now();
    phase_ = Phase::kGiven;
    const auto began = power_.Switch(one.node, Power::To::kOn);
    if (!began) one.trouble = began.error().message;
    return !began;
  }

  Result<bool> SeeWhoIsBack(PowerTry& one) {
    const auto is_on = power_.IsSwitched(one.node);
    if (!is_on) one.trouble = is_on.error().message;
    if (is_on && !*is_on) return false;
    if (std::ranges::includes(taken_, gone_)) return true;
    if (is_on && Now() < since_ + kShowsWithin) return false;
    if (one.trouble.empty()) one.trouble = "has power again, and not everybody is back";
    return true;
  }

  const Rig& rig_;
  Power power_;
  std::vector<PowerTry> tries_;
  size_t at_ = 0;
  Phase phase_ = Phase::kWhole;
  os::Moment since_{0};  // of the phase, or who left last
  Ports taken_;
  Ports before_;
  Ports gone_;
};

// "s1, 1-1.7": the node that cluster.toml or rig.toml has there, else the port.
std::string WhoIsAt(const Rig& rig, const std::vector<PortPath>& ports) {
  std::vector<std::string> names;
  for (const PortPath& port : ports) {
    const auto& boards = rig.described->boards;
    const auto found = std::ranges::find(boards, std::optional<PortPath>(port), &BoardAtRig::usb);
    names.push_back(found == boards.end() ? port.ToString() : found->name);
  }
  return Join(names, ", ");
}

Finding SwitchedOthers(const Rig& rig, const std::string& node, std::vector<PortPath> others) {
  const bool is_port = rig.described->power == PowerBy::kPort;
  return {Grade::kBad, node,
          fmt::format("when its power was cut, {} left too", WhoIsAt(rig, others)),
          is_port ? "its hub switches its ports together: by = \"none\" under [power] in rig.toml, "
                    "or hang it on one that switches each"
                  : "see how its switch is wired: it must be in the supply of that board alone"};
}

Finding SwitchedNotItself(const Rig& rig, const PowerTry& one) {
  if (one.left.empty()) {
    return {Grade::kBad, one.node, "its power was cut, and no board left",
            "see that the switch is its own, and that the board gets power from nowhere else"};
  }
  const std::string who = WhoIsAt(rig, one.left);
  return {Grade::kBad, one.node, fmt::format("when its power was cut, {} left instead", who),
          fmt::format("exchange the switches of {0} and {1}, or power_command of the two in "
                      "rig.toml; if the plugs are exchanged, usb",
                      one.node, who)};
}

// Nothing: it was interrupted; whoever was cut off has power again.
Result<std::optional<std::vector<PowerTry>>> PlayRound(const Rig& rig) {
  std::vector<std::string> nodes;
  for (const spec::Node* node : ExpectedNodes(rig)) nodes.push_back(node->name);
  ZPROV_ASSIGN(const auto client, Client::OfServeOrHere(rig.system, rig.spec, rig.holder));
  ZPROV_TRY(HoldBoots(*client, nodes));
  Round round(rig);
  Result<bool> is_over = false;
  const auto look = [&](const engine::Snapshot&) {
    is_over = round.Play();
    return !is_over || *is_over ? Client::Verdict::kOver : Client::Verdict::kGoOn;
  };
  const os::Moment within = (kEmptyWithin + kShowsWithin) * static_cast<int>(nodes.size() + 1);
  const auto outcome = client->Do({engine::ControlRequest::Verb::kWatch, nodes}, within, look);
  ZPROV_TRY(round.Leave());
  if (!outcome) return tl::make_unexpected(outcome.error());
  if (!is_over) return tl::make_unexpected(is_over.error());
  if (outcome->how == Client::Outcome::How::kInterrupted) return std::nullopt;
  if (!*is_over)
    return Fail(ErrorKind::kTimedOut,
                "the switches take too long: name fewer nodes in rig.toml, and try those");
  return round.Take();
}

std::vector<Finding> JudgeTries(const Rig& rig, const std::vector<PowerTry>& tries) {
  std::vector<Finding> findings;
  for (const PowerTry& one : tries) {
    if (!one.is_there) continue;
    if (!one.trouble.empty()) {
      findings.push_back({Grade::kBad, one.node, "its power: " + one.trouble,
                          "see that it has power, and [power] in rig.toml"});
      continue;
    }
    std::vector<PortPath> others = one.left;
    std::erase(others, BoardOf(rig, one.node)->usb);
    if (others.size() == one.left.size()) {
      findings.push_back(SwitchedNotItself(rig, one));
    } else if (!others.empty()) {
      findings.push_back(SwitchedOthers(rig, one.node, std::move(others)));
    }
  }
  return findings;
}

Row PowerRow() {
  return {.name = "power", .sentence = "Each node's power is switched by itself, and alone."};
}

Row CannotTry(const Error& why) {
  Row row = PowerRow();
  row.outcome = Outcome::kInfra;
  row.reason = why.message;
  return row;
}

Row RowOfTries(const Rig& rig, const std::vector<PowerTry>& tries) {
  Row row = PowerRow();
  row.findings = JudgeTries(rig, tries);
  if (!row.findings.empty()) row.outcome = Outcome::kFail;
  row.summary = fmt::format("{} tried", std::ranges::count(tries, true, &PowerTry::is_there));
  return row;
}

// Why a device is nobody's, after what it said of `node`.
std::string WhyNobodys(const Rig& rig, const std::string& node, const PowerTried& tried) {
  if (node.empty()) return "no node said there that it boots";
  if (BoardOf(rig, node) == nullptr) {
    return fmt::format("{} boots there, and is none of those that were tried", node);
  }
  return fmt::format("says what {} says, the console of {}", tried.consoles.at(node), node);
}

// Whose they are, by what booting nodes said.
Row RowOfConsoles(const Rig& rig, const std::vector<std::string>& devices, const ConsoleEars& ears,
                  PowerTried& tried) {
  Row row{.name = "consoles", .sentence = "Each console is that of a node."};
  std::vector<std::string> known;
  for (const std::string& device : devices) {
    const std::string node = NodeHeardIn(ears.HeardFrom(device));
    if (BoardOf(rig, node) != nullptr && tried.consoles.emplace(node, device).second) {
      known.push_back(fmt::format("{}: {}", node, device));
      continue;
    }
    row.findings.push_back(
        {Grade::kWarning, device,
         ears.IsDead(device) ? "cannot be read" : WhyNobodys(rig, node, tried),
         "see its wires (the board's TX to the adapter's RX, and ground), and that cmdline under "
         "[boot] in cluster.toml does not say quiet; or name it in rig.toml by hand"});
  }
  row.summary = Join(known, ", ");
  return row;
}

}  // namespace

PowerTried TryPower(const Rig& rig, const std::vector<std::string>& consoles) {
  PowerTried tried;
  const auto add = [&](std::optional<Row> row) {
    if (row) tried.rows.push_back(*std::move(row));
    return tried.rows.empty() || tried.rows.back().outcome == Outcome::kPass;
  };
  if (!add(Disturbance::LeftOver(rig))) return tried;
  const auto ears = ConsoleEars::ListenTo(rig, consoles);
  if (!ears) {
    add(CannotTry(ears.error()));
    return tried;
  }
  const auto disturbance = Disturbance::Begin(rig);
  if (!disturbance) {
    add(CannotTry(disturbance.error()));
    return tried;
  }
  auto tries = PlayRound(rig);
  tried.was_interrupted = tries && !*tries;
  if (!tries) {
    add(CannotTry(tries.error()));
  } else if (*tries) {
    tried.tries = **std::move(tries);
    if (add(RowOfTries(rig, tried.tries))) tried.proven = rig.described->power;
  }
  using How = Disturbance::How;
  rig.programs->TakeInterrupt();
  const bool is_whole = !tried.was_interrupted && tries;
  const bool all_run =
      add(disturbance->End(rig, tried.was_interrupted ? How::kCutOff : How::kToItsEnd));
  if (is_whole && all_run && !consoles.empty()) add(RowOfConsoles(rig, consoles, **ears, tried));
  return tried;
}

}  // namespace zprov::hil
