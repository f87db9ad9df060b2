// Whether the nodes that are attached answer: one probe per node and minute; after it was
// attached at once, and again and again until it first answers: it is still starting then. What a
// missing answer means for a node is not decided here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "engine/agenda.h"
#include "engine/links/links.h"
#include "os/system.h"

namespace zprov::engine {

enum class Pulse {
  kUnknown,  // not attached, or not asked yet
  kAnswers,
  kHung,  // its link is there, and the last probe had no answer
};

class Probes {
 public:
  // `system` and `links` must live as long.
  Probes(os::System& system, const spec::ClusterSpec& spec, const Links& links);

  // Every event of the loop, after `links` had it.
  void On(const os::Event& event);

  // When it wants to be handed a DeadlinePassed; Moment::max(): never.
  os::Moment NextDeadline() const { return agenda_.First(); }

  // By the node's place in the spec.
  Pulse At(size_t place) const { return patients_[place].pulse; }
  // Of whom it is another one since they were last taken.
  std::set<size_t> TakeChanged() { return std::exchange(changed_, {}); }

 private:
  struct Patient {
    Ipv4 address;
    bool is_attached = false;
    bool has_answered = false;              // since it was attached
    std::optional<os::ProbeId> asked = {};  // the last one, until it is answered
    Pulse pulse = Pulse::kUnknown;
  };

  void Hear(const os::ProbeAnswered& answer);
  void FollowLinks();
  void Ask(size_t place);
  void Feel(size_t place, Pulse pulse);

  os::System& system_;
  const Links& links_;
  std::string bridge_;
  std::vector<Patient> patients_;  // in the spec's order
  Agenda agenda_;                  // when to ask each
  std::map<os::ProbeId, size_t> asked_;
  uint64_t looks_ = 0;  // of `links_`, that were followed
  std::set<size_t> changed_;
};

}  // namespace zprov::engine
