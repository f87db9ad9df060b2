// How nodes boot, as people read it: a line per change while they do, and a table of how it ended.
#pragma once

#include <string>
#include <vector>

#include "engine/serve/boot_nodes.h"

namespace zprov::cli {

// "serving 2" (its second session), "recovering: reset the device".
std::string StageOf(const engine::NodeView& view);

// A line each: boards that no node has, with what to write, and warnings.
std::string BoardsAndWarnings(const std::vector<engine::UnknownBoard>& boards,
                              const std::vector<std::string>& warnings);

// "s0: serving", with what there is to say about it. Ends with a newline.
std::string NoticeText(const engine::NodeNotice& notice);

// A row per node; below, for each that does not run, where it is stuck, which file it asked for
// last and the likely cause; boards that no node has; warnings. The last line sums it up.
std::string BootedText(const engine::Booted& booted);

// Every node runs.
bool AllRun(const engine::Booted& booted);

}  // namespace zprov::cli
