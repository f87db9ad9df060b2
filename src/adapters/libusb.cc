#include "adapters/libusb.h"

#include <fmt/format.h>
#include <libusb.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <limits>
#include <map>
#include <utility>

#include "adapters/errno.h"
#include "adapters/usb_configuration.h"
#include "adapters/usb_devices.h"
#include "adapters/usb_poll_set.h"
#include "adapters/usb_reset.h"
#include "adapters/usb_settling.h"

namespace zprov::adapters {
namespace {

// USB 2.0, 11.24.2: how a hub is asked to switch a port.
constexpr uint8_t kSetPort = uint8_t{LIBUSB_REQUEST_TYPE_CLASS} | uint8_t{LIBUSB_RECIPIENT_OTHER};
constexpr uint16_t kPortPower = 8;
constexpr unsigned kHubTimeout = 1000;  // ms

constexpr int kHandleShift = 32;  // a transfer's id has its handle above its own number

struct CloseUsb {
  void operator()(libusb_device_handle* device) const { libusb_close(device); }
};
using UsbDeviceHandle = std::unique_ptr<libusb_device_handle, CloseUsb>;

struct FreeTransfer {
  void operator()(libusb_transfer* transfer) const { libusb_free_transfer(transfer); }
};

class Libusb;

// A transfer that was submitted and has not completed.
struct Flight {
  Libusb* bus = nullptr;
  os::UsbTransferId id = 0;
  std::unique_ptr<libusb_transfer, FreeTransfer> transfer;
  std::vector<unsigned char> control;  // setup and data stage
};

struct Opened {
  UsbDeviceRef device;
  PortPath port;
  // Behind `device`: libusb wants it closed before.
  UsbDeviceHandle usb;
  bool left = false;     // the device; or a reset made it leave
  bool closing = false;  // nobody wants to hear how its transfers end
  uint32_t last_flight = 0;
  std::map<os::UsbTransferId, std::unique_ptr<Flight>> flights = {};
};

os::UsbHandle HandleOf(os::UsbTransferId transfer) { return transfer >> kHandleShift; }

os::UsbOutcome OutcomeOf(libusb_transfer_status status, const Opened& opened) {
  switch (status) {
    case LIBUSB_TRANSFER_COMPLETED:
      return os::UsbOutcome::kDone;
    case LIBUSB_TRANSFER_TIMED_OUT:
      return os::UsbOutcome::kTimedOut;
    case LIBUSB_TRANSFER_STALL:
      return os::UsbOutcome::kStalled;
    case LIBUSB_TRANSFER_NO_DEVICE:
      return os::UsbOutcome::kGone;
    case LIBUSB_TRANSFER_CANCELLED:
      return opened.left ? os::UsbOutcome::kGone : os::UsbOutcome::kCancelled;
    case LIBUSB_TRANSFER_ERROR:
    case LIBUSB_TRANSFER_OVERFLOW:
      break;
  }
  return os::UsbOutcome::kFailed;
}

Result<void> CheckTransfer(const os::UsbTransfer& transfer) {
  if (const auto* bulk = std::get_if<os::BulkOut>(&transfer.what)) {
    if (bulk->bytes.empty() || bulk->bytes.size() > os::kMaxBulk) {
      return Fail(ErrorKind::kInvalid, fmt::format("{} bytes in one bulk transfer: send 1 to {}",
                                                   bulk->bytes.size(), os::kMaxBulk));
    }
    // The bytes are the caller's and constant: nothing may be written there.
    if ((bulk->endpoint & LIBUSB_ENDPOINT_IN) == 0) return {};
    return Fail(ErrorKind::kInvalid, "an endpoint for reading: send to one without its top bit");
  }
  const auto* in = std::get_if<os::ControlIn>(&transfer.what);
  const uint8_t type =
      in != nullptr ? in->request_type : std::get<os::ControlOut>(transfer.what).request_type;
  if (((type & LIBUSB_ENDPOINT_IN) != 0) == (in != nullptr)) return {};
  return Fail(ErrorKind::kInvalid, "a request whose top bit says the other direction: correct it");
}

// libusb takes 0 for no limit.
unsigned TimeoutOf(std::chrono::milliseconds timeout) {
  constexpr auto kLongest = std::numeric_limits<unsigned>::max();
  return static_cast<unsigned>(std::clamp<int64_t>(timeout.count(), 1, kLongest));
}

class Libusb final : public os::UsbBus {
 public:
  explicit Libusb(EventLoop& loop) : loop_(loop) {}
  ~Libusb() override;

  Result<std::vector<os::UsbDevice>> Devices() override;
  Result<void> Watch() override;
  Result<os::UsbOpened> Open(const PortPath& port) override;
  Result<void> Claim(os::UsbHandle handle, uint8_t interface_number) override;
  Result<os::UsbTransferId> Submit(os::UsbHandle handle, const os::UsbTransfer& transfer) override;
  void Cancel(os::UsbTransferId transfer) override;
  Result<void> Reset(os::UsbHandle handle) override;
  void Close(os::UsbHandle handle) override;
  Result<void> SetPortPower(const PortPath& port, PortPower power) override;

 private:
  struct Notice {
    UsbDeviceRef device;
    libusb_hotplug_event what;
  };

  Result<libusb_context*> Context();
  Result<SeenUsbDevice> Find(const PortPath& port);
  Result<Opened*> Need(os::UsbHandle handle);
  Result<UsbDeviceHandle> OpenUsb(const SeenUsbDevice& seen);

  static int LIBUSB_CALL Noticed(libusb_context* context, libusb_device* device,
                                 libusb_hotplug_event what, void* self);
  void SayNotices();
  void Arrived(SeenUsbDevice seen);
  void SayArrived(SeenUsbDevice seen);
  void SayLeft(libusb_device* device);

  static void LIBUSB_CALL Completed(libusb_transfer* transfer);
  static void Fill(Flight& flight, const os::UsbTransfer& transfer, libusb_device_handle* usb);
  void Finish(const Flight& flight);
  void HandleEvents();
  void EndFlights(Opened& opened);
  void ResetDone(libusb_device* device, int failed);

  EventLoop& loop_;
  UsbContext context_;
  std::unique_ptr<UsbPollSet> poll_set_;
  bool watched_ = false;
  libusb_hotplug_callback_handle hotplug_ = 0;
  UsbSettling settling_{loop_, UsbSettling::kPatience,
                        [this](SeenUsbDevice seen) { SayArrived(std::move(seen)); }};
  std::deque<Notice> notices_;                    // what libusb told us and nobody knows yet
  std::map<libusb_device*, SeenUsbDevice> said_;  // who arrived, as the events tell it
  std::map<libusb_device*, SeenUsbDevice>
      resets_;  // who is being reset: not there until it is done
  std::vector<std::unique_ptr<UsbReset>> resetting_;
  std::map<os::UsbHandle, Opened> opened_;
  os::UsbHandle last_handle_ = 0;
};

Libusb::~Libusb() {
  resetting_.clear();
  while (!opened_.empty()) Close(opened_.begin()->first);
  if (watched_) libusb_hotplug_deregister_callback(context_.get(), hotplug_);
}

// ---- the tree

Result<libusb_context*> Libusb::Context() {
  if (context_ != nullptr) return context_.get();
  ZPROV_ASSIGN(UsbContext started, StartUsb());
  ZPROV_ASSIGN(poll_set_, UsbPollSet::Make(loop_, started.get(), [this] {
                 HandleEvents();
                 SayNotices();
               }));
  context_ = std::move(started);
  return context_.get();
}

Result<std::vector<os::UsbDevice>> Libusb::Devices() {
  ZPROV_ASSIGN(const UsbContext context, StartUsb());
  ZPROV_ASSIGN(const auto list, ListUsb(context.get()));
  std::vector<os::UsbDevice> devices;
  for (const SeenUsbDevice& seen : list) {
    if (!seen.shown.port.IsRootHub()) devices.push_back(seen.shown);
  }
  return devices;
}

Result<void> Libusb::Watch() {
  if (watched_) return {};
  ZPROV_ASSIGN(libusb_context* const context, Context());
  constexpr int kAny = LIBUSB_HOTPLUG_MATCH_ANY;
  const int failed = libusb_hotplug_register_callback(
      context, LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT,
      LIBUSB_HOTPLUG_NO_FLAGS, kAny, kAny, kAny, Noticed, this, &hotplug_);
  if (failed != 0) return FailUsb("watch the USB bus", failed);
  watched_ = true;
  // Whoever arrives meanwhile is in the list and among the notices: said_ knows.
  ZPROV_ASSIGN(auto list, ListUsb(context));
  for (SeenUsbDevice& seen : list) Arrived(std::move(seen));
  return {};
}

int Libusb::Noticed(libusb_context*, libusb_device* device, libusb_hotplug_event what, void* self) {
  UsbDeviceRef held(libusb_ref_device(device));
  static_cast<Libusb*>(self)->notices_.push_back({std::move(held), what});
  return 0;  // go on
}

void Libusb::SayNotices() {
  while (!notices_.empty()) {
    const Notice notice = std::move(notices_.front());
    notices_.pop_front();
    if (notice.what == LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT) {
      SayLeft(notice.device.get());
    } else if (auto seen = SeeUsb(notice.device.get())) {
      Arrived(*std::move(seen));
    }
  }
}

void Libusb::Arrived(SeenUsbDevice seen) {
  if (!seen.shown.port.IsRootHub() && !said_.contains(seen.device.get()))
    settling_.Await(std::move(seen));
}

void Libusb::SayArrived(SeenUsbDevice seen) {
  libusb_device* const device = seen.device.get();
  const os::UsbDevice shown = seen.shown;
  if (said_.try_emplace(device, std::move(seen)).second) loop_.Post(os::UsbArrived{shown});
}

void Libusb::SayLeft(libusb_device* device) {
  for (auto& [handle, opened] : opened_) {
    if (opened.device.get() != device) continue;
    opened.left = true;
    EndFlights(opened);
  }
  resets_.erase(device);
  settling_.Forget(device);
  const auto said = said_.find(device);
  if (said == said_.end()) return;
  loop_.Post(os::UsbLeft{said->second.shown.port});
  said_.erase(said);
}

// ---- devices that we opened

Result<SeenUsbDevice> Libusb::Find(const PortPath& port) {
  ZPROV_ASSIGN(libusb_context* const context, Context());
  ZPROV_ASSIGN(auto list, ListUsb(context));
  for (SeenUsbDevice& seen : list) {
    if (seen.shown.port == port && !resets_.contains(seen.device.get())) return std::move(seen);
  }
  return Fail(ErrorKind::kNotFound,
              "nothing at " + port.ToString() + ": wait until something arrives there");
}

Result<UsbDeviceHandle> Libusb::OpenUsb(const SeenUsbDevice& seen) {
  const std::string doing = "open " + seen.shown.port.ToString();
  libusb_device_handle* raw = nullptr;
  const int failed = libusb_open(seen.device.get(), &raw);
  if (failed == LIBUSB_ERROR_NO_DEVICE) {
    return Fail(ErrorKind::kNotFound, doing + ": it just left: wait until it is back");
  }
  if (failed != 0) return FailUsb(doing, failed);
  UsbDeviceHandle usb(raw);
  if (const int unwatched = poll_set_->TakeFailure()) return FailErrno(doing, unwatched);
  libusb_set_auto_detach_kernel_driver(usb.get(), 1);
  return usb;
}

Result<os::UsbOpened> Libusb::Open(const PortPath& port) {
  ZPROV_ASSIGN(SeenUsbDevice seen, Find(port));
  if (seen.shown.port.IsRootHub())
    return Fail(ErrorKind::kNotFound, "a root hub: name one of its ports");
  const bool is_open = std::ranges::any_of(opened_, [&](const auto& entry) {
    return entry.second.device == seen.device && !entry.second.left;
  });
  if (is_open) return Fail(ErrorKind::kBusy, port.ToString() + " is open already: close it first");
  ZPROV_ASSIGN(UsbDeviceHandle usb, OpenUsb(seen));
  auto configuration = ReadConfiguration(port, libusb_get_device_address(seen.device.get()));
  if (!configuration) {
    return Fail(ErrorKind::kNotFound, port.ToString() + " just left: wait until it is back");
  }
  const os::UsbHandle handle = ++last_handle_;
  opened_.emplace(handle,
                  Opened{.device = std::move(seen.device), .port = port, .usb = std::move(usb)});
  return os::UsbOpened{handle, *std::move(configuration)};
}

Result<Opened*> Libusb::Need(os::UsbHandle handle) {
  const auto found = opened_.find(handle);
  if (found == opened_.end()) {
    return Fail(ErrorKind::kGone, "the device was closed: open it before talking to it");
  }
  if (!found->second.left) return &found->second;
  return FailUsb(found->second.port.ToString(), LIBUSB_ERROR_NO_DEVICE);
}

Result<void> Libusb::Claim(os::UsbHandle handle, uint8_t interface_number) {
  ZPROV_ASSIGN(const Opened* const opened, Need(handle));
  const int failed = libusb_claim_interface(opened->usb.get(), interface_number);
  if (failed == 0) return {};
  return FailUsb(fmt::format("claim {}, interface {}", opened->port.ToString(), interface_number),
                 failed);
}

void Libusb::Close(os::UsbHandle handle) {
  const auto found = opened_.find(handle);
  if (found == opened_.end()) return;
  found->second.closing = true;
  EndFlights(found->second);
  loop_.Drop([&](const os::Event& event) {
    const auto* completed = std::get_if<os::UsbCompleted>(&event);
    return completed != nullptr && HandleOf(completed->transfer) == handle;
  });
  opened_.erase(found);
  SayNotices();
}

// ---- transfers

void Libusb::Fill(Flight& flight, const os::UsbTransfer& transfer, libusb_device_handle* usb) {
  const unsigned timeout = TimeoutOf(transfer.timeout);
  if (const auto* bulk = std::get_if<os::BulkOut>(&transfer.what)) {
    // libusb only reads what goes out.
    auto* const bytes = reinterpret_cast<unsigned char*>(const_cast<char*>(bulk->bytes.data()));
    libusb_fill_bulk_transfer(flight.transfer.get(), usb, bulk->endpoint, bytes,
                              static_cast<int>(bulk->bytes.size()), Completed, &flight, timeout);
    return;
  }
  const auto* in = std::get_if<os::ControlIn>(&transfer.what);
  flight.control.resize(LIBUSB_CONTROL_SETUP_SIZE + (in == nullptr ? 0U : in->length));
  if (in != nullptr) {
    libusb_fill_control_setup(flight.control.data(), in->request_type, in->request, in->value,
                              in->index, in->length);
  } else {
    const auto& out = std::get<os::ControlOut>(transfer.what);
    libusb_fill_control_setup(flight.control.data(), out.request_type, out.request, out.value,
                              out.index, 0);
  }
  libusb_fill_control_transfer(flight.transfer.get(), usb, flight.control.data(), Completed,
                               &flight, timeout);
}

Result<os::UsbTransferId> Libusb::Submit(os::UsbHandle handle, const os::UsbTransfer& transfer) {
  ZPROV_ASSIGN(Opened* const opened, Need(handle));
  ZPROV_TRY(CheckTransfer(transfer));
  auto flight = std::make_unique<Flight>();
  flight->bus = this;
  flight->id = handle << kHandleShift | ++opened->last_flight;
  flight->transfer.reset(libusb_alloc_transfer(0));
  if (!flight->transfer) return FailUsb("submit", LIBUSB_ERROR_NO_MEM);
  Fill(*flight, transfer, opened->usb.get());
  errno = 0;
  int failed = libusb_submit_transfer(flight->transfer.get());
  // libusb has no code of its own for an empty pool; errno is still the one of its ioctl.
  if (failed == LIBUSB_ERROR_IO && errno == ENOMEM) failed = LIBUSB_ERROR_NO_MEM;
  if (failed == LIBUSB_ERROR_NO_DEVICE) opened->left = true;
  if (failed != 0) return FailUsb("submit to " + opened->port.ToString(), failed);
  const os::UsbTransferId id = flight->id;
  opened->flights.emplace(id, std::move(flight));
  return id;
}

void Libusb::Completed(libusb_transfer* transfer) {
  const auto* flight = static_cast<const Flight*>(transfer->user_data);
  flight->bus->Finish(*flight);
}

void Libusb::Finish(const Flight& flight) {
  Opened& opened = opened_.at(HandleOf(flight.id));
  libusb_transfer* const transfer = flight.transfer.get();
  if (transfer->status == LIBUSB_TRANSFER_NO_DEVICE) opened.left = true;
  os::UsbCompleted completed{flight.id, OutcomeOf(transfer->status, opened),
                             static_cast<uint32_t>(transfer->actual_length)};
  if (!flight.control.empty()) {
    const auto data = flight.control.begin() + LIBUSB_CONTROL_SETUP_SIZE;
    completed.bytes.assign(data, data + transfer->actual_length);
  }
  if (!opened.closing) loop_.Post(std::move(completed));
  opened.flights.erase(flight.id);
}

void Libusb::Cancel(os::UsbTransferId transfer) {
  const auto opened = opened_.find(HandleOf(transfer));
  if (opened == opened_.end()) return;
  const auto flight = opened->second.flights.find(transfer);
  if (flight == opened->second.flights.end()) return;
  libusb_cancel_transfer(flight->second->transfer.get());
}

void Libusb::HandleEvents() {
  // All zero, which a library with a narrower time_t reads as zero too (src/package/README.md).
  timeval at_once{};
  libusb_handle_events_timeout_completed(context_.get(), &at_once, nullptr);
}

// Takes what has completed as it is, cancels the rest and waits for it: the kernel gives a
// cancelled transfer back before it answers, so this takes no time that a device could draw out.
void Libusb::EndFlights(Opened& opened) {
  if (opened.flights.empty()) return;
  HandleEvents();
  for (const auto& [id, flight] : opened.flights) libusb_cancel_transfer(flight->transfer.get());
  while (!opened.flights.empty()) libusb_handle_events_completed(context_.get(), nullptr);
}

// ---- reset and power

Result<void> Libusb::Reset(os::UsbHandle handle) {
  ZPROV_ASSIGN(Opened* const opened, Need(handle));
  std::erase_if(resetting_, [](const auto& reset) { return reset->IsDone(); });
  libusb_device* const device = opened->device.get();
  auto seen = SeeUsb(device);
  if (!seen) return FailUsb(opened->port.ToString(), LIBUSB_ERROR_NO_DEVICE);
  std::string node = fmt::format("/dev/bus/usb/{:03}/{:03}", libusb_get_bus_number(device),
                                 libusb_get_device_address(device));
  SayLeft(device);
  resets_.emplace(device, *std::move(seen));
  ZPROV_ASSIGN(auto reset, UsbReset::Begin(loop_, std::move(node), [this, device](int failed) {
                 ResetDone(device, failed);
               }));
  resetting_.push_back(std::move(reset));
  return {};
}

// The kernel says nothing of a reset after which the device is what it was: then we say that it is
// back. With ENODEV it is not: what comes instead arrives by itself.
void Libusb::ResetDone(libusb_device* device, int failed) {
  if (failed == ENODEV) return;
  auto back = resets_.extract(device);
  if (!back.empty() && watched_) SayArrived(std::move(back.mapped()));
}

// One request that a hub answers within its own time, whatever its ports do; not worth an event.
Result<void> Libusb::SetPortPower(const PortPath& port, PortPower power) {
  const std::string doing = "switch the power of " + port.ToString();
  if (port.IsRootHub()) return Fail(ErrorKind::kNotFound, doing + ": name one of its ports");
  auto hub = Find(port.Hub());
  if (!hub.has_value()) return While(doing, std::move(hub).error());
  if (hub->shown.device_class != LIBUSB_CLASS_HUB) {
    return Fail(ErrorKind::kNotFound, doing + ": above it is no hub: look at what is plugged in");
  }
  ZPROV_ASSIGN(const UsbDeviceHandle usb, OpenUsb(*hub));
  const uint8_t request =
      power == PortPower::kOn ? LIBUSB_REQUEST_SET_FEATURE : LIBUSB_REQUEST_CLEAR_FEATURE;
  const int failed = libusb_control_transfer(usb.get(), kSetPort, request, kPortPower,
                                             port.Number(), nullptr, 0, kHubTimeout);
  SayNotices();
  if (failed < 0) return FailUsb(doing, failed);
  return {};
}

}  // namespace

std::unique_ptr<os::UsbBus> MakeLibusb(EventLoop& loop) { return std::make_unique<Libusb>(loop); }

}  // namespace zprov::adapters
