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
void Reload(Performance& on) {
  on.Say(Who::kOperator, "edits the spec; systemctl reload zprov");
  constexpr std::string_view kKey = "\n[boot]\nat_once = 2\n";
  std::string text = on.world().scene().Content(kSpec);
  const size_t at = text.find(kKey);
  if (at == std::string::npos) {
    text += kKey;
  } else {
    text.erase(at, kKey.size());
  }
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
