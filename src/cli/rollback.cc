// zprov rollback: back to the generation before.
#include "cli/json.h"
#include "cli/request.h"
#include "cli/update_text.h"
#include "engine/update.h"

namespace zprov::cli {
namespace {

Exit DoRollback(const Context& context, os::System& system, const spec::ClusterSpec& spec) {
  const auto named = NodesOf(context, spec);
  if (!named) return Exit::kUsage;
  const engine::RollbackRequest request{.nodes = named->nodes,
                                        .assume_down = named->assume_down,
                                        .holder = HolderOf(context, system)};
  Notices notices(context);
  const auto rolled_back = engine::Rollback(system, spec, request, notices.Show());
  if (!rolled_back) return ReportWork(context, rolled_back.error());
  context.streams.out << (context.options.json ? RollbackJson(*rolled_back, notices.warnings())
                                               : RollbackText(*rolled_back));
  return Exit::kDone;
}

}  // namespace

Exit RunRollback(const Context& context) { return WithSpec(context, DoRollback); }

}  // namespace zprov::cli
