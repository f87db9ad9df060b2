#include "engine/links/probes.h"

#include <algorithm>

namespace zprov::engine {
namespace {

constexpr std::chrono::minutes kEvery{1};
constexpr std::chrono::seconds kAfterUnsent{10};   // after a probe that could not be sent
constexpr std::chrono::seconds kWhileStarting{1};  // after one without an answer, 3 s later

}  // namespace

Probes::Probes(os::System& system, const spec::ClusterSpec& spec, const Links& links)
    : system_(system), links_(links), bridge_(spec.bridge.name) {
  for (const spec::Node& node : spec.nodes) {
    index_of_.emplace(node.name, patients_.size());
    patients_.push_back({.address = node.address});
  }
}

void Probes::On(const os::Event& event) {
  if (const auto* answer = std::get_if<os::ProbeAnswered>(&event)) Hear(*answer);
  next_ = os::Moment::max();
  for (size_t i = 0; i < patients_.size(); ++i) {
    Attend(patients_[i], links_.At(i).state);
    next_ = std::min(next_, patients_[i].next);
  }
}

void Probes::Hear(const os::ProbeAnswered& answer) {
  for (Patient& patient : patients_) {
    if (patient.asked != answer.probe) continue;
    patient.asked.reset();
    patient.pulse = answer.alive ? Pulse::kAnswers : Pulse::kHung;
    patient.has_answered |= answer.alive;
    if (!patient.has_answered) patient.next = system_.clock.Now() + kWhileStarting;
  }
}

void Probes::Attend(Patient& patient, LinkState link) {
  const bool is_attached = link == LinkState::kAttached;
  if (is_attached != patient.is_attached) {
    const os::Moment now = system_.clock.Now();
    patient = {.address = patient.address,
               .is_attached = is_attached,
               .next = is_attached ? now : os::Moment::max()};
  }
  if (system_.clock.Now() < patient.next) return;
  const auto asked = system_.live->netlink.Probe(bridge_, patient.address);
  patient.next = system_.clock.Now() + (asked ? os::Moment(kEvery) : os::Moment(kAfterUnsent));
  if (asked) {
    patient.asked = *asked;
  } else {
    patient.pulse = Pulse::kUnknown;
  }
}

Pulse Probes::Of(const std::string& node) const {
  const auto found = index_of_.find(node);
  return found == index_of_.end() ? Pulse::kUnknown : patients_[found->second].pulse;
}

}  // namespace zprov::engine
