#include "cli/cli.h"

#include <fmt/ostream.h>

#include <string_view>

#include "cli/command.h"
#include "cli/record.h"

namespace zprov::cli {
namespace {

struct Command {
  std::string_view name;
  Exit (*run)(const Context&);
};

Result<std::unique_ptr<World>> Open(const Context& context) {
  if (context.options.rig == Rig::kSim) return context.wiring.open_sim();
  if (context.options.root != "/") return context.wiring.open_tree(context.options.root);
  return context.wiring.open_host();
}

constexpr Command kCommands[] = {
    {"init", RunInit},     {"check", RunCheck},   {"render", RunRender},     {"plan", RunPlan},
    {"apply", RunApply},   {"update", RunUpdate}, {"rollback", RunRollback}, {"prune", RunPrune},
    {"serve", RunServe},   {"boot", RunBoot},     {"halt", RunHalt},         {"reboot", RunReboot},
    {"status", RunStatus}, {"doctor", RunDoctor}, {"demo", RunDemo},         {"hil", RunHil},
};

}  // namespace

int Run(const std::vector<std::string>& args, const Wiring& wiring, const Streams& streams) {
  const Parsed parsed = ParseArguments(args);
  if (!parsed.options) {
    (parsed.exit_code == 0 ? streams.out : streams.err) << parsed.text;
    return parsed.exit_code;
  }
  const Context context{*parsed.options, wiring, streams};
  const bool is_recorded = !context.options.record.empty();
  return static_cast<int>(is_recorded ? RunRecorded(context, args) : RunCommand(context));
}

Exit RunCommand(const Context& context) {
  const std::string& name = context.options.command;
  for (const Command& command : kCommands) {
    if (command.name == name) return command.run(context);
  }
  fmt::print(context.streams.err, "zprov: {} has no entry in the table of commands\n", name);
  return Exit::kFailed;
}

std::unique_ptr<World> OpenWorld(const Context& context, Exit& exit) {
  auto world = Open(context);
  if (world) return std::move(*world);
  const Error& error = world.error();
  const bool is_misnamed =
      error.kind == ErrorKind::kNotFound || error.kind == ErrorKind::kNotDirectory;
  if (context.options.root == "/" || !is_misnamed) {
    exit = Report(context, error);
    return nullptr;
  }
  fmt::print(context.streams.err, "zprov: --root {}: name a directory that exists: {}\n",
             context.options.root, error.message);
  exit = Exit::kUsage;
  return nullptr;
}

Exit Report(const Context& context, const Error& error) {
  fmt::print(context.streams.err, "zprov: {}\n", error.message);
  if (error.kind == ErrorKind::kPermission) {
    fmt::print(context.streams.err, "zprov: most of this needs root: try again as root\n");
  }
  return error.kind == ErrorKind::kRefused ? Exit::kRefused : Exit::kFailed;
}

}  // namespace zprov::cli
