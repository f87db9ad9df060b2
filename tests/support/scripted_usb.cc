#include "support/scripted_usb.h"

#include <fmt/format.h>

#include <algorithm>

#include "util/strings.h"

namespace zprov::test {
namespace {

tl::unexpected<Error> Left() { return Fail(ErrorKind::kGone, "the device left"); }

size_t BulkSize(const os::UsbTransfer& transfer) {
  const auto* bulk = std::get_if<os::BulkOut>(&transfer.what);
  return bulk == nullptr ? 0 : bulk->bytes.size();
}

uint8_t EndpointOf(const os::UsbTransfer& transfer) {
  const auto* bulk = std::get_if<os::BulkOut>(&transfer.what);
  return bulk == nullptr ? uint8_t{0} : bulk->endpoint;
}

// ---- from a transcript

class Reading {
 public:
  std::vector<PortScript> Read(const std::vector<adapters::UsbLine>& lines) {
    for (const adapters::UsbLine& line : lines) {
      now_ = line.at;
      if (const auto* call = std::get_if<adapters::UsbCall>(&line.what)) {
        See(*call);
      } else {
        std::visit([this](const auto& event) { See(event); },
                   std::get<adapters::UsbEvent>(line.what));
      }
    }
    std::vector<PortScript> scripts;
    for (auto& [port, seen] : seen_) scripts.push_back({port, std::move(seen.stays)});
    return scripts;
  }

 private:
  struct Seen {
    std::vector<ScriptedStay> stays = {};
    os::Moment left{0};
    os::Moment answered{0};
  };
  struct Begun {
    PortPath port;
    size_t stay = 0;
    size_t answer = 0;
    os::Moment at{0};
  };

  void See(const adapters::OtherEvent&) {}

  void See(const os::UsbArrived& arrived) {
    Seen& seen = seen_[arrived.device.port];
    // Said once more: it is there.
    if (!seen.stays.empty() && !seen.stays.back().leaves_after) return;
    seen.stays.push_back({.arrives_after = now_ - seen.left, .device = arrived.device});
    seen.answered = now_;
  }

  void See(const os::UsbLeft& left) {
    Seen& seen = seen_[left.port];
    if (seen.stays.empty() || seen.stays.back().leaves_after) return;
    seen.stays.back().leaves_after = now_ - seen.answered;
    seen.left = now_;
  }

  void See(const os::UsbCompleted& completed) {
    const auto begun = begun_.extract(completed.transfer);
    if (begun.empty()) return;
    const Begun& of = begun.mapped();
    Seen& seen = seen_[of.port];
    seen.answered = now_;
    seen.stays[of.stay].answers[of.answer] = {now_ - of.at, completed.outcome,
                                              completed.transferred, completed.bytes};
  }

  void See(const adapters::UsbCall& call) {
    const auto words = Words(call.call);
    if (const auto* devices = std::get_if<adapters::SeenDevices>(&call.answer)) {
      for (const os::UsbDevice& device : devices->devices) See(os::UsbArrived{device});
    } else if (const auto* opened = std::get_if<adapters::OpenedHandle>(&call.answer)) {
      const auto port = words.size() == 2 ? PortPath::Parse(words[1]) : std::nullopt;
      if (!port || seen_[*port].stays.empty()) return;
      seen_[*port].stays.back().configuration = opened->configuration;
      ports_[std::to_string(opened->handle)] = *port;
    } else if (const auto* begun = std::get_if<adapters::BegunTransfer>(&call.answer)) {
      const auto port = words.size() < 2 ? ports_.end() : ports_.find(std::string(words[1]));
      if (port == ports_.end()) return;
      auto& stays = seen_[port->second].stays;
      stays.back().answers.push_back({now_, os::UsbOutcome::kTimedOut});
      begun_[begun->transfer] = {port->second, stays.size() - 1, stays.back().answers.size() - 1,
                                 now_};
    }
  }

  os::Moment now_{0};
  std::map<PortPath, Seen> seen_;
  std::map<std::string, PortPath> ports_;  // by handle
  std::map<os::UsbTransferId, Begun> begun_;
};

}  // namespace

std::vector<PortScript> ScriptsOf(const std::vector<adapters::UsbLine>& lines) {
  return Reading().Read(lines);
}

ScriptedUsb::ScriptedUsb(std::vector<PortScript> scripts, os::Events& others,
                         const os::Clock& clock)
    : others_(others), clock_(clock) {
  for (PortScript& script : scripts) {
    Port& port = ports_[script.port];
    port.script = std::move(script);
    Expect(port);
  }
}

void ScriptedUsb::At(os::Moment moment, Happening happening) {
  due_.emplace(std::pair(std::max(moment, clock_.Now()), planned_++), std::move(happening));
}

void ScriptedUsb::Note(Port& port, const std::string& what) {
  port.trace += fmt::format("{} stay {} {}\n", clock_.Now().count(), port.stay, what);
}

// Its next stay, if it has one.
void ScriptedUsb::Expect(Port& port) {
  if (port.stay >= port.script.stays.size()) return;
  At(clock_.Now() + port.script.stays[port.stay].arrives_after,
     [this, &port] { return Arrive(port); });
}

std::optional<os::Event> ScriptedUsb::Arrive(Port& port) {
  ScriptedStay& stay = port.script.stays[port.stay];
  stay.device.port = port.script.port;
  port.is_there = true;
  port.begun = 0;
  port.busy_until.clear();
  Note(port, "arrived");
  if (stay.answers.empty() && stay.leaves_after) LeaveAfter(port, *stay.leaves_after);
  if (!is_watched_) return std::nullopt;
  return os::UsbArrived{stay.device};
}

void ScriptedUsb::LeaveAfter(Port& port, os::Moment after) {
  At(clock_.Now() + after, [this, &port, stay = port.stay]() -> std::optional<os::Event> {
    if (port.is_there && port.stay == stay) Leave(port);
    return std::nullopt;
  });
}

// Transfers under way complete first.
void ScriptedUsb::Leave(Port& port) {
  port.is_there = false;
  for (auto& [id, flight] : flights_) {
    if (port.handle != flight.handle) continue;
    flight.completed = {id, os::UsbOutcome::kGone};
    flight.is_last = false;
    End(port, id);
  }
  port.handle.reset();
  Note(port, "left");
  At(clock_.Now(), [this, &port]() -> std::optional<os::Event> {
    if (!is_watched_) return std::nullopt;
    return os::UsbLeft{port.script.port};
  });
  ++port.stay;
  Expect(port);
}

ScriptedUsb::Port* ScriptedUsb::Behind(os::UsbHandle handle) {
  const auto found = open_.find(handle);
  const bool is_there =
      found != open_.end() && found->second->is_there && found->second->handle == handle;
  return is_there ? found->second : nullptr;
}

Result<std::vector<os::UsbDevice>> ScriptedUsb::Devices() {
  std::vector<os::UsbDevice> devices;
  for (const auto& [path, port] : ports_) {
    if (port.is_there) devices.push_back(port.script.stays[port.stay].device);
  }
  return devices;
}

Result<void> ScriptedUsb::Watch() {
  is_watched_ = true;
  for (const auto& [path, port] : ports_) {
    if (!port.is_there) continue;
    At(clock_.Now(),
       [device = port.script.stays[port.stay].device] { return os::UsbArrived{device}; });
  }
  return {};
}

Result<os::UsbOpened> ScriptedUsb::Open(const PortPath& path) {
  const auto found = ports_.find(path);
  if (found == ports_.end() || !found->second.is_there) {
    return Fail(ErrorKind::kNotFound, "nothing is there");
  }
  Port& port = found->second;
  if (port.handle) return Fail(ErrorKind::kBusy, "it is open");
  Note(port, "open");
  port.handle = ++last_handle_;
  open_[last_handle_] = &port;
  return os::UsbOpened{last_handle_, port.script.stays[port.stay].configuration};
}

Result<void> ScriptedUsb::Claim(os::UsbHandle handle, uint8_t interface_number) {
  Port* port = Behind(handle);
  if (port == nullptr) return Left();
  Note(*port, adapters::ClaimText(0, interface_number));
  return {};
}

os::UsbCompleted ScriptedUsb::AnswerTo(const os::UsbTransfer& transfer,
                                       const ScriptedAnswer& answer) const {
  os::UsbCompleted completed{0, answer.outcome};
  if (answer.after >= transfer.timeout) completed.outcome = os::UsbOutcome::kTimedOut;
  if (const auto* in = std::get_if<os::ControlIn>(&transfer.what)) {
    if (completed.outcome != os::UsbOutcome::kDone) return completed;
    completed.bytes = answer.bytes.substr(0, in->length);
    completed.transferred = static_cast<uint32_t>(completed.bytes.size());
  } else {
    completed.transferred = std::min(answer.transferred, static_cast<uint32_t>(BulkSize(transfer)));
  }
  return completed;
}

Result<os::UsbTransferId> ScriptedUsb::Submit(os::UsbHandle handle,
                                              const os::UsbTransfer& transfer) {
  Port* port = Behind(handle);
  if (port == nullptr) return Left();
  if (const auto* bulk = std::get_if<os::BulkOut>(&transfer.what)) port->sent += bulk->bytes;
  Note(*port, adapters::SubmitText(0, transfer));
  const auto& answers = port->script.stays[port->stay].answers;
  const size_t number = port->begun++;
  const ScriptedAnswer answer = number < answers.size()
                                    ? answers[number]
                                    : ScriptedAnswer{os::Moment::max(), os::UsbOutcome::kTimedOut};
  const os::UsbTransferId id = ++last_transfer_;
  Flight& flight = flights_[id];
  flight = {handle, number, AnswerTo(transfer, answer), number + 1 == answers.size()};
  flight.completed.transfer = id;
  os::Moment& busy_until = port->busy_until[EndpointOf(transfer)];
  const os::Moment after = std::min(answer.after, os::Moment(transfer.timeout));
  busy_until = std::max(busy_until, clock_.Now() + after);
  At(busy_until, [this, port, id]() -> std::optional<os::Event> {
    End(*port, id);
    return std::nullopt;
  });
  return id;
}

// It completes, if it has not yet.
void ScriptedUsb::End(Port& port, os::UsbTransferId id) {
  const auto found = flights_.find(id);
  if (found == flights_.end() || found->second.number == SIZE_MAX) return;
  const Flight flight = found->second;
  found->second.number = SIZE_MAX;
  Note(port, fmt::format("completed {} outcome {} of {} {}", flight.number,
                         static_cast<int>(flight.completed.outcome), flight.completed.transferred,
                         flight.completed.bytes.size()));
  At(clock_.Now(), [this, id, completed = flight.completed]() -> std::optional<os::Event> {
    if (flights_.erase(id) == 0) return std::nullopt;  // it was closed meanwhile
    return completed;
  });
  const auto& stays = port.script.stays;
  if (flight.is_last && port.is_there && stays[port.stay].leaves_after) {
    LeaveAfter(port, *stays[port.stay].leaves_after);
  }
}

void ScriptedUsb::Cancel(os::UsbTransferId transfer) {
  const auto found = flights_.find(transfer);
  if (found == flights_.end()) return;
  const auto open = open_.find(found->second.handle);
  if (found->second.number == SIZE_MAX || open == open_.end()) return;
  found->second.completed = {transfer, os::UsbOutcome::kCancelled};
  End(*open->second, transfer);
}

Result<void> ScriptedUsb::Reset(os::UsbHandle handle) {
  Port* port = Behind(handle);
  if (port == nullptr) return Left();
  Note(*port, "reset");
  Leave(*port);
  return {};
}

void ScriptedUsb::Close(os::UsbHandle handle) {
  const auto found = open_.find(handle);
  if (found == open_.end()) return;
  Note(*found->second, "close");
  std::erase_if(flights_, [&](const auto& flight) { return flight.second.handle == handle; });
  if (found->second->handle == handle) found->second->handle.reset();
  open_.erase(found);
}

Result<void> ScriptedUsb::SetPortPower(const PortPath& path, PortPower) {
  return Fail(ErrorKind::kNotSupported, "no hub above " + path.ToString() + " switches power");
}

Result<os::Event> ScriptedUsb::Next(os::Moment deadline) {
  while (true) {
    const os::Moment first = due_.empty() ? os::Moment::max() : due_.begin()->first.first;
    ZPROV_ASSIGN(os::Event other, others_.Next(std::min(first, deadline)));
    if (!std::holds_alternative<os::DeadlinePassed>(other) || first > deadline) return other;
    auto happening = due_.extract(due_.begin());
    if (auto event = happening.mapped()()) return std::move(*event);
  }
}

}  // namespace zprov::test
