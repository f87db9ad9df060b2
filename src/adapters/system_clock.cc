#include "adapters/system_clock.h"

namespace zprov::adapters {
namespace {

class SystemClock : public os::Clock {
 public:
  os::Moment Now() const override { return std::chrono::steady_clock::now().time_since_epoch(); }
  std::chrono::nanoseconds WallTime() const override {
    return std::chrono::system_clock::now().time_since_epoch();
  }
};

}  // namespace

std::unique_ptr<os::Clock> MakeSystemClock() { return std::make_unique<SystemClock>(); }

}  // namespace zprov::adapters
