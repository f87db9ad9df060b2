// The latest boots of a node on disk: files 17.json, 18.json, … in one directory, of which the
// latest stay.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "engine/boots/timeline.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

inline constexpr size_t kBootsKept = 20;  // of each node

// For os::Background. `text` becomes the next file of `directory`, which is made when it is missing
// (its parent too), and the oldest go. Errors: those of Files::Write, and of removing.
Result<void> KeepBoot(os::Files& files, os::Trees& trees, const std::string& directory,
                      const std::string& text);

struct KeptBoot {
  int64_t number = 0;  // upwards in time
  BootTimeline timeline;
};

struct KeptBoots {
  std::vector<KeptBoot> boots;       // the latest first, at most kBootsKept
  std::vector<std::string> damaged;  // "/x/.zprov/boots/s0/17.json: why it cannot be read"
};

// Nothing is there for a node that was never booted. Errors: a directory that cannot be read.
Result<KeptBoots> ReadBoots(os::System& system, const spec::ClusterSpec& spec,
                            const std::string& node);

// The latest of them alone; nothing when it cannot be read. Errors as above.
Result<std::optional<BootTimeline>> ReadLatestBoot(os::System& system,
                                                   const spec::ClusterSpec& spec,
                                                   const std::string& node);

}  // namespace zprov::engine
