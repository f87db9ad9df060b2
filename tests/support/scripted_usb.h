// A USB bus whose ports do what their scripts say, whatever is said to them: each transfer ends as
// the next answer of the script has it. No port slows down another, so that what one of them makes
// of its bytes can show at another only if the engine lets it. Not a model of a bus: sim/usb.h is.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/usb_transcript.h"
#include "os/clock.h"
#include "os/events.h"
#include "os/usb_bus.h"

namespace zprov::test {

// How one transfer ends: so long after it was submitted, and not before those that it waits behind.
struct ScriptedAnswer {
  os::Moment after{0};
  os::UsbOutcome outcome = os::UsbOutcome::kDone;
  uint32_t transferred = 0;  // of bytes sent; at most those
  std::string bytes = {};    // for a transfer that asks; at most as many as it asks for

  bool operator==(const ScriptedAnswer&) const = default;
};

// What a port shows, from an arrival to its departure. Beyond its answers all transfers time out.
struct ScriptedStay {
  os::Moment arrives_after{0};  // after the stay before it, or after the beginning
  os::UsbDevice device;         // its port is the script's
  std::string configuration = {};
  std::vector<ScriptedAnswer> answers = {};
  std::optional<os::Moment> leaves_after = {};  // after its last answer; nothing: it stays

  bool operator==(const ScriptedStay&) const = default;
};

struct PortScript {
  PortPath port;
  std::vector<ScriptedStay> stays = {};

  bool operator==(const PortScript&) const = default;
};

// A script for each port of a transcript: the same stays, the same answers.
std::vector<PortScript> ScriptsOf(const std::vector<adapters::UsbLine>& lines);

class ScriptedUsb final : public os::UsbBus, public os::Events {
 public:
  // `others` is the rest of the world, which moves `clock`.
  ScriptedUsb(std::vector<PortScript> scripts, os::Events& others, const os::Clock& clock);

  // All that was said to and by that port, a line each. Handles and transfers are counted for each
  // stay, so that it is the same whatever other ports do.
  const std::string& Trace(const PortPath& port) const { return ports_.at(port).trace; }
  // All bytes that were sent to it.
  const std::string& Sent(const PortPath& port) const { return ports_.at(port).sent; }

  Result<std::vector<os::UsbDevice>> Devices() override;
  Result<void> Watch() override;
  Result<os::UsbOpened> Open(const PortPath& port) override;
  Result<void> Claim(os::UsbHandle handle, uint8_t interface_number) override;
  Result<os::UsbTransferId> Submit(os::UsbHandle handle, const os::UsbTransfer& transfer) override;
  void Cancel(os::UsbTransferId transfer) override;
  Result<void> Reset(os::UsbHandle handle) override;
  void Close(os::UsbHandle handle) override;
  Result<void> SetPortPower(const PortPath& port, PortPower power) override;
  Result<os::Event> Next(os::Moment deadline) override;

 private:
  struct Port {
    PortScript script;
    size_t stay = 0;  // now, or next
    bool is_there = false;
    size_t begun = 0;  // transfers of this stay
    std::optional<os::UsbHandle> handle = {};
    std::map<uint8_t, os::Moment> busy_until = {};  // by endpoint; 0: control
    std::string trace = {};
    std::string sent = {};
  };
  struct Flight {
    os::UsbHandle handle = 0;
    size_t number = 0;  // of its stay
    os::UsbCompleted completed;
    bool is_last = false;  // the script has no more answers
  };
  using Happening = std::function<std::optional<os::Event>()>;

  void At(os::Moment moment, Happening happening);
  void Note(Port& port, const std::string& what);
  void Expect(Port& port);
  std::optional<os::Event> Arrive(Port& port);
  void LeaveAfter(Port& port, os::Moment after);
  void Leave(Port& port);
  void End(Port& port, os::UsbTransferId id);
  Port* Behind(os::UsbHandle handle);
  os::UsbCompleted AnswerTo(const os::UsbTransfer& transfer, const ScriptedAnswer& answer) const;

  os::Events& others_;
  const os::Clock& clock_;
  std::map<PortPath, Port> ports_;
  std::map<os::UsbHandle, Port*> open_;
  std::map<os::UsbTransferId, Flight> flights_;
  std::map<std::pair<os::Moment, uint64_t>, Happening> due_;
  uint64_t planned_ = 0;
  uint64_t last_handle_ = 0;
  os::UsbTransferId last_transfer_ = 0;
  bool is_watched_ = false;
};

}  // namespace zprov::test
