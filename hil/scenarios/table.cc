// Every scenario: the table that a run goes through.
#include "hil/scenarios/scenarios.h"

namespace zprov::hil {

const std::vector<Scenario>& Scenarios() {
  static const std::vector<Scenario> scenarios = {
      {"host", "The host has what zprov needs.", Level::kObserve, HostHasWhatIsNeeded},
      {"description", "The host is as cluster.toml describes it.", Level::kObserve,
       HostIsAsDescribed},
      {"rig",
       "cluster.toml describes the rig that rig.toml does.",
       Level::kObserve,
       ClusterIsTheRigs,
       {Capability::kDescribed}},
      {"power",
       "What switches the nodes' power is there.",
       Level::kObserve,
       PowerCanBeSwitched,
       {Capability::kPower}},
      {"consoles",
       "Every console that rig.toml names is there.",
       Level::kObserve,
       ConsolesAreThere,
       {Capability::kConsole}},
      {"disk", "The disk has room for the next generations.", Level::kObserve, DiskHasRoom},
      {"boot-files", "Each node would get files that it can boot from.", Level::kObserve,
       BootFilesAreSound},
      {"exports", "Each root is exported to its own node, and to nobody else.", Level::kObserve,
       ExportsAreForTheirNodes},
      {"identities", "No two nodes share a name, a machine-id or a host key.", Level::kObserve,
       IdentitiesAreUnique},
      {"quiet-links", "No node's own network manager takes its link, and its root, away.",
       Level::kObserve, NodesLeaveTheirLinkAlone},
      {"nodes", "Every node runs, and said so itself in this boot.", Level::kObserve,
       EveryNodeRuns},
      {"generations", "Every node runs the generation that it would get.", Level::kObserve,
       GenerationsAreCurrent},
      {"boards", "At every port is the board that belongs there.", Level::kObserve,
       BoardsAreTheNodesOwn},
      {"links", "Every node's link has its name, its address and its place in the bridge.",
       Level::kObserve, LinksAreInTheBridge},
      {"mtu", "Every link carries packets of the same size, at both ends.", Level::kObserve,
       MtuIsTheSameAtBothEnds},
  };
  return scenarios;
}

}  // namespace zprov::hil
