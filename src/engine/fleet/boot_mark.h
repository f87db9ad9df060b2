// What a later `serve` must know of a boot that this one began: kept for each node in /run, which
// is no disk and ends with the host's own boot. What a node did before that is recalled from its
// kept boots (engine/boots).
#pragma once

#include <optional>
#include <string>

#include "core/spec/cluster_spec.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

inline constexpr const char* kBootMarks = "/run/zprov/boots";

struct BootMark {
  std::string nonce;              // as on the node's command line
  std::optional<int> generation;  // whose root that is
  std::string root;               // its real path; empty: the command line names none of ours
  bool is_sure = true;            // false: somebody else may have booted it since

  bool operator==(const BootMark&) const = default;
};

// The directory is there afterwards. Errors of os::Trees::MakeDirectory.
Result<void> MakeRoomForBootMarks(os::System& system);
// In the place of the node's mark before. Errors of os::Files::Write.
Result<void> WriteBootMark(os::System& system, const std::string& node, const BootMark& mark);
// In its place: the node was halted and is to stay down. Errors as above.
Result<void> MarkHalted(os::System& system, const std::string& node);
bool IsMarkedHalted(os::System& system, const std::string& node);
// In its place: the node's power is cut, and will be given again. Errors as above.
Result<void> MarkPowerCut(os::System& system, const std::string& node);
bool IsMarkedPowerCut(os::System& system, const std::string& node);
// In its place: it was given again. Errors as above.
Result<void> MarkPowerGiven(os::System& system, const std::string& node);
// Nothing: there is none that can be read.
std::optional<BootMark> ReadBootMark(os::System& system, const std::string& node);
// Of a boot that a serve before us began and that has not come to its root: the board may have its
// command line already, so whoever goes on with it must keep to this nonce.
std::optional<BootMark> ReadUnfinishedMark(os::System& system, const spec::ClusterSpec& spec,
                                           const std::string& node);
// Of the same boot where its node has come to another root than `mark` says: compatibly it mounts
// what /x/s0 leads to just then, and that may have moved on while Linux started. Nothing: it has
// not.
std::optional<BootMark> FindMovedBoot(os::System& system, const spec::ClusterSpec& spec,
                                      const std::string& node, const BootMark& mark);
// Of a node that still runs after the host's own reboot, as its latest kept boot says. It is sure
// while that boot's generation is the current one: any boot since then has replaced what the node
// reports there. Nothing: no boot is kept that had a root of ours.
std::optional<BootMark> RecallBoot(os::System& system, const spec::ClusterSpec& spec,
                                   const std::string& node);

}  // namespace zprov::engine
