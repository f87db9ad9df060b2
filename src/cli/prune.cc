// zprov prune: old generations go.
#include "cli/json.h"
#include "cli/request.h"
#include "cli/update_text.h"
#include "engine/update.h"

namespace zprov::cli {
namespace {

Exit DoPrune(const Context& context, os::System& system, const spec::ClusterSpec& spec) {
  const auto named = NodesOf(context, spec);
  if (!named) return Exit::kUsage;
  const engine::PruneRequest request{.keep = context.options.keep,
                                     .assume_down = named->assume_down,
                                     .holder = HolderOf(context, system)};
  Notices notices(context);
  const auto pruning = engine::Prune(system, spec, request, notices.Show());
  if (!pruning) return ReportWork(context, pruning.error());
  context.streams.out << (context.options.json ? PruneJson(*pruning, notices.warnings())
                                               : PruneText(*pruning));
  return Exit::kDone;
}

}  // namespace

Exit RunPrune(const Context& context) { return WithSpec(context, DoPrune); }

}  // namespace zprov::cli
