// CLI11 takes seconds to compile: it is included here and nowhere else.
#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <map>

#include "cli/version.h"
#include "util/strings.h"

namespace zprov::cli {
namespace {

constexpr char kHil[] = "hil";

constexpr char kFooter[] =
    "Exit codes: 0 done or nothing to do, 1 failed, 2 usage or an invalid spec,\n"
    "            3 refused by a guard (nothing was changed), 4 plan has changes to make,\n"
    "            5 only the infrastructure failed (--hil).";

// One of the words of `table`; help shows them by type_name alone.
template <typename T>
CLI::Validator OneOf(const std::map<std::string, T>& table) {
  return CLI::CheckedTransformer(table).description("");
}

// Which world, or a file that describes the rig; both when it is said twice.
void TakeRig(const std::vector<std::string>& words, Options& options) {
  for (const std::string& word : words) {
    if (word == "host") {
      options.rig = Rig::kHost;
    } else if (word == "sim") {
      options.rig = Rig::kSim;
    } else if (word.ends_with(".toml") || word.find('/') != std::string::npos) {
      options.rig_file = word;
    } else {
      throw CLI::ValidationError("--rig", word + " is neither host nor sim, nor a FILE.toml");
    }
  }
}

void AddCommon(CLI::App& app, Options& options) {
  app.add_option("--spec", options.spec, "The cluster's description [/etc/zprov/cluster.toml]")
      ->type_name("FILE");
  app.add_option("--root", options.root,
                 "Work on the tree of files below DIR and on nothing else of this host")
      ->type_name("DIR");
  app.add_option_function<std::vector<std::string>>(
         "--rig", [&](const std::vector<std::string>& words) { TakeRig(words, options); },
         "host, or sim: a fresh simulated rig for this one command; with --hil also the rig's "
         "description [/etc/zprov/rig.toml]")
      ->type_name("host|sim|FILE")
      ->allow_extra_args(false);
  app.add_option(
         "--record", options.record,
         "With serve, boot and --hil: write down in DIR, which is made, all that is asked of "
         "the rig and what it answers; zprov-sim replays it")
      ->type_name("DIR");
  app.add_flag("--json", options.json, "One JSON document on stdout instead of text");
  app.add_flag("-v,--verbose", options.verbose, "Say more on stderr");
}

void AddInit(CLI::App& app, Options& options) {
  CLI::App* init = app.add_subcommand(
      "init", "Print a commented cluster.toml with the original procedure's addressing");
  init->add_option("--nodes", options.nodes, "How many nodes [5]")->type_name("N");
  init->add_option("--mode", options.mode,
                   "native: zprov boots and bridges the nodes; compatible: rpiboot, ifupdown and "
                   "udev do, as in the procedure [native]")
      ->transform(OneOf<spec::Mode>(
          {{"native", spec::Mode::kNative}, {"compatible", spec::Mode::kCompatible}}))
      ->type_name("native|compatible");
}

void AddRender(CLI::App& app, Options& options) {
  CLI::App* render =
      app.add_subcommand("render", "Print one managed file; without NAME, list them");
  render->add_option("NAME", options.name, "hosts, exports, cmdline:s0, …");
  render->add_option("--out", options.out, "Write them all below DIR, at their real paths")
      ->type_name("DIR");
}

void AddPlanFlags(CLI::App& command, Options& options) {
  command.add_flag("--allow-open", options.wishes.allow_open,
                   "Move /home although processes have files below it open");
  command.add_flag("--drop-old-home", options.wishes.drop_old_home,
                   "Remove the old /home that an earlier move left, after one more comparison");
}

void AddAssumeDown(CLI::App& command, Options& options) {
  command
      .add_option("--assume-down", options.assume_down,
                  "Take NODE for down without looking: you know that it is off (repeatable)")
      ->type_name("NODE")
      ->allow_extra_args(false);
}

void AddUpdate(CLI::App& app, Options& options) {
  CLI::App* update = app.add_subcommand(
      "update", "A new generation: boot set and roots, of all nodes or of those named");
  update->add_option("NODE", options.node_names, "Which nodes [all]")->type_name("");
  update->add_flag("--if-changed", options.if_changed,
                   "Make none when its content would be what the nodes have already");
  CLI::Option* skip_up =
      update->add_flag("--skip-up", options.skip_up,
                       "Leave out nodes that are up instead of refusing (compatible mode)");
  update
      ->add_flag("--reboot", options.reboot,
                 "Reboot the nodes that run into the new generation; in the compatible mode they "
                 "wait in their boot ROM while it is put in place")
      ->excludes(skip_up);
  AddAssumeDown(*update, options);
}

void AddRollback(CLI::App& app, Options& options) {
  CLI::App* rollback = app.add_subcommand("rollback", "Back to the generation before");
  rollback->add_option("NODE", options.node_names, "Which nodes [all]")->type_name("");
  AddAssumeDown(*rollback, options);
}

void AddPrune(CLI::App& app, Options& options) {
  constexpr int kMost = 1000;  // as in the spec
  CLI::App* prune = app.add_subcommand("prune", "Delete old generations that nothing runs");
  prune
      ->add_option("--keep", options.keep,
                   "How many of each node stay [keep of the spec's [prune]]")
      ->type_name("N")
      ->check(CLI::Range(1, kMost).description(""));
  AddAssumeDown(*prune, options);
}

void AddBoot(CLI::App& app, Options& options) {
  CLI::App* boot = app.add_subcommand(
      "boot",
      "Boot nodes until they run or have failed; those that were given up get another chance");
  boot->add_option("NODE", options.node_names, "Which nodes [all that have a port]")->type_name("");
}

void AddOrder(CLI::App& command, Options& options) {
  command.add_option("NODE", options.node_names, "Which nodes")->type_name("")->required();
}

void AddStatus(CLI::App& app, Options& options) {
  CLI::App* status =
      app.add_subcommand("status", "What each node runs and would get; changes nothing");
  CLI::Option* node = status
                          ->add_option_function<std::string>(
                              "NODE", [&](const std::string& name) { options.node_names = {name}; },
                              "All that is known of this one, and its last boots")
                          ->type_name("");
  status
      ->add_flag("--watch", options.watch,
                 "What the running serve does, as it happens; with --json a document per line")
      ->excludes(node);
}

// The flag of which the acceptance suite consists; commands exclude it.
CLI::Option* AddHil(CLI::App& app, Options& options) {
  CLI::Option* hil = app.add_flag_function(
      "--hil", [&](int64_t) { options.command = kHil; },
      "Instead of a command: prove that this rig works (hil/CAUTION.md first)");
  CLI::Option* detect =
      app.add_flag("--detect", options.detect,
                   "With --hil: write the rig's description, as it is found, instead of a run; "
                   "asks before it tries a switch")
          ->needs(hil);
  app.add_flag("--watch", options.watch_plugs,
               "With --detect: wait until the board of each node that has none is plugged in, one "
               "after another, and see where")
      ->needs(detect);
  app.add_option("--level", options.level, "With --hil: what it may do to the rig [observe]")
      ->transform(OneOf<hil::Level>({{"observe", hil::Level::kObserve},
                                     {"cycle", hil::Level::kCycle},
                                     {"full", hil::Level::kFull}}))
      ->type_name("observe|cycle|full")
      ->needs(hil)
      ->excludes(detect);
  app.add_flag("--reboot-host", options.reboot_host,
               "With --hil: reboot this host at the end, when nothing failed; the next --hil says "
               "which nodes run again")
      ->needs(hil)
      ->excludes(detect);
  app.add_flag("--yes", options.yes, "With --hil: disturb the rig without asking first")
      ->needs(hil);
  app.add_option(
         "--report", options.report,
         "With --hil: also write it to FILE, as its ending says: .xml (JUnit), .json, .html")
      ->type_name("FILE")
      ->needs(hil)
      ->excludes(detect);
  return hil;
}

// A mistyped command is to CLI11 a missing one and a word left over.
std::string MissingCommand(const CLI::App& app, const std::string& complaint) {
  constexpr char kHelp[] = "Run with --help for more information.\n";
  const std::vector<std::string> left_over = app.remaining();
  if (left_over.empty()) return complaint + "\n" + kHelp;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  const auto nearest = Nearest(left_over.front(), names);
  return "no command is called " + left_over.front() +
         (nearest ? ": did you mean " + *nearest + "?\n" : "\n") + kHelp;
}

void AddCommands(CLI::App& app, Options& options) {
  AddInit(app, options);
  app.add_subcommand("check", "Validate the spec: every problem, as file:line: message");
  AddRender(app, options);
  AddPlanFlags(*app.add_subcommand("plan", "What apply would do and why; changes nothing"),
               options);
  AddPlanFlags(*app.add_subcommand("apply", "Do it; a second apply does nothing"), options);
  AddUpdate(app, options);
  AddRollback(app, options);
  AddPrune(app, options);
  app.add_subcommand("serve", "The daemon: boots nodes that appear and joins their links");
  AddBoot(app, options);
  AddOrder(*app.add_subcommand("halt", "Shut nodes down in order, each with a deadline"), options);
  AddOrder(*app.add_subcommand("reboot", "The same, until they run again"), options);
  AddStatus(app, options);
  app.add_subcommand("doctor",
                     "What is wrong with this host: a row per prerequisite, with its cure");
  app.add_subcommand("demo", "The whole cycle on the built-in simulated rig; touches nothing here");
}

// Which of the words do not go together; empty: all do.
std::string Contradiction(const Options& options) {
  if (!options.rig_file.empty() && options.command != kHil) {
    return "--rig " + options.rig_file + ": a rig's description goes with --hil alone\n";
  }
  const bool may_record =
      options.command == kHil || options.command == "serve" || options.command == "boot";
  if (!options.record.empty() && !may_record) {
    return "--record goes with serve, boot and --hil\n";
  }
  if (options.reboot_host && options.rig == Rig::kSim) {
    return "--reboot-host: the simulated rig's host ends with the command, and nobody looks at it "
           "after its reboot\n";
  }
  if (options.root == "/") return "";
  if (options.rig == Rig::kSim) {
    return "--root works on files of this host, so it does not go with --rig sim\n";
  }
  if (options.command == kHil) {
    return "--hil looks at a running host, so it does not go with --root\n";
  }
  return "";
}

}  // namespace

Parsed ParseArguments(std::vector<std::string> args) {
  Options options;
  CLI::App app("Provisions a cluster of SD-less Raspberry Pi Zeros that boot over USB.", "zprov");
  app.set_version_flag("--version", std::string("zprov ") + kVersion);
  app.footer(kFooter);
  const bool is_hil = std::ranges::find(args, "--hil") != args.end();
  app.require_subcommand(is_hil ? 0 : 1, 1);
  app.fallthrough();
  AddCommon(app, options);
  AddCommands(app, options);
  CLI::Option* hil = AddHil(app, options);
  for (CLI::App* command : app.get_subcommands({})) command->excludes(hil);
  try {
    std::reverse(args.begin(), args.end());  // CLI11 takes them from the back
    app.parse(std::move(args));
  } catch (const CLI::RequiredError& error) {
    return {std::nullopt, MissingCommand(app, error.what()), 2};
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const bool is_help = app.exit(error, out, err) == 0;
    return {std::nullopt, out.str() + err.str(), is_help ? 0 : 2};
  }
  if (!is_hil) options.command = app.get_subcommands().front()->get_name();
  const std::string contradiction = Contradiction(options);
  if (!contradiction.empty()) return {std::nullopt, contradiction, 2};
  return {std::move(options), {}, 0};
}

}  // namespace zprov::cli
