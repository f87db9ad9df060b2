// The bodies of the scenarios; their names and sentences are in table.cc.
#pragma once

#include "hil/scenario.h"

namespace zprov::hil {

// Observe: none of them changes anything; the note of a reboot goes when it was judged.
Result<Ended> HostHasWhatIsNeeded(const Rig& rig);
Result<Ended> HostIsAsDescribed(const Rig& rig);
Result<Ended> ClusterIsTheRigs(const Rig& rig);
Result<Ended> PowerCanBeSwitched(const Rig& rig);
Result<Ended> ConsolesAreThere(const Rig& rig);
Result<Ended> NothingIsLeftOver(const Rig& rig);
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
Result<Ended> NodesRunAgainAfterTheHostRebooted(const Rig& rig);

// Cycle: nodes leave and come back.
Result<Ended> EachNodeReboots(const Rig& rig);
Result<Ended> AllNodesReboot(const Rig& rig);
Result<Ended> EachNodeBootsCold(const Rig& rig);
Result<Ended> AllNodesBootCold(const Rig& rig);
Result<Ended> PowerGoesInTheBootRom(const Rig& rig);
Result<Ended> PowerGoesInTheFirstStage(const Rig& rig);
Result<Ended> PowerGoesWhileFilesAreServed(const Rig& rig);
Result<Ended> PowerGoesWhileTheKernelStarts(const Rig& rig);
Result<Ended> PowerGoesBeforeTheNodeIsHealthy(const Rig& rig);
Result<Ended> EachNodeOutlivesAPulledPlug(const Rig& rig);
Result<Ended> ExchangedBoardsAreTheirPortsNodes(const Rig& rig);
Result<Ended> ConsolesSpeakWhileNodesBoot(const Rig& rig);
Result<Ended> FullPacketsGoBothWays(const Rig& rig);
Result<Ended> EachPortIsItsNodesAlone(const Rig& rig);
Result<Ended> LinksCarryEnough(const Rig& rig);
Result<Ended> ServeIsKilledAndComesBack(const Rig& rig);
Result<Ended> RootsSurviveALinkLoss(const Rig& rig);

// Full: nodes take generations that the run made.
Result<Ended> NodesTakeAnUpdateAndGoBack(const Rig& rig);
Result<Ended> NodesRebootIntoAnUpdateAndGoBack(const Rig& rig);
Result<Ended> UpdateSurvivesPowerCutsInItsFirstBoots(const Rig& rig);
Result<Ended> AThiefOfAnAddressGetsNothing(const Rig& rig);

}  // namespace zprov::hil
