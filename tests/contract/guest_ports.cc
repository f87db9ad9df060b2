#include "contract/guest_ports.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "support/shell.h"
#include "util/strings.h"

namespace zprov::tests {
namespace {

using std::chrono::milliseconds;

// QEMU's own end is there: a serial port of a machine hangs up while nobody is.
bool HasPeer(const adapters::Fd& fd) {
  pollfd asked{fd.number(), 0, 0};
  return ::poll(&asked, 1, 0) >= 0 && (asked.revents & POLLHUP) == 0;
}

bool IsThere(const PortPath& port) { return !UsbAttribute(port, "bConfigurationValue").empty(); }

bool IsGone(const PortPath& port) {
  return ::access(("/sys/bus/usb/devices/" + port.ToString()).c_str(), F_OK) != 0;
}

}  // namespace

void LetUdevFinish() {
  if (RunShell("udevadm settle").exit_code != 0) std::abort();
}

void AwaitOnGuest(const std::string& what, const std::function<bool()>& is_so) {
  constexpr auto kBroken = std::chrono::minutes(1);
  const auto deadline = std::chrono::steady_clock::now() + kBroken;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > deadline) {
      std::cerr << "this never came: " << what << "\n";
      std::abort();
    }
    ::poll(nullptr, 0, 10);
  }
}

std::string UsbAttribute(const PortPath& port, const std::string& name) {
  std::ifstream file("/sys/bus/usb/devices/" + port.ToString() + "/" + name);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  return std::string(Trim(content));
}

GuestPorts::GuestPorts(const os::Clock& clock)
    : clock_(clock),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this] { Serve(); }) {}

GuestPorts::~GuestPorts() {
  // What is behind a hub before the hub.
  std::set<PortPath> all = hubs_;
  for (const auto& [port, served] : served_) all.insert(port);
  for (auto port = all.rbegin(); port != all.rend(); ++port) Unplug(*port);
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  Wake();
  thread_.join();
}

void GuestPorts::PlugHub(const PortPath& port) {
  Unplug(port);
  qemu_.AddHub(port);
  hubs_.insert(port);
  AwaitOnGuest("a hub at " + port.ToString(), [&] { return IsThere(port); });
  LetUdevFinish();
}

void GuestPorts::Plug(const PortPath& port, const vm::Device& device) {
  Unplug(port);
  const int slot = FreeSlot();
  Served served{
      slot,
      adapters::Fd(::open(GuestQemu::SlotPath(slot).c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)),
      std::make_unique<vm::RedirPort>(clock_)};
  if (served.fd.number() < 0) std::abort();
  qemu_.AddRedir(port, slot);
  AwaitOnGuest("QEMU at a port's wire", [&] { return HasPeer(served.fd); });
  served.port->Plug(device);
  {
    const std::lock_guard lock(mutex_);
    served_.emplace(port, std::move(served));
  }
  Wake();
  AwaitOnGuest("a device at " + port.ToString(), [&] { return IsThere(port); });
  LetUdevFinish();
}

void GuestPorts::Unplug(const PortPath& port) {
  const bool was_hub = hubs_.erase(port) != 0;
  const auto found = served_.find(port);
  if (!was_hub && found == served_.end()) return;
  qemu_.Remove(port);
  if (!was_hub) {
    AwaitOnGuest("QEMU's end of a wire", [&] { return !HasPeer(found->second.fd); });
    const std::lock_guard lock(mutex_);
    served_.erase(found);
  }
  Wake();
  AwaitOnGuest("nothing at " + port.ToString(), [&] { return IsGone(port); });
  LetUdevFinish();
}

void GuestPorts::Poke(const PortPath& port) {
  const std::lock_guard lock(mutex_);
  const auto found = served_.find(port);
  if (found == served_.end()) return;
  found->second.port->Poke();
  Wake();
}

int GuestPorts::FreeSlot() const {
  for (int slot = 0; slot < kGuestSlots; ++slot) {
    const bool is_taken = std::ranges::any_of(
        served_, [slot](const auto& entry) { return entry.second.slot == slot; });
    if (!is_taken) return slot;
  }
  std::abort();  // tests/qemu/contract has so many
}

// ---- the thread

void GuestPorts::Wake() {
  const uint64_t one = 1;
  if (::write(wake_.number(), &one, sizeof one) < 0 && errno != EAGAIN) std::abort();
}

os::Moment GuestPorts::NextDeadline() const {
  os::Moment next = os::Moment::max();
  for (const auto& [port, served] : served_) next = std::min(next, served.port->NextDeadline());
  return next;
}

void GuestPorts::Carry(Served& served) {
  std::array<char, 64 * 1024> buffer;
  const ssize_t got = ::read(served.fd.number(), buffer.data(), buffer.size());
  if (got > 0 && !served.port->Receive({buffer.data(), static_cast<size_t>(got)})) std::abort();
  served.port->CatchUp();
  served.unsent += served.port->TakeOutput();
  while (!served.unsent.empty()) {
    const ssize_t sent = ::write(served.fd.number(), served.unsent.data(), served.unsent.size());
    if (sent <= 0) return;  // later, or QEMU's end is gone and the plug with it
    served.unsent.erase(0, static_cast<size_t>(sent));
  }
}

void GuestPorts::Serve() {
  for (;;) {
    std::vector<pollfd> asked = {{wake_.number(), POLLIN, 0}};
    int timeout = -1;
    {
      const std::lock_guard lock(mutex_);
      if (is_over_) return;
      for (auto& [port, served] : served_) {
        Carry(served);
        // Who was hung up on is about to be erased, and poll would say it for ever.
        if (!HasPeer(served.fd)) continue;
        const int events = served.unsent.empty() ? POLLIN : POLLIN | POLLOUT;
        asked.push_back({served.fd.number(), static_cast<short>(events), 0});
      }
      const os::Moment next = NextDeadline();
      if (next != os::Moment::max()) {
        const auto left = std::chrono::ceil<milliseconds>(next - clock_.Now());
        timeout = static_cast<int>(std::max(left.count(), milliseconds::rep{0}));
      }
    }
    ::poll(asked.data(), asked.size(), timeout);
    uint64_t woken = 0;
    if (::read(wake_.number(), &woken, sizeof woken) < 0 && errno != EAGAIN) std::abort();
  }
}

}  // namespace zprov::tests
