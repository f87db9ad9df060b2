// Builds a generation that nothing points to yet: one snapshot of the source, what all nodes share
// done once in it, the boot set, and a root for each node. Moves no pointer, writes no record: that
// is engine/commit.h.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "engine/identity.h"
#include "engine/notice.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

struct BuildOrder {
  int number = 0;                               // of the generation; its directory is made here
  std::vector<std::string> nodes;               // which get a root
  std::map<std::string, std::string> previous;  // node → its root until now: update_keep, losses
  // node → made_ns of the record of that root's generation. Left out for generation 0: when a root
  // was made by hand is told by what is in it.
  std::map<std::string, int64_t> made_ns;
  Identities identities = {};  // as far as they are known: who is not in it is looked up
};

struct Built {
  std::string kernel;  // version of kernel.img
};

// Everything is built below generations::Directory(number), with no fsync inside, and synced once
// at the end: it survives a power cut when this returns. What nodes will not have of the
// source, and what they wrote and leave behind, comes as notices.
// kRefused, before anything is made: no bootable kernel, source not a subvolume. kInvalid: a node
// that the spec does not have. On any error what was made stays, unfinished: DiscardGeneration.
Result<Built> BuildGeneration(os::System& system, const spec::ClusterSpec& spec,
                              const BuildOrder& order, const OnNotice& notice);

// The generation's directory goes with all in it, whatever state it is in; nothing when it is not
// there. Its record goes first, so that a cut in the middle leaves an unfinished generation. kBusy,
// before anything goes: a pointer names it. kNotEmpty: a root in it holds a subvolume that somebody
// made there.
Result<void> DiscardGeneration(os::System& system, const spec::ClusterSpec& spec, int number);

// One node's root and boot set of a generation go, the root first. kBusy: its pointer names it.
Result<void> DiscardRoot(os::System& system, const spec::ClusterSpec& spec, int number,
                         const std::string& node);

}  // namespace zprov::engine
