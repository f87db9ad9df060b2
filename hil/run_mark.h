// What a run that disturbs the rig leaves on the disk while it is under way, so that whoever starts
// after it was cut off (kill -9, a power cut) knows what is to be put back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::hil {

struct RunMark {
  int newest = 0;                           // generation that there was
  std::vector<int> made;                    // by the run, later than that; nobody else's is touched
  std::vector<std::string> nodes;           // that ran, and are to run again
  std::vector<std::string> exchanged = {};  // two whose boards may be in each other's port
  std::string pulled = {};                  // whose plug may be out; empty: nobody's
  std::string laid = {};                    // where a command line may be; empty: nowhere
  std::string laid_line = {};               // which is the run's own if it says this

  bool operator==(const RunMark&) const = default;
};

std::string RunMarkPath(const spec::ClusterSpec& spec);  // "/x/.zprov/hil.run"

// It is on disk, also after a power cut, when this returns. kNotFound: apply was never run.
Result<void> WriteRunMark(os::System& system, const spec::ClusterSpec& spec, const RunMark& mark);

// Nothing: no run is under way or was cut off. Of `nodes` those are left out that
// the spec has no more; plugs stay as they are whoever is described. kInvalid: what is there is
// none, and the message says what to do.
Result<std::optional<RunMark>> ReadRunMark(os::System& system, const spec::ClusterSpec& spec);

// Of the run that is under way. kNotFound: somebody removed it.
Result<RunMark> NeedRunMark(os::System& system, const spec::ClusterSpec& spec);

Result<void> RemoveRunMark(os::System& system, const spec::ClusterSpec& spec);

}  // namespace zprov::hil
