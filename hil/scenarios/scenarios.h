// The bodies of the scenarios; their names and sentences are in table.cc.
#pragma once

#include "hil/scenario.h"

namespace zprov::hil {

// Observe: none of them changes anything.
Result<Ended> HostHasWhatIsNeeded(const Rig& rig);
Result<Ended> HostIsAsDescribed(const Rig& rig);
Result<Ended> ClusterIsTheRigs(const Rig& rig);
Result<Ended> PowerCanBeSwitched(const Rig& rig);
Result<Ended> ConsolesAreThere(const Rig& rig);
Result<Ended> DiskHasRoom(const Rig& rig);
Result<Ended> BootFilesAreSound(const Rig& rig);
Result<Ended> ExportsAreForTheirNodes(const Rig& rig);
Result<Ended> GenerationsAreCurrent(const Rig& rig);
Result<Ended> IdentitiesAreUnique(const Rig& rig);
Result<Ended> EveryNodeRuns(const Rig& rig);
Result<Ended> BoardsAreTheNodesOwn(const Rig& rig);
Result<Ended> LinksAreInTheBridge(const Rig& rig);
Result<Ended> MtuIsTheSameAtBothEnds(const Rig& rig);
Result<Ended> NodesLeaveTheirLinkAlone(const Rig& rig);

}  // namespace zprov::hil
