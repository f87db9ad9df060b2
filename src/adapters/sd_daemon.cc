#include "adapters/sd_daemon.h"

#include <systemd/sd-daemon.h>

#include <cstdint>
#include <ctime>
#include <string>

namespace zprov::adapters {
namespace {

// systemd orders a reload by when it began (sd_notify(3), MONOTONIC_USEC=).
uint64_t MonotonicMicroseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  constexpr uint64_t kMicro = 1'000'000;
  constexpr uint64_t kNanoPerMicro = 1'000;
  return static_cast<uint64_t>(now.tv_sec) * kMicro +
         static_cast<uint64_t>(now.tv_nsec) / kNanoPerMicro;
}

class SdDaemon final : public os::Supervisor {
 public:
  std::optional<std::chrono::nanoseconds> AliveInterval() override {
    uint64_t microseconds = 0;
    if (::sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
    return std::chrono::microseconds(microseconds / 2);
  }

  void Alive() override { Say("WATCHDOG=1"); }

  void Enter(Phase phase) override {
    switch (phase) {
      case Phase::kReady:
        return Say("READY=1");
      case Phase::kReloading:
        return Say("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(MonotonicMicroseconds()));
      case Phase::kStopping:
        return Say("STOPPING=1");
    }
  }

  void Describe(std::string_view status) override {
    // A second line would be a variable of its own.
    Say("STATUS=" + std::string(status.substr(0, status.find('\n'))));
  }

 private:
  static void Say(const std::string& state) { ::sd_notify(0, state.c_str()); }
};

}  // namespace

std::unique_ptr<os::Supervisor> MakeSdDaemon() { return std::make_unique<SdDaemon>(); }

}  // namespace zprov::adapters
