#include "engine/links/probes.h"

#include <utility>

namespace zprov::engine {
namespace {

constexpr std::chrono::minutes kEvery{1};
constexpr std::chrono::seconds kAfterUnsent{10};   // after a probe that could not be sent
constexpr std::chrono::seconds kWhileStarting{1};  // after one without an answer, 3 s later

}  // namespace

Probes::Probes(os::System& system, const spec::ClusterSpec& spec, const Links& links)
    : system_(system), links_(links), bridge_(spec.bridge.name), agenda_(spec.nodes.size()) {
  for (const spec::Node& node : spec.nodes) patients_.push_back({.address = node.address});
}

void Probes::On(const os::Event& event) {
  if (const auto* answer = std::get_if<os::ProbeAnswered>(&event)) Hear(*answer);
  FollowLinks();
  for (const size_t place : agenda_.Due(system_.clock.Now())) Ask(place);
}

void Probes::Feel(size_t place, Pulse pulse) {
  if (std::exchange(patients_[place].pulse, pulse) != pulse) changed_.insert(place);
}

void Probes::Hear(const os::ProbeAnswered& answer) {
  const auto asked = asked_.extract(answer.probe);
  if (asked.empty()) return;
  const size_t place = asked.mapped();
  Patient& patient = patients_[place];
  if (patient.asked != answer.probe) return;
  patient.asked.reset();
  Feel(place, answer.alive ? Pulse::kAnswers : Pulse::kHung);
  patient.has_answered |= answer.alive;
  if (!patient.has_answered) agenda_.Set(place, system_.clock.Now() + kWhileStarting);
}

void Probes::FollowLinks() {
  if (std::exchange(looks_, links_.looks()) == links_.looks()) return;
  for (size_t place = 0; place < patients_.size(); ++place) {
    Patient& patient = patients_[place];
    const bool is_attached = links_.At(place).state == LinkState::kAttached;
    if (is_attached == patient.is_attached) continue;
    Feel(place, Pulse::kUnknown);
    patient = {.address = patient.address, .is_attached = is_attached};
    agenda_.Set(place, is_attached ? system_.clock.Now() : Agenda::kNever);
  }
}

void Probes::Ask(size_t place) {
  Patient& patient = patients_[place];
  const auto asked = system_.live->netlink.Probe(bridge_, patient.address);
  agenda_.Set(place, system_.clock.Now() + (asked ? os::Moment(kEvery) : os::Moment(kAfterUnsent)));
  if (!asked) return Feel(place, Pulse::kUnknown);
  patient.asked = *asked;
  asked_[*asked] = place;
}

}  // namespace zprov::engine
