// zprov halt, zprov reboot: nodes in order, each with a deadline.
#include "cli/json.h"
#include "cli/live_news.h"
#include "cli/orders_text.h"
#include "cli/request.h"
#include "engine/serve/give_order.h"

namespace zprov::cli {
namespace {

Exit Give(const Context& context, os::System& system, const spec::ClusterSpec& spec,
          engine::Order what) {
  const auto named = NodesOf(context, spec);
  if (!named) return Exit::kUsage;
  LiveNews news(context.streams);
  const engine::OrderRequest request{what, named->nodes, HolderOf(context, system)};
  const auto ordered = engine::GiveOrder(system, spec, request, news.Show());
  news.End();
  if (!ordered) return Report(context, ordered.error());
  context.streams.out << (context.options.json ? OrderedJson(what, *ordered)
                                               : OrderedText(what, *ordered));
  return AllObeyed(*ordered) ? Exit::kDone : Exit::kFailed;
}

Exit DoHalt(const Context& context, os::System& system, const spec::ClusterSpec& spec) {
  return Give(context, system, spec, engine::Order::kHalt);
}

Exit DoReboot(const Context& context, os::System& system, const spec::ClusterSpec& spec) {
  return Give(context, system, spec, engine::Order::kReboot);
}

}  // namespace

Exit RunHalt(const Context& context) { return WithSpec(context, DoHalt); }
Exit RunReboot(const Context& context) { return WithSpec(context, DoReboot); }

}  // namespace zprov::cli
