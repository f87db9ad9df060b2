// Follows one node's boots and has each kept when it is over. Never waits for a disk.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "engine/boots/timeline.h"
#include "os/system.h"

namespace zprov::engine {

class BootLog {
 public:
  struct Ending {
    std::string_view name;  // a state's, kBegunAgain, kLeftAlone
    const std::string& cause;
    const std::vector<FileRecord>& files;  // `at` as os::Clock says it
    uint64_t files_left_out = 0;
  };
  static constexpr std::string_view kBegunAgain = "begun again";
  static constexpr std::string_view kLeftAlone = "not followed to its end";

  // Both must live as long; `system` has a live host.
  BootLog(os::System& system, const spec::ClusterSpec& spec, std::string node);

  void Begin(const std::string& nonce);
  // These change nothing while no boot is under way.
  void SetGeneration(std::optional<int> generation);
  void Came(NodeState state, const std::string& cause);
  void Saw(const std::string& on_bus);
  // What fails on this host is tried again every few seconds: the same failure is kept once.
  void End(const Ending& ending);

  void On(const os::BackgroundEnded& ended);
  bool IsWriting() const { return !writing_.empty(); }
  // Why a boot could not be kept; empty: the last one could.
  const std::string& failure() const { return failure_; }

 private:
  void Add(BootStep step);

  os::System& system_;
  const spec::ClusterSpec& spec_;
  std::string node_;
  std::optional<BootTimeline> boot_;  // that is under way
  os::Moment began_{0};
  std::string failed_;  // the cause of the last boot, when it failed on this host
  std::set<os::BackgroundId> writing_;
  std::string failure_;
};

}  // namespace zprov::engine
