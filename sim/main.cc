// zprov-sim: the simulator's own front end. Wires the real command line into simulated runs and
// prints what came of them; how a run goes is sim/run's.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>

#include "cli/cli.h"
#include "cli/record.h"
#include "sim/kernel_rules.h"
#include "sim/run/exhaustive.h"
#include "sim/run/marks.h"
#include "sim/run/memory.h"
#include "sim/run/page.h"
#include "sim/run/run.h"
#include "sim/run/swarm.h"
#include "sim/scenarios/hosts.h"

namespace {

using namespace zprov;

// The process's own world, lent to its one command.
class Lent : public cli::World {
 public:
  explicit Lent(os::System& system) : system_(system) {}
  os::System& system() override { return system_; }

 private:
  os::System& system_;
};

int Zprov(const run::Call& call) {
  const cli::Wiring wiring{
      .open_host = [&call]() -> Result<std::unique_ptr<cli::World>> {
        return std::make_unique<Lent>(call.system);
      },
      .open_tree = [](const std::string&) -> Result<std::unique_ptr<cli::World>> {
        return Fail(ErrorKind::kNotSupported, "a simulated process has no tree beside its host");
      },
      .open_sim = []() -> Result<std::unique_ptr<cli::World>> {
        return Fail(ErrorKind::kNotSupported, "there is no simulated rig within the simulated one");
      },
      .pid = call.pid};
  return cli::Run(call.args, wiring, {call.out, call.err});
}

struct Words {
  uint64_t seed = 1;
  std::optional<int> nodes;
  std::string kernel;
  std::string timing;
  std::string faults = "drawn";
  std::string actions = "drawn";
  std::string scenario;
  std::string power;
  std::string trace;
  std::string html;
  bool is_json = false;
  bool lists = false;
  uint64_t swarm = 0;
  bool is_exhaustive = false;
  unsigned jobs = 1;
  std::optional<uint64_t> shrink;
  std::string bundle;
  std::string keep;
};

Result<run::Plan> PlanOf(const Words& words) {
  run::Plan plan = run::DrawnPlan(words.seed);
  if (words.nodes) plan.nodes = *words.nodes;
  if (!words.kernel.empty()) plan.kernel = words.kernel;
  ZPROV_TRY(sim::KernelRules::Of(plan.kernel));
  if (!words.timing.empty()) {
    plan.timing = words.timing == "instant" ? run::Timing::kInstant : run::Timing::kReal;
  }
  if (words.faults != "drawn") {
    ZPROV_ASSIGN(plan.faults, run::ParseFaults(words.faults));
  }
  if (words.actions != "drawn") {
    ZPROV_ASSIGN(plan.actions, run::ParseActions(words.actions));
  }
  // A plan that says what happens says where, too: what it leaves out is the rig, with ganged
  // power.
  if (words.faults != "drawn" || words.actions != "drawn") {
    plan.scenario = run::Scenario::kRig;
    plan.power = run::BoardPower::kGanged;
  }
  const bool is_small = plan.nodes <= sim::kHandMadeNodes;
  if (!is_small && plan.scenario == run::Scenario::kHandMade) plan.scenario = run::Scenario::kRig;
  if (!words.scenario.empty()) plan.scenario = *run::ScenarioNamed(words.scenario);
  if (!words.power.empty()) plan.power = *run::PowerNamed(words.power);
  if (!is_small && plan.scenario == run::Scenario::kHandMade) {
    return Fail(ErrorKind::kInvalid, "the hand-made host has five nodes: take --nodes 5 or fewer");
  }
  return plan;
}

std::vector<std::string> ScenarioNames() {
  std::vector<std::string> names;
  for (const run::Scenario each : run::AllScenarios()) names.emplace_back(run::Name(each));
  return names;
}

std::vector<std::string> PowerNames() {
  std::vector<std::string> names;
  for (const run::BoardPower each : run::AllPowers()) names.emplace_back(run::Name(each));
  return names;
}

void List() {
  std::cout << "faults (--faults NAME@SECONDS/NODE*STRENGTH,…):\n";
  for (const run::FaultRow& row : run::AllFaults()) {
    std::cout << fmt::format("  {:20} {}{}\n", row.name, row.cause,
                             row.most > 1 ? fmt::format(" (strength 1 to {})", row.most) : "");
  }
  std::cout << "actions (--actions NAME@SECONDS/NODE,…):\n";
  for (const run::ActionKind what : run::AllActions()) std::cout << "  " << run::Name(what) << "\n";
  std::cout << "scenarios (--scenario NAME):\n";
  for (const std::string& name : ScenarioNames()) std::cout << "  " << name << "\n";
  std::cout << "power of the boards (--power NAME):\n";
  for (const std::string& name : PowerNames()) std::cout << "  " << name << "\n";
}

void ShowPlan(const run::Plan& plan) {
  std::cout << "zprov-sim " << ZPROV_VERSION << "\nzprov-sim " << run::CommandLine(plan)
            << std::endl;
}

int RunOne(const Words& words, const run::Plan& plan) {
  ShowPlan(plan);
  std::ofstream file;
  if (!words.trace.empty() && words.trace != "-") file.open(words.trace);
  std::ostream& trace = words.trace == "-" ? std::cout : file;
  run::Story story{.plan = plan, .outcome = {}, .lines = {}};
  story.outcome = run::Perform(plan, Zprov, [&](const run::TraceLine& line) {
    if (!words.html.empty()) story.lines.push_back(line);
    if (words.trace.empty()) return;
    trace << (words.is_json ? run::JsonOf(line) : run::TextOf(line)) << "\n";
  });
  if (!words.html.empty()) std::ofstream(words.html) << run::PageOf(story);
  const run::Outcome& outcome = story.outcome;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(outcome.took).count();
  std::cout << fmt::format("{} s simulated, {} events, {} boots, trace {:016x}\n", seconds,
                           outcome.counts.events, outcome.counts.boots, outcome.hash);
  for (const run::Breach& breach : outcome.breaches) {
    std::cout << "broken: " << breach.sentence << ": " << breach.how << "\n";
  }
  return outcome.breaches.empty() ? 0 : 1;
}

// The one line that repeats what was left of it.
void ShowSmaller(const run::Plan& plan, const std::string& sentence) {
  const run::Plan smallest = run::Shrink(plan, sentence, Zprov);
  std::cout << "  smaller: zprov-sim " << run::CommandLine(smallest) << std::endl;
}

int ShrinkOne(const run::Plan& plan) {
  ShowPlan(plan);
  const run::Outcome outcome = run::Perform(plan, Zprov);
  if (outcome.breaches.empty()) {
    std::cout << "no sentence is broken\n";
    return 0;
  }
  std::cout << "broken: " << outcome.breaches.front().sentence << "\n";
  ShowSmaller(plan, outcome.breaches.front().sentence);
  return 1;
}

void ShowCounts(std::string_view what, const std::map<std::string, int>& counts) {
  std::cout << what;
  for (const auto& [name, count] : counts) std::cout << "  " << name << " " << count;
  std::cout << "\n";
}

void ShowTally(const run::Tally& tally, std::string_view of) {
  const run::Counts& counts = tally.counts;
  std::cout << fmt::format("{} {}, {} events, {} boots, {} faults, {} boards helped by hand\n",
                           tally.seeds, of, counts.events, counts.boots, tally.faults,
                           counts.helped);
  ShowCounts("faults:", counts.faults);
  ShowCounts("actions:", counts.actions);
  ShowCounts("exits:", counts.exits);
  ShowCounts("scenarios:", tally.scenarios);
  ShowCounts("power:", tally.powers);
  std::cout << run::TableOf(counts.sometimes);
  constexpr size_t kMostShown = 20;
  for (size_t i = 0; i < std::min(tally.failures.size(), kMostShown); ++i) {
    const run::Failure& failure = tally.failures[i];
    const run::Breach& breach = failure.outcome.breaches.front();
    std::cout << fmt::format("seed {} broke: {}: {}\n", failure.plan.seed, breach.sentence,
                             breach.how);
    ShowSmaller(failure.plan, breach.sentence);
  }
  std::cout << fmt::format("{} of {} {} broke a sentence\n", tally.failures.size(), tally.seeds,
                           of);
}

int RunExhaustive(const Words& words) {
  std::cout << fmt::format("zprov-sim {}\nzprov-sim --exhaustive --jobs {}\n", ZPROV_VERSION,
                           words.jobs)
            << std::flush;
  const run::Exhaustive all = run::EveryFaultAtEveryPairOfStages(Zprov);
  std::cout << fmt::format(
                   "two boards: {} moments between steps are {} pairs of stages; with each fault "
                   "at each: {} runs\n",
                   all.moments, all.pairs, all.plans.size())
            << std::flush;
  const run::Tally tally = run::PerformEach([&](uint64_t i) { return all.plans[i]; },
                                            {.plans = all.plans.size(), .jobs = words.jobs}, Zprov);
  ShowTally(tally, "runs");
  return tally.failures.empty() ? 0 : 1;
}

int RunSwarm(const Words& words) {
  std::cout << fmt::format("zprov-sim {}\nzprov-sim --swarm {} --seed {} --jobs {}\n",
                           ZPROV_VERSION, words.swarm, words.seed, words.jobs)
            << std::flush;
  const run::Tally tally = run::Swarm({words.seed, words.swarm, words.jobs}, Zprov);
  ShowTally(tally, "seeds");
  const auto missing = run::Missing(tally);
  for (const std::string& what : missing) std::cout << "never reached: " << what << "\n";
  return tally.failures.empty() && missing.empty() ? 0 : 1;
}

// A test of its own from now on: tests/bundles goes through that directory.
int Keep(const Words& words) {
  const std::string to = ZPROV_BUNDLES "/" + words.keep;
  if (const auto kept = cli::KeepBundle(words.bundle, to); !kept) {
    std::cerr << "zprov-sim: " << kept.error().message << "\n";
    return 1;
  }
  std::cout << fmt::format(
      "kept as {}: a test replays it from now on; look through it, then git add "
      "{}\n",
      to, to);
  return 0;
}

int ReplayOne(const Words& words) {
  const auto replayed = cli::Replay(words.bundle);
  if (!replayed) {
    std::cerr << "zprov-sim: " << replayed.error().message << "\n";
    return 2;
  }
  std::cout << replayed->text;
  if (replayed->outcome == cli::Replayed::Outcome::kDifferent) return 1;
  return words.keep.empty() ? 0 : Keep(words);
}

// One name, so that it stays below the fixtures.
std::string IsName(const std::string& word) {
  constexpr char kLetters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
  const bool is_name = !word.empty() && word.find_first_not_of(kLetters) == std::string::npos;
  return is_name ? "" : "take small letters, digits, - and _";
}

CLI::App& AddReplay(CLI::App& app, Words& words) {
  CLI::App* replay = app.add_subcommand(
      "replay",
      "Run what zprov --record wrote against the engine of this build, and say where the "
      "two part: 0 nowhere, 1 there, 2 it is no bundle");
  replay->add_option("BUNDLE", words.bundle, "The directory")->type_name("")->required();
  replay->add_option("--keep", words.keep, "When they do not part: a regression test of that name")
      ->type_name("NAME")
      ->check(CLI::Validator(IsName, ""));
  return *replay;
}

void AddOptions(CLI::App& app, Words& words) {
  app.set_version_flag("--version", std::string("zprov-sim ") + ZPROV_VERSION);
  app.add_option("--seed", words.seed, "Everything that is drawn depends on it")
      ->capture_default_str();
  app.add_option("--nodes", words.nodes, "How many [drawn]")->check(CLI::Range(1, 1000));
  app.add_option("--kernel", words.kernel, "Of the host, as 6.1.177 [drawn]");
  app.add_option("--timing", words.timing, "Of the boards [drawn]")
      ->check(CLI::IsMember({"real", "instant"}));
  app.add_option("--faults", words.faults, "drawn, none, or a list")->capture_default_str();
  app.add_option("--actions", words.actions, "drawn, none, or a list")->capture_default_str();
  app.add_option("--scenario", words.scenario,
                 "From which host it starts [drawn; rig with --faults or --actions]")
      ->check(CLI::IsMember(ScenarioNames()));
  app.add_option("--power", words.power,
                 "Whether serve can cut a board's: ganged, per-port by its hub, or by a command "
                 "[drawn; ganged with --faults or --actions]")
      ->check(CLI::IsMember(PowerNames()));
  app.add_option("--trace", words.trace, "Write what happens there; -: on stdout")
      ->type_name("FILE");
  app.add_option("--html", words.html, "Draw the run as one page")->type_name("FILE");
  app.add_flag("--trace-json", words.is_json, "A JSON document for each line of the trace");
  app.add_flag("--list", words.lists, "Every fault, action, scenario and kind of power");
  app.add_option("--swarm", words.swarm,
                 "So many seeds from --seed on, each with its own drawn plan")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  app.add_flag("--exhaustive", words.is_exhaustive,
               "Two boards in every pair of boot stages, and each fault at each pair");
  app.add_option("--jobs", words.jobs, "So many at once")->capture_default_str();
  app.add_option("--shrink", words.shrink, "The smallest plan that breaks the same as this seed's")
      ->type_name("SEED");
}

// What else is looked at where one of these is given: it draws the rest, or has it fixed.
struct Mode {
  const char* option;
  std::vector<std::string> uses;
};

// Nothing: all that was given is looked at. Otherwise somebody would take a run for another.
std::string WhatIsIgnored(const CLI::App& app) {
  const Mode modes[] = {
      {"--list", {}},
      {"--exhaustive", {"--jobs"}},
      {"--swarm", {"--seed", "--jobs"}},
      {"--shrink",
       {"--nodes", "--kernel", "--timing", "--faults", "--actions", "--scenario", "--power"}},
  };
  for (const Mode& mode : modes) {
    if (app.count(mode.option) == 0) continue;
    for (const CLI::Option* option : app.get_options()) {
      const std::string name = option->get_name();
      if (option->count() == 0 || name == mode.option) continue;
      if (std::ranges::find(mode.uses, name) != mode.uses.end()) continue;
      return fmt::format("{} does not look at {}: leave one of them out", mode.option, name);
    }
  }
  return "";
}

}  // namespace

int main(int argc, char** argv) {
  run::KeepFreedMemory();
  Words words;
  CLI::App app("Runs zprov on a simulated cluster, with faults, from a seed.", "zprov-sim");
  AddOptions(app, words);
  const CLI::App& replay = AddReplay(app, words);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (replay.parsed()) return ReplayOne(words);
  if (const std::string ignored = WhatIsIgnored(app); !ignored.empty()) {
    std::cerr << "zprov-sim: " << ignored << "\n";
    return 2;
  }
  if (words.lists) {
    List();
    return 0;
  }
  if (words.is_exhaustive) return RunExhaustive(words);
  if (words.swarm > 0) return RunSwarm(words);
  if (words.shrink) words.seed = *words.shrink;
  const auto plan = PlanOf(words);
  if (!plan) {
    std::cerr << "zprov-sim: " << plan.error().message << "\n";
    return 2;
  }
  return words.shrink ? ShrinkOne(*plan) : RunOne(words, *plan);
}
