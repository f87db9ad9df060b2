// The three ways to give N nodes new roots that update_bench.cc compares.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"

namespace zprov::bench {

// Below directory `root`, a subvolume on a real disk; not touched by any zprov yet.
struct Host {
  std::string root;
  spec::ClusterSpec spec;
};

struct Side {
  const char* name;
  // Whatever is there before the round that is measured: earlier roots, identities.
  void (*prepare)(const Host& host);
  // Gives every node a new root. Returns their paths. Both throw std::runtime_error.
  std::vector<std::string> (*run)(const Host& host);
};

// The procedure's /x/supdate with btrfs-progs and bash; libbtrfsutil's snapshot calls and one sync,
// nothing else; engine::Update in this process.
std::span<const Side> Sides();

}  // namespace zprov::bench
