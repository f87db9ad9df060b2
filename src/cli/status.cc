// zprov status: what each node runs and would get.
#include "engine/status.h"

#include "cli/json.h"
#include "cli/request.h"
#include "cli/status_text.h"

namespace zprov::cli {
namespace {

Exit ShowStatus(const Context& context, os::System& system, const spec::ClusterSpec& spec) {
  const auto named = NodesOf(context, spec);
  if (!named) return Exit::kUsage;
  const auto node =
      named->nodes.empty() ? std::nullopt : std::optional<std::string>(named->nodes.front());
  const auto status = engine::Status(system, spec, node);
  if (!status) return Report(context, status.error());
  if (context.options.json) {
    context.streams.out << StatusJson(*status);
  } else {
    context.streams.out << (node ? NodeText(*status) : StatusText(*status));
  }
  return Exit::kDone;
}

}  // namespace

Exit RunStatus(const Context& context) { return WithSpec(context, ShowStatus); }

}  // namespace zprov::cli
