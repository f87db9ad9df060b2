// What crosses the wire, and when. A transfer is whole or not at all: the device gets its bytes, or
// is asked for them, when they have crossed.
#include <fmt/format.h>

#include <algorithm>

#include "sim/usb.h"

namespace zprov::sim {
namespace {

using std::chrono::nanoseconds;

// USB 2.0, table 5-10: 13 bulk packets of 512 bytes in each of 8000 microframes a second.
constexpr uint64_t kBusRate = uint64_t{13} * 512 * 8000;  // bytes per second
// src/core/usbboot/README.md, A Zero: 50 KB in 5.6 ms while it says that it is at full speed.
constexpr uint64_t kFullSpeedRate = 9'000'000;  // bytes per second
// The same: 24 bytes, a control and a bulk transfer, in 0.25 ms.
constexpr auto kTransferTime = std::chrono::microseconds(125);
// usbfs: usbfs_memory_mb=16, one pool for all devices.
constexpr size_t kPool = 16 << 20;  // bytes
// USB 2.0, 7.1.7.5: the reset, the recovery, and the same again for reading the descriptors.
constexpr auto kResetTime = std::chrono::milliseconds(120);
// One configuration without an interface.
constexpr std::string_view kEmptyConfiguration{"\x09\x02\x09\x00\x00\x01\x00\x80\x32", 9};
constexpr uint8_t kInterfaceDescriptor = 4;
constexpr size_t kInterfaceNumberAt = 2;
constexpr size_t kShortestInterface = 9;  // bytes

// USB 2.0, 11.24.2.5 and 11.23.2.1: a hub's own descriptor, of seven ports.
constexpr os::ControlIn kGetHubDescriptor{.request_type = 0xa0, .request = 6, .value = 0x2900};

std::string HubDescriptor(HubPower power) {
  std::string descriptor("\x09\x29\x07\0\0\x32\x64\0\xff", 9);
  switch (power) {
    case HubPower::kGanged:
      break;
    case HubPower::kPerPort:
      descriptor[3] = 1;
      break;
    case HubPower::kNone:
      descriptor[3] = 2;
      break;
  }
  return descriptor;
}

nanoseconds TimeFor(size_t bytes, uint64_t rate) {
  return nanoseconds(bytes * std::nano::den / rate);
}

bool HasInterface(std::string_view configuration, uint8_t number) {
  while (configuration.size() >= 2) {
    const auto length = static_cast<uint8_t>(configuration[0]);
    if (length < 2 || length > configuration.size()) return false;
    if (static_cast<uint8_t>(configuration[1]) == kInterfaceDescriptor &&
        length >= kShortestInterface &&
        static_cast<uint8_t>(configuration[kInterfaceNumberAt]) == number)
      return true;
    configuration.remove_prefix(length);
  }
  return false;
}

size_t BulkSize(const os::UsbTransfer& transfer) {
  const auto* bulk = std::get_if<os::BulkOut>(&transfer.what);
  return bulk == nullptr ? 0 : bulk->bytes.size();
}

tl::unexpected<Error> Left(const PortPath& port) {
  return Fail(ErrorKind::kGone, port.ToString() + ": the device left: open it when it is back");
}

}  // namespace

UsbBus::Device* UsbBus::Behind(const Opened& opened) {
  const auto found = devices_.find(opened.port);
  const bool is_same = found != devices_.end() && found->second.stay == opened.stay;
  return is_same ? &found->second : nullptr;
}

Result<std::pair<UsbBus::Opened*, UsbBus::Device*>> UsbBus::Need(os::UsbHandle handle) {
  queue_.CatchUp();
  const auto found = opened_.find(handle);
  if (found == opened_.end()) {
    return Fail(ErrorKind::kGone, "the device was closed: open it before talking to it");
  }
  Device* device = Behind(found->second);
  if (device == nullptr) return Left(found->second.port);
  return std::pair(&found->second, device);
}

Result<os::UsbOpened> UsbBus::Open(const PortPath& port) {
  queue_.CatchUp();
  ZPROV_TRY(NeedRights());
  const auto found = devices_.find(port);
  if (found == devices_.end() || found->second.stay == 0) {
    return Fail(ErrorKind::kNotFound, "nothing at " + port.ToString() + ": wait until it arrives");
  }
  const Device& device = found->second;
  if (by_stay_.contains(device.stay)) {
    return Fail(ErrorKind::kBusy, port.ToString() + " is open already: close it before");
  }
  opened_[++last_handle_] = {port, device.stay};
  by_stay_[device.stay] = last_handle_;
  return os::UsbOpened{last_handle_, device.function == nullptr ? std::string(kEmptyConfiguration)
                                                                : device.function->Configuration()};
}

Result<void> UsbBus::Claim(os::UsbHandle handle, uint8_t interface_number) {
  ZPROV_ASSIGN(const auto needed, Need(handle));
  const Device& device = *needed.second;
  const std::string which =
      fmt::format("{}, interface {}", device.shown.port.ToString(), interface_number);
  if (device.function == nullptr ||
      !HasInterface(device.function->Configuration(), interface_number)) {
    return Fail(ErrorKind::kNotFound, which + ": there is none: look at its configuration");
  }
  if (device.held.contains(interface_number)) {
    return Fail(ErrorKind::kBusy, which + ": another program has it: stop rpiboot or what it is");
  }
  return {};
}

Result<void> UsbBus::NeedSpace(const os::UsbTransfer& transfer) const {
  const auto* bulk = std::get_if<os::BulkOut>(&transfer.what);
  if (bulk == nullptr) return {};
  if (bulk->bytes.empty() || bulk->bytes.size() > os::kMaxBulk) {
    return Fail(ErrorKind::kInvalid, fmt::format("{} bytes in one bulk transfer: send 1 to {}",
                                                 bulk->bytes.size(), os::kMaxBulk));
  }
  if (pooled_ + bulk->bytes.size() <= kPool) return {};
  return Fail(ErrorKind::kNoSpace,
              "the kernel has no memory left for transfers: submit it again when one completed");
}

Result<os::UsbTransferId> UsbBus::Submit(os::UsbHandle handle, const os::UsbTransfer& transfer) {
  ZPROV_ASSIGN(const auto needed, Need(handle));
  ZPROV_TRY(NeedSpace(transfer));
  const os::UsbTransferId id = ++last_transfer_;
  const auto* bulk = std::get_if<os::BulkOut>(&transfer.what);
  const Endpoint endpoint{handle, bulk == nullptr ? uint8_t{0} : bulk->endpoint};
  flights_[id] = {endpoint, transfer, queue_.Now()};
  pooled_ += BulkSize(transfer);
  needed.first->transfers.push_back(id);
  auto& waiting = endpoints_[endpoint];
  waiting.push_back(id);
  queue_.After(transfer.timeout, [this, id] {
    if (flights_.contains(id)) Complete({id, os::UsbOutcome::kTimedOut, 0});
  });
  if (waiting.size() == 1) Start(id);
  return id;
}

// When `bytes` have crossed: behind all that the wire carries already, no faster than the device,
// and not before the host controller has seen the transfer.
os::Moment UsbBus::Cross(const Flight& flight, size_t bytes) {
  const os::Moment now = queue_.Now();
  wire_free_ = std::max(wire_free_, now) + TimeFor(bytes, kBusRate);
  const Device* device = Behind(opened_.at(flight.endpoint.first));
  const bool is_slow = device != nullptr && device->function != nullptr &&
                       device->function->Speed() == UsbSpeed::kFull;
  const os::Moment begun = std::max(now, flight.submitted + kTransferTime);
  return std::max(wire_free_, begun + TimeFor(bytes, is_slow ? kFullSpeedRate : kBusRate));
}

void UsbBus::Start(os::UsbTransferId id) {
  const Flight& flight = flights_.at(id);
  const os::Moment done = Cross(flight, BulkSize(flight.transfer));
  queue_.After(done - queue_.Now(), [this, id] { Deliver(id); });
}

UsbReply UsbBus::AnswerOfHub(const PortPath& hub, const os::ControlIn& asked) const {
  os::ControlIn of_any_length = asked;
  of_any_length.length = 0;
  if (of_any_length != kGetHubDescriptor) return UsbReply::Stall();
  const auto claimed = claims_.find(hub);
  const HubPower says = claimed != claims_.end() ? claimed->second : PowerOf(hub);
  return UsbReply::Taken(HubDescriptor(says).substr(0, asked.length));
}

UsbReply UsbBus::Ask(const Flight& flight) {
  const Device* device = Behind(opened_.at(flight.endpoint.first));
  if (device == nullptr) return UsbReply::Stall();
  if (device->function == nullptr) {
    const auto* in = std::get_if<os::ControlIn>(&flight.transfer.what);
    const bool is_hub = device->shown.device_class == kHubClass;
    return is_hub && in != nullptr ? AnswerOfHub(device->shown.port, *in) : UsbReply::Stall();
  }
  const std::shared_ptr<UsbFunction> function = device->function;  // it may unplug itself
  if (const auto* out = std::get_if<os::ControlOut>(&flight.transfer.what)) {
    return function->OnControlOut(*out);
  }
  if (const auto* in = std::get_if<os::ControlIn>(&flight.transfer.what)) {
    return function->OnControlIn(*in);
  }
  const os::BulkOut bulk = std::get<os::BulkOut>(flight.transfer.what);
  return function->OnBulkOut(bulk.endpoint, bulk.bytes);
}

bool UsbBus::IsLost(const Flight& flight) {
  const auto babbling = babbles_.find(opened_.at(flight.endpoint.first).port);
  if (babbling == babbles_.end()) return false;
  if (--babbling->second <= 0) babbles_.erase(babbling);
  return true;
}

void UsbBus::Deliver(os::UsbTransferId id) {
  const auto found = flights_.find(id);
  if (found == flights_.end()) return;
  if (IsLost(found->second)) return Complete({id, os::UsbOutcome::kFailed, 0});
  UsbReply reply = Ask(found->second);
  if (flights_.contains(id)) Answer(id, std::move(reply));
}

void UsbBus::Answer(os::UsbTransferId id, UsbReply reply) {
  const Flight& flight = flights_.at(id);
  switch (reply.kind) {
    case UsbReply::Kind::kNever:
      return;
    case UsbReply::Kind::kLater:
      queue_.After(reply.again, [this, id] { Deliver(id); });
      return;
    case UsbReply::Kind::kStall:
      return Complete({id, os::UsbOutcome::kStalled, 0});
    case UsbReply::Kind::kTaken:
      break;
  }
  const auto* in = std::get_if<os::ControlIn>(&flight.transfer.what);
  if (in == nullptr) {
    return Complete({id, os::UsbOutcome::kDone, static_cast<uint32_t>(BulkSize(flight.transfer))});
  }
  if (reply.bytes.size() > in->length) return Complete({id, os::UsbOutcome::kFailed, 0});
  const os::Moment done = Cross(flight, reply.bytes.size());
  queue_.After(done - queue_.Now(), [this, id, bytes = std::move(reply.bytes)] {
    if (!flights_.contains(id)) return;
    Complete({id, os::UsbOutcome::kDone, static_cast<uint32_t>(bytes.size()), bytes});
  });
}

void UsbBus::Remove(os::UsbTransferId id) {
  const auto found = flights_.find(id);
  auto& waiting = endpoints_.at(found->second.endpoint);
  std::erase(waiting, id);
  if (waiting.empty()) endpoints_.erase(found->second.endpoint);
  pooled_ -= BulkSize(found->second.transfer);
  flights_.erase(found);
}

void UsbBus::Complete(const os::UsbCompleted& completed) {
  const Endpoint endpoint = flights_.at(completed.transfer).endpoint;
  const bool was_first = endpoints_.at(endpoint).front() == completed.transfer;
  Remove(completed.transfer);
  queue_.Post(completed);
  const auto next = endpoints_.find(endpoint);
  if (was_first && next != endpoints_.end()) Start(next->second.front());
}

void UsbBus::CompleteAll(uint64_t stay) {
  const auto handle = by_stay_.find(stay);
  if (handle == by_stay_.end()) return;
  for (const os::UsbTransferId id : opened_.at(handle->second).transfers) {
    if (!flights_.contains(id)) continue;
    Remove(id);
    queue_.Post(os::UsbCompleted{id, os::UsbOutcome::kGone, 0});
  }
}

void UsbBus::Cancel(os::UsbTransferId transfer) {
  queue_.CatchUp();
  if (flights_.contains(transfer)) Complete({transfer, os::UsbOutcome::kCancelled, 0});
}

Result<void> UsbBus::Reset(os::UsbHandle handle) {
  ZPROV_ASSIGN(const auto needed, Need(handle));
  Device& device = *needed.second;
  const PortPath port = device.shown.port;
  Leave(device);
  if (device.function != nullptr) device.function->OnReset();
  queue_.After(kResetTime, [this, port] {
    const auto found = devices_.find(port);
    if (found != devices_.end() && found->second.stay == 0 && CanArrive(port)) {
      Arrive(found->second);
    }
  });
  return {};
}

void UsbBus::Close(os::UsbHandle handle) {
  queue_.CatchUp();
  const auto found = opened_.find(handle);
  if (found == opened_.end()) return;
  const auto& own = found->second.transfers;
  for (const os::UsbTransferId id : own) {
    if (flights_.contains(id)) Remove(id);
  }
  queue_.Drop([&](const os::Event& event) {
    const auto* completed = std::get_if<os::UsbCompleted>(&event);
    return completed != nullptr && std::ranges::binary_search(own, completed->transfer);
  });
  by_stay_.erase(found->second.stay);
  opened_.erase(found);
}

}  // namespace zprov::sim
