#include "hil/knocks.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/node_reports.h"
#include "hil/program_watch.h"
#include "hil/returns.h"

namespace zprov::hil {
namespace {

Result<bool> HaveAllAnswered(const Rig& rig, std::vector<Knocked>& nodes) {
  bool all = true;
  for (Knocked& one : nodes) {
    if (!one.has_answered) {
      ZPROV_ASSIGN(one.has_answered, engine::IsTaken(rig.system, one.root));
    }
    all &= one.has_answered;
  }
  return all;
}

}  // namespace

Result<void> KnockAt(const Rig& rig, std::vector<Knocked>& nodes) {
  for (Knocked& one : nodes) {
    one.has_answered = false;
    ZPROV_TRY(engine::Knock(rig.system, one.root));
  }
  return {};
}

Result<bool> AwaitAnswers(const Rig& rig, os::Moment time, std::vector<Knocked>& nodes) {
  const os::Moment late = rig.system.clock.Now() + time;
  while (rig.system.clock.Now() < late) {
    ZPROV_ASSIGN(const bool have_all, HaveAllAnswered(rig, nodes));
    if (have_all) break;
    ZPROV_TRY(rig.system.events.Next(std::min(late, rig.system.clock.Now() + kLookEvery)));
    if (rig.programs != nullptr && rig.programs->WasInterrupted()) return false;
  }
  return true;
}

Finding DoesNotUseItsRoot(const std::string& node, const std::string& since) {
  return {Grade::kBad, node, "does not use its root any more " + since,
          fmt::format("zprov reboot {0}, else its power; see that its nfsroot is not soft (zprov "
                      "render cmdline:{0}) and that its root is exported to it (exportfs -s)",
                      node)};
}

}  // namespace zprov::hil
