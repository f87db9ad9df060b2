// Whether the nodes that are attached answer: one probe per node and minute; after it was
// attached at once, and again and again until it first answers: it is still starting then. What a
// missing answer means for a node is not decided here.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
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
  os::Moment NextDeadline() const { return next_; }

  // By the node's name; kUnknown for one that the spec does not know.
  Pulse Of(const std::string& node) const;
  // By the node's place in the spec.
  Pulse At(size_t place) const { return patients_[place].pulse; }

 private:
  struct Patient {
    Ipv4 address;
    bool is_attached = false;
    os::Moment next = os::Moment::max();
    bool has_answered = false;              // since it was attached
    std::optional<os::ProbeId> asked = {};  // the last one, until it is answered
    Pulse pulse = Pulse::kUnknown;
  };

  void Hear(const os::ProbeAnswered& answer);
  void Attend(Patient& patient, LinkState link);

  os::System& system_;
  const Links& links_;
  std::string bridge_;
  std::vector<Patient> patients_;                        // in the spec's order
  std::map<std::string, size_t, std::less<>> index_of_;  // by the node's name
  os::Moment next_ = os::Moment::max();                  // the first of all patients'
};

}  // namespace zprov::engine
