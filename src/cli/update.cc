// zprov update: a new generation.
#include "engine/update.h"

#include <fmt/ostream.h>

#include "cli/json.h"
#include "cli/live_news.h"
#include "cli/orders_text.h"
#include "cli/request.h"
#include "cli/text.h"
#include "cli/update_text.h"
#include "engine/update_reboot.h"
#include "util/strings.h"

namespace zprov::cli {
namespace {

struct Renewal {
  os::System& system;
  const spec::ClusterSpec& spec;
  const engine::UpdateRequest& request;
  Notices& notices;
};

// Who was to be updated and kept its root, since it came up just then (compatible mode).
Exit ExitOf(const Context& context, const engine::Updated& updated) {
  if (context.options.skip_up || updated.skipped.empty()) return Exit::kDone;
  fmt::print(context.streams.err,
             "zprov: {}: it came up just then, and so it keeps the root that it runs: halt it and "
             "update it by its name\n",
             Printable(Join(updated.skipped, "; ")));
  return Exit::kFailed;
}

Exit Renew(const Context& context, const Renewal& renewal) {
  LiveNews news(context.streams);
  const engine::OnNotice on_notice = renewal.notices.Show();
  const engine::OnSnapshotNews on_snapshot = news.Show();
  const auto renewed = engine::UpdateAndReboot(renewal.system, renewal.spec, renewal.request,
                                               {on_notice, on_snapshot});
  news.End();
  if (!renewed) return ReportWork(context, renewed.error());
  context.streams.out << (context.options.json ? UpdateJson(*renewed, renewal.notices.warnings())
                                               : RenewedText(*renewed));
  if (!renewed->trouble.empty()) {
    fmt::print(
        context.streams.err,
        "zprov: generation {} is made, but its nodes were not rebooted: {}; then reboot them "
        "(zprov reboot NODE)\n",
        renewed->updated.number, Printable(renewed->trouble));
    return Exit::kFailed;
  }
  const bool all_obeyed = AllObeyed({.nodes = renewed->rebooted});
  return all_obeyed ? ExitOf(context, renewed->updated) : Exit::kFailed;
}

Exit DoUpdate(const Context& context, os::System& system, const spec::ClusterSpec& spec) {
  const auto named = NodesOf(context, spec);
  if (!named) return Exit::kUsage;
  const engine::UpdateRequest request{.nodes = named->nodes,
                                      .if_changed = context.options.if_changed,
                                      .skip_up = context.options.skip_up,
                                      .assume_down = named->assume_down,
                                      .holder = HolderOf(context, system)};
  Notices notices(context);
  if (context.options.reboot) return Renew(context, {system, spec, request, notices});
  const auto updated = engine::Update(system, spec, request, notices.Show());
  if (!updated) return ReportWork(context, updated.error());
  context.streams.out << (context.options.json ? UpdateJson({*updated}, notices.warnings())
                                               : UpdateText(*updated));
  return ExitOf(context, *updated);
}

}  // namespace

Exit RunUpdate(const Context& context) { return WithSpec(context, DoUpdate); }

}  // namespace zprov::cli
