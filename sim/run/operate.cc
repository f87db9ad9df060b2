// What the operator does.
#include <csignal>

#include "sim/run/performance.h"

namespace zprov::run {
namespace {

using std::chrono::seconds;
using Who = TraceLine::Who;

void Install(Performance& on) {
  on.Say(Who::kOperator, "installs a program");
  (void)on.world().system().files.Write(
      "/usr/sbin/blink", "#!/bin/sh\necho " + std::to_string(on.Now().count()) + "\n", 0755);
}

// How many boards may be served at once is changed, there and back.
std::string WithOtherNumberAtOnce(const std::string& text) {
  constexpr std::string_view kUsual = "at_once = 16\n";
  constexpr std::string_view kFewer = "at_once = 2\n";
  constexpr std::string_view kTable = "\n[boot]\nat_once = 2\n";
  const auto with = [&text](std::string_view before, std::string_view after) {
    std::string changed = text;
    return changed.replace(text.find(before), before.size(), after);
  };
  if (text.find(kTable) != std::string::npos) return with(kTable, "");
  if (text.find(kUsual) != std::string::npos) return with(kUsual, kFewer);
  if (text.find(kFewer) != std::string::npos) return with(kFewer, kUsual);
  return text + std::string(kTable);
}

void Reload(Performance& on) {
  on.Say(Who::kOperator, "edits the spec; systemctl reload zprov");
  const std::string text = WithOtherNumberAtOnce(on.world().scene().Content(kSpec));
  (void)on.world().system().files.Write(kSpec, text, 0644);  // not on a disk that takes nothing
  on.host().Signal(on.serve(), SIGHUP);
}

void Restart(Performance& on) {
  on.Say(Who::kOperator, "systemctl restart zprov");
  on.StopServe();
  on.After(seconds(12), [&on] { on.StartServe(); });
}

}  // namespace

void Act(Performance& on, const Action& action) {
  ++on.counts().actions[std::string(Name(action.what))];
  const std::string node = on.board(action.node).name;
  switch (action.what) {
    case ActionKind::kUpdateReboot:
      on.Run({"update", "--reboot"});
      return;
    case ActionKind::kReboot:
      on.Run({"reboot", node});
      return;
    case ActionKind::kHaltAndBoot:
      on.Run({"halt", node});
      return on.After(seconds(40), [&on, node] { on.Run({"boot", node}); });
    case ActionKind::kInstall:
      return Install(on);
    case ActionKind::kReload:
      return Reload(on);
    case ActionKind::kRestart:
      return Restart(on);
    case ActionKind::kHostReboot:
      on.Say(Who::kOperator, "reboots the host");
      return on.RebootHost();
    case ActionKind::kUpdate:
    case ActionKind::kRollback:
    case ActionKind::kPrune:
    case ActionKind::kApply:
    case ActionKind::kStatus:
      on.Run({std::string(Name(action.what))});
      return;
  }
}

}  // namespace zprov::run
