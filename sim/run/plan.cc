#include "sim/run/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "sim/zero/random.h"
#include "util/strings.h"

namespace zprov::run {
namespace {

using sim::zero::Random;
using std::chrono::milliseconds;

struct ActionRow {
  ActionKind what;
  std::string_view name;
};

constexpr ActionRow kActions[] = {
    {ActionKind::kUpdate, "update"},
    {ActionKind::kUpdateReboot, "update-reboot"},
    {ActionKind::kRollback, "rollback"},
    {ActionKind::kPrune, "prune"},
    {ActionKind::kApply, "apply"},
    {ActionKind::kReboot, "reboot"},
    {ActionKind::kHaltAndBoot, "halt-and-boot"},
    {ActionKind::kStatus, "status"},
    {ActionKind::kInstall, "install"},
    {ActionKind::kReload, "reload"},
    {ActionKind::kRestart, "restart"},
    {ActionKind::kHostReboot, "host-reboot"},
};

// `weight`: of ten runs so many.
struct ScenarioRow {
  Scenario scenario;
  std::string_view name;
  uint64_t weight;
};

constexpr ScenarioRow kScenarios[] = {
    {Scenario::kRig, "rig", 7},
    {Scenario::kCompatible, "compatible", 1},
    {Scenario::kHandMade, "hand-made", 1},
    {Scenario::kBare, "bare", 1},
};

struct PowerRow {
  BoardPower power;
  std::string_view name;
  uint64_t weight;
};

constexpr PowerRow kPowers[] = {
    {BoardPower::kGanged, "ganged", 8},
    {BoardPower::kPerPort, "per-port", 1},
    {BoardPower::kCommand, "command", 1},
};

// Of ten runs, by the weights of these rows.
template <typename Rows>
const auto& DrawRow(Random& random, const Rows& rows) {
  uint64_t number = random.Next() % 10;
  const auto* row = std::begin(rows);
  while (number >= row->weight) number -= (row++)->weight;
  return *row;
}

// Faults and actions happen within the first minutes, half of them while all nodes boot first.
constexpr milliseconds kDrawnWithin{150'000};
constexpr milliseconds kFirstBoot{45'000};

milliseconds DrawMoment(Random& random) {
  const milliseconds within = random.OneIn(2) ? kFirstBoot : kDrawnWithin;
  return milliseconds(random.Next() % static_cast<uint64_t>(within.count()));
}

// A failing medium meets whoever makes that call: a command makes thousands, serve a few for each
// board that it boots, and what serve gets over on the host's own account is among those. So few
// calls are drawn more often than many.
int DrawStrength(Random& random, const FaultRow& row) {
  const auto most = static_cast<uint64_t>(row.most);
  const uint64_t drawn = random.Next() % most;
  const bool is_often_small = row.kind == FaultKind::kMediumError;
  return 1 + static_cast<int>(is_often_small ? drawn * drawn * drawn / (most * most) : drawn);
}

Fault DrawFault(Random& random, const FaultRow& row, int nodes) {
  Fault fault{row.kind, DrawMoment(random)};
  if (row.names_node) fault.node = static_cast<int>(random.Next() % static_cast<uint64_t>(nodes));
  fault.strength = DrawStrength(random, row);
  return fault;
}

// Swarm testing (Groce et al., 2012): a world in which most kinds are left out goes deeper into the
// others than one that has a little of everything.
std::vector<Fault> DrawFaults(Random& random, int nodes) {
  std::vector<const FaultRow*> kinds;
  const uint64_t most_kinds = 1 + random.Next() % 4;
  for (uint64_t i = 0; i < most_kinds; ++i) {
    kinds.push_back(&AllFaults()[static_cast<size_t>(random.Next() % AllFaults().size())]);
  }
  std::vector<Fault> faults;
  for (const FaultRow* row : kinds) {
    const uint64_t count = 1 + (random.OneIn(3) ? random.Next() % 3 : 0);
    for (uint64_t i = 0; i < count; ++i) faults.push_back(DrawFault(random, *row, nodes));
  }
  std::ranges::stable_sort(faults, {}, &Fault::at);
  return faults;
}

std::vector<Action> DrawActions(Random& random, int nodes) {
  std::vector<Action> actions;
  const uint64_t count = 1 + random.Next() % 4;
  for (uint64_t i = 0; i < count; ++i) {
    const ActionRow& row = kActions[random.Next() % std::size(kActions)];
    const int node = static_cast<int>(random.Next() % static_cast<uint64_t>(nodes));
    actions.push_back({row.what, DrawMoment(random), node});
  }
  std::ranges::stable_sort(actions, {}, &Action::at);
  return actions;
}

std::string MomentText(os::Moment at) {
  const auto ms = std::chrono::duration_cast<milliseconds>(at).count();
  return ms % 1000 == 0 ? fmt::format("{}", ms / 1000)
                        : fmt::format("{}.{:03}", ms / 1000, ms % 1000);
}

// "name@SECONDS", and "/NODE" and "*STRENGTH" where they are not 0 and 1.
struct Item {
  std::string_view name;
  os::Moment at{0};
  int node = 0;
  int strength = 1;
};

std::string Text(const Item& item) {
  std::string text = fmt::format("{}@{}", item.name, MomentText(item.at));
  if (item.node != 0) text += fmt::format("/{}", item.node);
  if (item.strength != 1) text += fmt::format("*{}", item.strength);
  return text;
}

// The number behind `mark`, which is cut off; `without` when there is none.
std::optional<unsigned long> CutNumber(std::string_view& text, char mark, unsigned long without) {
  const size_t at = text.find(mark);
  if (at == std::string_view::npos) return without;
  const auto number = ParseNumber(text.substr(at + 1), 1'000'000);
  text = text.substr(0, at);
  return number;
}

std::optional<os::Moment> ParseSeconds(std::string_view text) {
  const size_t dot = text.find('.');
  const auto whole = ParseNumber(text.substr(0, dot), 1'000'000);
  if (!whole) return std::nullopt;
  if (dot == std::string_view::npos) return std::chrono::seconds(*whole);
  const std::string_view digits = text.substr(dot + 1);
  const auto thousandths = ParseNumber(digits, 999);
  if (!thousandths || digits.size() != 3) return std::nullopt;
  return std::chrono::seconds(*whole) + milliseconds(*thousandths);
}

Result<Item> ParseItem(std::string_view word) {
  std::string_view rest = word;
  const auto strength = CutNumber(rest, '*', 1);
  const auto node = CutNumber(rest, '/', 0);
  const size_t at = rest.find('@');
  const auto moment =
      at == std::string_view::npos ? os::Moment{0} : ParseSeconds(rest.substr(at + 1));
  if (!strength || !node || !moment) {
    return Fail(
        ErrorKind::kInvalid,
        fmt::format("\"{}\" is not NAME@SECONDS/NODE*STRENGTH, as in rom-stalls@4.500/1*2", word));
  }
  return Item{rest.substr(0, at), *moment, static_cast<int>(*node), static_cast<int>(*strength)};
}

template <typename T, typename Make>
Result<std::vector<T>> ParseList(std::string_view text, const Make& make) {
  std::vector<T> all;
  if (text == "none" || text.empty()) return all;
  for (const std::string_view word : Split(text, ',')) {
    ZPROV_ASSIGN(const Item item, ParseItem(word));
    ZPROV_ASSIGN(const T each, make(item));
    all.push_back(each);
  }
  std::ranges::stable_sort(all, {}, &T::at);
  return all;
}

tl::unexpected<Error> Unknown(std::string_view what, std::string_view name,
                              const std::vector<std::string>& names) {
  const auto nearest = Nearest(name, names);
  return Fail(ErrorKind::kInvalid, fmt::format("no {} is called {}{}: see zprov-sim --list", what,
                                               name, nearest ? " (" + *nearest + "?)" : ""));
}

template <typename T, typename ItemOf>
std::string ListText(const std::vector<T>& all, const ItemOf& item_of) {
  std::vector<std::string> words;
  for (const T& each : all) words.push_back(Text(item_of(each)));
  return words.empty() ? "none" : Join(words, ",");
}

}  // namespace

std::string_view Name(ActionKind what) {
  return std::ranges::find(kActions, what, &ActionRow::what)->name;
}

std::optional<ActionKind> ActionNamed(std::string_view name) {
  const auto found = std::ranges::find(kActions, name, &ActionRow::name);
  return found == std::end(kActions) ? std::nullopt : std::optional(found->what);
}

std::vector<ActionKind> AllActions() {
  std::vector<ActionKind> all;
  for (const ActionRow& row : kActions) all.push_back(row.what);
  return all;
}

std::string_view Name(Scenario scenario) {
  return std::ranges::find(kScenarios, scenario, &ScenarioRow::scenario)->name;
}

std::optional<Scenario> ScenarioNamed(std::string_view name) {
  const auto found = std::ranges::find(kScenarios, name, &ScenarioRow::name);
  return found == std::end(kScenarios) ? std::nullopt : std::optional(found->scenario);
}

std::vector<Scenario> AllScenarios() {
  std::vector<Scenario> all;
  for (const ScenarioRow& row : kScenarios) all.push_back(row.scenario);
  return all;
}

std::string_view Name(BoardPower power) {
  return std::ranges::find(kPowers, power, &PowerRow::power)->name;
}

std::optional<BoardPower> PowerNamed(std::string_view name) {
  const auto found = std::ranges::find(kPowers, name, &PowerRow::name);
  return found == std::end(kPowers) ? std::nullopt : std::optional(found->power);
}

std::vector<BoardPower> AllPowers() {
  std::vector<BoardPower> all;
  for (const PowerRow& row : kPowers) all.push_back(row.power);
  return all;
}

Plan QuietPlan(uint64_t seed) { return {.seed = seed}; }

Plan DrawnPlan(uint64_t seed) {
  Random random(seed, "plan");
  constexpr std::string_view kKernels[] = {"6.1.177", "6.1.177", "6.1.120", "6.1.100", "4.14"};
  Plan plan{.seed = seed};
  plan.nodes = 1 + static_cast<int>(random.Next() % 5);
  plan.kernel = kKernels[random.Next() % std::size(kKernels)];
  plan.timing = random.OneIn(4) ? Timing::kInstant : Timing::kReal;
  plan.faults = DrawFaults(random, plan.nodes);
  plan.actions = DrawActions(random, plan.nodes);
  plan.scenario = DrawRow(random, kScenarios).scenario;
  Random of_power(seed, "power");  // what all others drew before it was there stays as it was
  plan.power = DrawRow(of_power, kPowers).power;
  return plan;
}

std::string Text(const std::vector<Fault>& faults) {
  return ListText(faults, [](const Fault& fault) {
    return Item{RowOf(fault.kind).name, fault.at, fault.node, fault.strength};
  });
}

std::string Text(const std::vector<Action>& actions) {
  return ListText(actions, [](const Action& action) {
    return Item{Name(action.what), action.at, action.node};
  });
}

Result<std::vector<Fault>> ParseFaults(std::string_view text) {
  return ParseList<Fault>(text, [](const Item& item) -> Result<Fault> {
    if (const FaultRow* row = FaultNamed(item.name)) {
      return Fault{row->kind, item.at, item.node, item.strength};
    }
    std::vector<std::string> names;
    for (const FaultRow& row : AllFaults()) names.emplace_back(row.name);
    return Unknown("fault", item.name, names);
  });
}

Result<std::vector<Action>> ParseActions(std::string_view text) {
  return ParseList<Action>(text, [](const Item& item) -> Result<Action> {
    if (const auto what = ActionNamed(item.name)) return Action{*what, item.at, item.node};
    std::vector<std::string> names;
    for (const ActionRow& row : kActions) names.emplace_back(row.name);
    return Unknown("action", item.name, names);
  });
}

std::string CommandLine(const Plan& plan) {
  std::string words = fmt::format(
      "--seed {} --nodes {} --kernel {} --timing {} --faults {} --actions {} --scenario {}",
      plan.seed, plan.nodes, plan.kernel, plan.timing == Timing::kReal ? "real" : "instant",
      Text(plan.faults), Text(plan.actions), Name(plan.scenario));
  if (plan.power != BoardPower::kGanged) words += fmt::format(" --power {}", Name(plan.power));
  return words;
}

}  // namespace zprov::run
