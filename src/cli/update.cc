// zprov update: a new generation.
#include "engine/update.h"

#include "cli/json.h"
#include "cli/request.h"
#include "cli/update_text.h"

namespace zprov::cli {
namespace {

Exit DoUpdate(const Context& context, os::System& system, const spec::ClusterSpec& spec) {
  const auto named = NodesOf(context, spec);
  if (!named) return Exit::kUsage;
  const engine::UpdateRequest request{.nodes = named->nodes,
                                      .if_changed = context.options.if_changed,
                                      .skip_up = context.options.skip_up,
                                      .assume_down = named->assume_down,
                                      .holder = HolderOf(context, system)};
  Notices notices(context);
  const auto updated = engine::Update(system, spec, request, notices.Show());
  if (!updated) return ReportWork(context, updated.error());
  context.streams.out << (context.options.json ? UpdateJson(*updated, notices.warnings())
                                               : UpdateText(*updated));
  return Exit::kDone;
}

}  // namespace

Exit RunUpdate(const Context& context) { return WithSpec(context, DoUpdate); }

}  // namespace zprov::cli
