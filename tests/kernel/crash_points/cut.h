// Cutting an operation off in the middle, on a real disk.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "adapters/host_world.h"
#include "core/spec/cluster_spec.h"
#include "os/system.h"
#include "support/loop_btrfs.h"

namespace zprov::tests {

// The procedure's first two nodes: what is done for one node is done for each.
spec::ClusterSpec TwoNodes(spec::Mode mode);

std::unique_ptr<adapters::HostWorld> WorldAt(const LoopBtrfs& disk);

// Runs it in a child that kills itself instead of making that call to the world. Fails the test
// when the call is never made.
void RunUntilKilled(const LoopBtrfs& disk, uint64_t call,
                    const std::function<void(os::System&)>& operation);

}  // namespace zprov::tests
