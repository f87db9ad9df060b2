// From a host as a scenario has it to one that serve can start on, as README tells its operator.
#include "sim/run/performance.h"
#include "sim/scenarios/hosts.h"
#include "sim/scenarios/power.h"
#include "util/strings.h"

namespace zprov::run {
namespace {

constexpr std::string_view kSentence = "a host is installed as README says";
constexpr int kHasChanges = 4;  // what plan ends with when there is something to do

void Expect(Performance& on, const std::vector<std::string>& command, int exit) {
  const auto ended = on.RunToTheEnd(command);
  if (ended == exit) return;
  const std::string how = ended ? std::to_string(*ended) : "nothing";
  on.Break(kSentence, command.front() + " ended with " + how);
  throw IsBroken();
}

// What init printed, with the ports where it says they belong.
std::string WithPorts(const std::vector<PortPath>& ports, Performance& on) {
  const std::string& text = on.said();
  const size_t at = text.find("# usb = [");
  if (at == std::string::npos) {
    on.Break(kSentence, "init has no line for the ports");
    throw IsBroken();
  }
  std::vector<std::string> words;
  for (const PortPath& port : ports) words.push_back("\"" + port.ToString() + "\"");
  return text.substr(0, at) + "usb = [" + Join(words, ", ") + "]" +
         text.substr(text.find('\n', at));
}

void Describe(Performance& on, int nodes) {
  Expect(on, {"init", "--nodes", std::to_string(nodes)}, 0);
  on.Say(TraceLine::Who::kOperator, "writes the ports into " + std::string(kSpec));
  on.world().Put(kSpec,
                 WithPorts(sim::RigPorts(nodes), on) + sim::PowerInSpec(nodes, on.plan().power));
  on.world().scene().SyncAll();
  Expect(on, {"check"}, 0);
  Expect(on, {"plan"}, kHasChanges);
}

void EndRpiboot(Performance& on) {
  on.Say(TraceLine::Who::kOperator, "ends rpiboot");
  const auto running = on.world().system().live->process_table.Named("rpiboot");
  for (const os::RunningProcess& one : *running) on.world().process_table().Remove(one.pid);
}

}  // namespace

void SetUpHost(Performance& on) {
  switch (on.plan().scenario) {
    case Scenario::kRig:
    case Scenario::kCompatible:
      return Expect(on, {"apply"}, 0);
    case Scenario::kHandMade:
      Describe(on, sim::kHandMadeNodes);
      Expect(on, {"apply"}, 0);
      EndRpiboot(on);
      return Expect(on, {"update"}, 0);  // the first generation; the roots made by hand are kept
    case Scenario::kBare:
      Describe(on, on.plan().nodes);
      return Expect(on, {"apply"}, 0);
  }
}

}  // namespace zprov::run
