// os::Identities from the world's seed and a count: never twice the same in one world, and the same
// in every run. Keys look like real ones from outside and say in plain letters what they are.
#pragma once

#include <cstdint>

#include "os/identities.h"

namespace zprov::sim {

class Identities final : public os::Identities {
 public:
  explicit Identities(uint64_t seed) : seed_(seed) {}

  Result<std::string> NewMachineId() override;
  Result<os::HostKey> NewHostKey(os::HostKeyKind kind) override;

 private:
  uint64_t seed_;
  uint64_t made_ = 0;
};

}  // namespace zprov::sim
