// A command line of the run's own in the place where an operator would lay one for a single node
// (/x/sboot/1-1.3/cmdline.txt): the node's next boot has it, and it is gone when the run ends.
#pragma once

#include <string>

#include "core/spec/cluster_spec.h"
#include "hil/rig.h"
#include "util/result.h"

namespace zprov::hil {

// Why none can be laid there, for a person; empty: it can. The node has a port.
Result<std::string> WhyNoLine(const Rig& rig, const spec::Node& node);

// Noted first, so that whoever starts after a run that was cut off takes it away. kExists: what
// WhyNoLine says.
Result<void> LayLine(const Rig& rig, const spec::Node& node, const std::string& line);

// Nothing of it is there any more, also after a power cut, nor noted. What says something else is
// somebody else's, and stays.
Result<void> TakeLineAway(const Rig& rig);

}  // namespace zprov::hil
