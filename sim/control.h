// The control socket of the simulated host. Both ends may be ours: whoever connects is root unless
// the test says otherwise. What is sent arrives at once; a peer never reads slowly.
#pragma once

#include <map>
#include <string>

#include "os/control.h"
#include "sim/events.h"

namespace zprov::sim {

class Control final : public os::Control {
 public:
  explicit Control(EventQueue& queue) : queue_(queue) {}

  Result<void> Listen(std::string_view path) override;
  Result<os::ControlId> Connect(std::string_view path) override { return ConnectAs(0, path); }
  Result<void> Send(os::ControlId connection, std::string_view line) override;
  void Close(os::ControlId connection) override;

  // The process that listened is killed: its socket stays, and nobody listens there.
  void ListenerDies();

  // A process of that user connects.
  Result<os::ControlId> ConnectAs(uint32_t uid, std::string_view path);

 private:
  struct End {
    os::ControlId other = 0;
    uint32_t other_uid = 0;  // of the process at this end's other end
    enum class Side { kCaller, kListener } side = Side::kCaller;
  };

  EventQueue& queue_;
  std::string path_;  // empty: nobody listens
  std::map<os::ControlId, End> ends_;
  os::ControlId last_ = 0;
};

}  // namespace zprov::sim
