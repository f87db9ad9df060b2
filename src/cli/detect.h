// zprov --hil --detect: what was found of a rig, on a terminal and as a document.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "hil/detect.h"
#include "hil/try_power.h"
#include "hil/watch_plugs.h"

namespace zprov::cli {

// What became of the file for it.
struct DetectedFile {
  enum class What {
    kWritten,
    kSame,       // it says all that was found already
    kDiffers,    // it is there and says otherwise: left as it is
    kNoneFound,  // no board is a node's: nothing to write
  };
  std::string name;
  What what = What::kWritten;
  std::vector<hil::Finding> differences = {};  // kDiffers
};

// Boards, hubs and consoles, and what is not as it should be.
std::string DetectedText(const hil::Detected& detected);
// A line for whoever plugs boards in.
std::string PlugText(const spec::ClusterSpec& spec, const hil::PlugTold& told);
std::string DetectedFileText(const DetectedFile& file);

// schemas/detect.schema.json
// `tried`: what came of trying the power; none: it was not.
std::string DetectedJson(const std::string& cluster, const hil::Detected& detected,
                         const std::vector<hil::Row>& tried, const DetectedFile& file);

Exit DetectRig(const Context& context, const hil::Rig& rig);

}  // namespace zprov::cli
