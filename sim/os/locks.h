// os::Locks on the simulated disk: a lock ends with its os::Lock, and with the power.
#pragma once

#include "os/locks.h"
#include "sim/disk/walk.h"

namespace zprov::sim {

class Locks final : public os::Locks {
 public:
  explicit Locks(View view) : view_(std::move(view)) {}

  Result<std::unique_ptr<os::Lock>> TryLock(std::string_view path,
                                            std::string_view holder) override;
  Result<bool> IsHeld(std::string_view path) override;

 private:
  View view_;
};

}  // namespace zprov::sim
