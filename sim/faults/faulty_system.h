// A world in front of another world, whose every call goes through a Seam first. The clock is
// passed on as it is.
#pragma once

#include <memory>

#include "os/system.h"
#include "sim/faults/seam.h"

namespace zprov::faults {

class FaultySystem {
 public:
  // Both must outlive it.
  FaultySystem(os::System& inner, Seam& seam);
  ~FaultySystem();
  FaultySystem(const FaultySystem&) = delete;
  FaultySystem& operator=(const FaultySystem&) = delete;

  os::System& system();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace zprov::faults
