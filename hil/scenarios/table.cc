// Every scenario: the table that a run goes through.
#include <algorithm>
#include <iterator>

#include "hil/scenarios/scenarios.h"

namespace zprov::hil {

namespace {

using Rows = std::vector<Scenario>;

// Change nothing.
Rows Observing() {
  return {
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
      {"left-over", "No earlier run was cut off while it disturbed the rig.", Level::kObserve,
       NothingIsLeftOver},
      {"host-reboot", "Every node runs again, as itself, since a run rebooted this host.",
       Level::kObserve, NodesRunAgainAfterTheHostRebooted},
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
      {"theft", "A node that takes another's address gets nothing by it.", Level::kObserve,
       EachPortIsItsNodesAlone},
      {"mtu", "Every link carries packets of the same size, at both ends.", Level::kObserve,
       MtuIsTheSameAtBothEnds},
  };
}

// Nodes leave and come back.
Rows Cycling() {
  return {
      {"packets",
       "Packets of full size get to every node and back.",
       Level::kCycle,
       FullPacketsGoBothWays,
       {},
       "sends each node five packets as large as the MTU allows"},
      {"throughput",
       "Every link carries what it should, alone and while all others are busy.",
       Level::kCycle,
       LinksCarryEnough,
       {},
       "sends each node a few thousand packets as fast as they come back"},
      {"serve",
       "No node notices that the daemon is killed, and it is back by itself.",
       Level::kCycle,
       ServeIsKilledAndComesBack,
       {},
       "kills zprov.service, which systemd starts anew"},
      {"link-loss",
       "Every node goes on, root and all, when its link was away for half a minute.",
       Level::kCycle,
       RootsSurviveALinkLoss,
       {},
       "takes the links of all nodes down for half a minute"},
      {"reboot",
       "A node that is told to reboot comes back as itself, in another boot.",
       Level::kCycle,
       EachNodeReboots,
       {},
       "reboots each node, one after another"},
      {"reboot-all",
       "All nodes reboot at once.",
       Level::kCycle,
       AllNodesReboot,
       {},
       "reboots all nodes at once"},
      {"cold-boot",
       "A node whose power was cut comes back as itself and disturbs no other.",
       Level::kCycle,
       EachNodeBootsCold,
       {Capability::kPower},
       "cuts each node's power, one after another, while it runs"},
      {"cold-boot-all",
       "All nodes come back at once when their power was cut.",
       Level::kCycle,
       AllNodesBootCold,
       {Capability::kPower},
       "cuts the power of all nodes at once"},
  };
}

// Plugs are moved.
Rows MovingPlugs() {
  return {
      {"unplug",
       "A node whose plug is pulled and put back runs on or boots again, as itself, and disturbs "
       "no other.",
       Level::kCycle,
       EachNodeOutlivesAPulledPlug,
       {Capability::kPull},
       "has each node's plug pulled and put back, one after another"},
      {"exchange",
       "Two boards that are exchanged run as the nodes of the ports where they are.",
       Level::kCycle,
       ExchangedBoardsAreTheirPortsNodes,
       {Capability::kPower, Capability::kPlugs},
       "exchanges the boards of the first two nodes, without power, and back"},
  };
}

// Power goes in the middle of a boot.
Rows CuttingBoots() {
  return {
      {"console-boot",
       "Every console says something while its node boots.",
       Level::kCycle,
       ConsolesSpeakWhileNodesBoot,
       {Capability::kPower, Capability::kConsole},
       "cuts the power of those with a console, and listens"},
      {"cut-rom",
       "A node boots whose power went while its boot ROM waited.",
       Level::kCycle,
       PowerGoesInTheBootRom,
       {Capability::kPower},
       "cuts all nodes' power again in that stage"},
      {"cut-first-stage",
       "A node boots whose power went when it had its first stage.",
       Level::kCycle,
       PowerGoesInTheFirstStage,
       {Capability::kPower},
       "cuts all nodes' power again in that stage"},
      {"cut-files",
       "A node boots whose power went while it was sent its files.",
       Level::kCycle,
       PowerGoesWhileFilesAreServed,
       {Capability::kPower},
       "cuts all nodes' power again in that stage"},
      {"cut-kernel",
       "A node boots whose power went while its kernel started.",
       Level::kCycle,
       PowerGoesWhileTheKernelStarts,
       {Capability::kPower},
       "cuts all nodes' power again in that stage"},
      {"cut-mounted",
       "A node boots whose power went when it had mounted its root.",
       Level::kCycle,
       PowerGoesBeforeTheNodeIsHealthy,
       {Capability::kPower},
       "cuts all nodes' power again in that stage"},
  };
}

// Nodes take other generations.
Rows Updating() {
  return {
      {"update",
       "Nodes run on while they are updated, take it when they reboot, and go back.",
       Level::kFull,
       NodesTakeAnUpdateAndGoBack,
       {},
       "makes a generation, reboots all nodes into it, rolls them back and reboots them again"},
      {"update-reboot",
       "Nodes are updated and rebooted in one act, and go back.",
       Level::kFull,
       NodesRebootIntoAnUpdateAndGoBack,
       {},
       "the same by update --reboot"},
      {"update-cut",
       "An update survives that the power goes in each stage of its nodes' first boots.",
       Level::kFull,
       UpdateSurvivesPowerCutsInItsFirstBoots,
       {Capability::kPower},
       "makes a generation, cuts all nodes' power in each stage of booting it, and goes back"},
      {"thief",
       "A node that boots with another's address gets neither its packets nor its root.",
       Level::kFull,
       AThiefOfAnAddressGetsNothing,
       {Capability::kPower},
       "makes a generation, and boots the second node with the address of the first, and as "
       "itself"},
  };
}

}  // namespace

const std::vector<Scenario>& Scenarios() {
  static const Rows all = [] {
    Rows table = Observing();
    for (Rows more : {Cycling(), MovingPlugs(), CuttingBoots(), Updating()}) {
      std::ranges::move(more, std::back_inserter(table));
    }
    return table;
  }();
  return all;
}

}  // namespace zprov::hil
