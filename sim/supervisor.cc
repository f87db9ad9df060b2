#include "sim/supervisor.h"

namespace zprov::sim {

std::optional<std::chrono::nanoseconds> Supervisor::AliveInterval() { return interval_; }

void Supervisor::Alive() { last_alive_ = clock_.Now(); }

void Supervisor::Enter(Phase phase) { phase_ = phase; }

void Supervisor::Describe(std::string_view status) {
  status_ = status.substr(0, status.find('\n'));
}

}  // namespace zprov::sim
