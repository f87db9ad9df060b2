// zprov status: what each node runs and would get, and what a running serve knows of it.
#include "engine/status.h"

#include "cli/json.h"
#include "cli/live.h"
#include "cli/request.h"
#include "cli/status_text.h"

namespace zprov::cli {
namespace {

Exit ShowStatus(const Context& context, os::System& system, const spec::ClusterSpec& spec) {
  if (context.options.watch) return WatchServe(context, system);
  const auto named = NodesOf(context, spec);
  if (!named) return Exit::kUsage;
  const auto node =
      named->nodes.empty() ? std::nullopt : std::optional<std::string>(named->nodes.front());
  const auto status = engine::Status(system, spec, node);
  if (!status) return Report(context, status.error());
  const auto live = AskServe(context, system);
  if (context.options.json) {
    context.streams.out << StatusJson(*status, live);
  } else {
    context.streams.out << (node ? NodeText(*status, live) : StatusText(*status, live));
  }
  return Exit::kDone;
}

}  // namespace

Exit RunStatus(const Context& context) { return WithSpec(context, ShowStatus); }

}  // namespace zprov::cli
