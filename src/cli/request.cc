#include "cli/request.h"

#include <fmt/chrono.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <istream>

#include "cli/text.h"
#include "util/strings.h"

namespace zprov::cli {
namespace {

std::vector<std::string> NamesOf(const spec::ClusterSpec& spec) {
  std::vector<std::string> names;
  for (const spec::Node& node : spec.nodes) names.push_back(node.name);
  return names;
}

}  // namespace

Exit WithSpec(const Context& context, Act act) {
  Exit exit = Exit::kDone;
  const auto world = OpenWorld(context, exit);
  if (!world) return exit;
  const auto spec = LoadSpec(context, world->system(), exit);
  if (!spec) return exit;
  return act(context, world->system(), *spec);
}

bool IsWanted(const Context& context, std::string_view not_done) {
  if (context.options.yes) return true;
  std::ostream& err = context.streams.err;
  if (context.streams.in == nullptr) {
    fmt::print(err, "zprov: {}: say --yes if it may do that\n", not_done);
    return false;
  }
  fmt::print(err, "Go on? [y/N] ");
  err.flush();
  std::string answer;
  std::getline(*context.streams.in, answer);
  if (answer == "y" || answer == "yes") return true;
  fmt::print(err, "{}\n", not_done);
  return false;
}

std::string HolderOf(const Context& context, os::System& system) {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(system.clock.WallTime());
  return fmt::format("zprov {}, pid {}, since {:%F %T} UTC", context.options.command,
                     context.wiring.pid, fmt::gmtime(now.count()));
}

std::optional<NamedNodes> NodesOf(const Context& context, const spec::ClusterSpec& spec) {
  const std::vector<std::string> known = NamesOf(spec);
  std::vector<std::string> named = context.options.node_names;
  named.insert(named.end(), context.options.assume_down.begin(), context.options.assume_down.end());
  bool is_sound = true;
  for (const std::string& name : named) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto nearest = Nearest(name, known);
    fmt::print(context.streams.err, "zprov: the spec has no node {}{}\n", Printable(name),
               nearest ? fmt::format(": did you mean {}?", *nearest) : "");
    is_sound = false;
  }
  if (!is_sound) return std::nullopt;
  NamedNodes nodes;
  const auto& asked = context.options.node_names;
  std::copy_if(known.begin(), known.end(), std::back_inserter(nodes.nodes), [&](const auto& name) {
    return std::find(asked.begin(), asked.end(), name) != asked.end();
  });
  nodes.assume_down = {context.options.assume_down.begin(), context.options.assume_down.end()};
  return nodes;
}

engine::OnNotice Notices::Show() {
  return [this](const engine::Notice& notice) {
    const bool is_warning = notice.kind == engine::Notice::Kind::kWarning;
    if (is_warning) warnings_.push_back(notice.text);
    fmt::print(context_.streams.err, "{}{}\n", is_warning ? "warning: " : "",
               Printable(notice.text));
    context_.streams.err.flush();
  };
}

Exit ReportWork(const Context& context, const Error& error) {
  const Exit exit = Report(context, error);
  if (exit == Exit::kFailed) {
    fmt::print(context.streams.err,
               "zprov: stopped there; no node is left between two generations, and the next run "
               "finishes or clears away what this one began\n");
  }
  return exit;
}

}  // namespace zprov::cli
