// zprov plan and zprov apply: what would be done, and doing it.
#include <fmt/ostream.h>

#include "cli/json.h"
#include "cli/plan_text.h"
#include "cli/request.h"
#include "core/plan/describe.h"
#include "engine/apply.h"
#include "engine/observe.h"

namespace zprov::cli {
namespace {

Exit ShowPlan(const Context& context, os::System& system, const spec::ClusterSpec& spec) {
  const auto plan = engine::MakePlan(system, spec, context.options.wishes);
  if (!plan) return Report(context, plan.error());
  if (context.options.json) {
    context.streams.out << PlanJson("plan", *plan);
  } else {
    context.streams.out << PlanText(*plan);
  }
  if (!plan->refusals.empty()) return Exit::kRefused;
  return plan->steps.empty() ? Exit::kDone : Exit::kHasChanges;
}

Exit DoApply(const Context& context, os::System& system, const spec::ClusterSpec& spec) {
  const auto on_step = [&](const engine::Progress& progress) {
    fmt::print(context.streams.err, "[{}/{}] {}\n", progress.number, progress.total,
               plan::Title(progress.step.action));
    context.streams.err.flush();
  };
  Notices notices(context);
  const engine::Request request{.wishes = context.options.wishes,
                                .holder = HolderOf(context, system),
                                .notice = notices.Show()};
  const auto plan = engine::Apply(system, spec, request, on_step);
  if (!plan) {
    const Exit exit = Report(context, plan.error());
    if (exit == Exit::kFailed) {
      fmt::print(context.streams.err,
                 "zprov: stopped there; what was done stays, and the next apply goes on from it\n");
    }
    return exit;
  }
  if (context.options.json) {
    context.streams.out << PlanJson("apply", *plan);
  } else {
    context.streams.out << AppliedText(*plan);
  }
  return plan->refusals.empty() ? Exit::kDone : Exit::kRefused;
}

}  // namespace

Exit RunPlan(const Context& context) { return WithSpec(context, ShowPlan); }

Exit RunApply(const Context& context) { return WithSpec(context, DoApply); }

}  // namespace zprov::cli
