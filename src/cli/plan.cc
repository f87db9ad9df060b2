// zprov plan and zprov apply: what would be done, and doing it.
#include <fmt/chrono.h>
#include <fmt/ostream.h>

#include "cli/command.h"
#include "cli/json.h"
#include "cli/plan_text.h"
#include "core/plan/describe.h"
#include "engine/apply.h"

namespace zprov::cli {
namespace {

engine::Request RequestFor(const Context& context, os::System& system) {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(system.clock.WallTime());
  return {.wishes = context.options.wishes,
          .scope = context.options.scope,
          .holder = fmt::format("zprov {}, pid {}, since {:%F %T} UTC", context.options.command,
                                context.wiring.pid, fmt::gmtime(now.count()))};
}

Exit ShowPlan(const Context& context, os::System& system, const spec::ClusterSpec& spec) {
  const auto plan = engine::PlanFor(system, spec, RequestFor(context, system));
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
  const auto plan = engine::Apply(system, spec, RequestFor(context, system), on_step);
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

using Act = Exit (*)(const Context&, os::System&, const spec::ClusterSpec&);

Exit WithSpec(const Context& context, Act act) {
  Exit exit = Exit::kDone;
  const auto world = OpenWorld(context, exit);
  if (!world) return exit;
  const auto spec = LoadSpec(context, world->system(), exit);
  if (!spec) return exit;
  return act(context, world->system(), *spec);
}

}  // namespace

Exit RunPlan(const Context& context) { return WithSpec(context, ShowPlan); }

Exit RunApply(const Context& context) { return WithSpec(context, DoApply); }

}  // namespace zprov::cli
