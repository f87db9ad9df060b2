// A test that tells a long story on one cluster, since each cluster costs a minute: chapters with
// the time each took, and what a person would look at meanwhile.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "qemu/stories/cluster.h"

namespace zprov::tests {

class Story : public Cluster {
 protected:
  using Cluster::Cluster;

  // Says how long the one before took. None may begin once the story has failed.
  void Chapter(const std::string& title);

  // PowerOn, a shell on each node for those on the bridge, host keys that nodes must not share,
  // and generation 1.
  void PowerOnAndApply(int zeros, const Orders& first_orders = {});

  // What serve knows, as `status --watch` has it, once each of its nodes is in such a state
  // ("a|b"). Whoever asks gives no board another chance, as `zprov boot` would.
  nlohmann::json Await(int zeros, const std::string& stage);
  // For s0, s1, …: the node's own word of its present boot.
  nlohmann::json ReportOf(int node);
  std::string AddressOf(int node) const;

  // What the operator makes of the spec before he applies it: a shell command on the B+.
  std::string spec_edit_ = "true";

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::string title_;
};

}  // namespace zprov::tests
