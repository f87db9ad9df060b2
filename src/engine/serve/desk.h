// Where callers come to: the control socket of a running `serve`. Whatever comes from it is foreign
// bytes; who may ask, and how many at once, is decided here.
#pragma once

#include <cstdint>
#include <set>

#include "engine/serve/service.h"
#include "os/control.h"
#include "os/events.h"

namespace zprov::engine {

class Desk {
 public:
  // Callers beyond it are told to come back and hung up on.
  static constexpr size_t kMostCallers = 100;

  // Both must live as long. Callers are root, or processes of `uid`.
  Desk(os::Control& control, Service& service, uint32_t uid)
      : control_(control), service_(service), uid_(uid) {}

  // Every event of the loop; only what happened on the socket counts.
  void On(const os::Event& event);
  // Gives each caller the snapshots that it is owed.
  void TellAll();

 private:
  void Heard(const os::ControlLine& line);
  Result<void> Ask(const os::ControlLine& line);
  void HangUp(os::ControlId caller);

  os::Control& control_;
  Service& service_;
  uint32_t uid_;
  std::set<os::ControlId> callers_;  // that are owed something, or hold something
};

}  // namespace zprov::engine
