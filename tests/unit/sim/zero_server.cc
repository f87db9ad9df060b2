#include "unit/sim/zero_server.h"

#include <fmt/format.h>

namespace zprov::tests {
namespace {

using os::UsbOutcome;

constexpr uint16_t kRequest = 260;
constexpr auto kControlTimeout = std::chrono::seconds(1);
constexpr auto kReadTimeout = std::chrono::seconds(20);
constexpr auto kBulkTimeout = std::chrono::seconds(5);

std::string Said(const os::Event& event) {
  if (const auto* came = std::get_if<os::UsbArrived>(&event)) {
    return fmt::format("{} came as {:04x}", came->device.port.ToString(), came->device.product);
  }
  if (const auto* left = std::get_if<os::UsbLeft>(&event)) return left->port.ToString() + " left";
  if (const auto* done = std::get_if<os::UsbCompleted>(&event)) {
    return fmt::format("{} ended as {}", done->transfer, static_cast<int>(done->outcome));
  }
  if (const auto* link = std::get_if<os::LinkChanged>(&event)) return "link " + link->name;
  return "else";
}

}  // namespace

struct ZeroServer::Session {
  PortPath port;
  os::UsbHandle handle = 0;
  uint8_t endpoint = 1;
  bool is_rom = false;
  std::deque<os::UsbTransfer> waiting;
  os::UsbTransferId current = 0;
  bool reads = false;  // `current` is a request
  std::string sent;    // what the bulk transfers point into
};

ZeroServer::Files ZeroServer::ForS0() {
  return {{"bootcode.bin", "the first stage"},
          {"config.txt",
           "kernel=kernel.img\ninitramfs initrd.img followkernel\n"
           "dtoverlay=dwc2,dr_mode=peripheral\n"},
          {"start.elf", std::string(100'000, 'e')},
          {"fixup.dat", "fixup"},
          {"kernel.img", "the kernel"},
          {"initrd.img", "the initramfs"},
          {"bcm2708-rpi-zero.dtb", "the tree"},
          {"overlays/dwc2.dtbo", "the overlay"},
          {"cmdline.txt",
           std::string("root=/dev/nfs nfsroot=192.168.7.2:/x/s0,vers=3 rw "
                       "ip=192.168.7.33:192.168.7.2:192.168.7.2:255.255.255.0:s0:usb0:off "
                       "zprov.node=s0 zprov.gadget=ecm zprov.mtu=1500 "
                       "zprov.mac=02:34:33:3c:50:21 zprov.boot=") +
               kNonce + "\n"}};
}

ZeroServer::ZeroServer(sim::World& world, Files files) : world_(world), files_(std::move(files)) {
  (void)world_.network().EnsureBridge("br0", {});
  (void)world_.network().AddAddress("br0", *InterfaceAddress::Parse("192.168.7.2/24"));
  (void)world_.usb().Watch();
}

ZeroServer::~ZeroServer() = default;

std::vector<UsbOutcome> ZeroServer::failures(const PortPath& port) const {
  const auto found = failures_.find(port);
  return found == failures_.end() ? std::vector<UsbOutcome>() : found->second;
}

void ZeroServer::ServeUntil(os::Moment moment) {
  while (world_.clock().Now() < moment) On(*world_.queue().Next(moment));
}

void ZeroServer::On(const os::Event& event) {
  if (std::holds_alternative<os::DeadlinePassed>(event)) return;
  trace_.push_back(fmt::format("{} {}", world_.clock().Now().count(), Said(event)));
  if (const auto* came = std::get_if<os::UsbArrived>(&event)) Arrived(came->device);
  if (const auto* done = std::get_if<os::UsbCompleted>(&event)) Completed(*done);
  if (std::holds_alternative<os::LinkChanged>(event)) TakeUpLinks();
  if (const auto* left = std::get_if<os::UsbLeft>(&event)) {
    const auto found = sessions_.find(left->port);
    if (found == sessions_.end()) return;
    world_.usb().Close(found->second->handle);
    sessions_.erase(found);
  }
}

void ZeroServer::TakeUpLinks() {
  const auto links = *world_.network().Links();
  for (const Link& link : links) {
    if (link.usb.has_value() && !link.up) {
      (void)world_.network().SetLink(link.name, {.master = "br0", .up = true});
    }
  }
}

void ZeroServer::Arrived(const os::UsbDevice& device) {
  if (device.vendor != 0x0a5c || std::ranges::count(ignored_, device.port) != 0) return;
  const auto opened = world_.usb().Open(device.port);
  if (!opened.has_value()) return;
  auto session = std::make_unique<Session>();
  session->port = device.port;
  session->handle = opened->handle;
  session->is_rom = device.serial_index == 0;
  session->endpoint = session->is_rom ? 1 : 3;
  (void)world_.usb().Claim(opened->handle, session->is_rom ? 0 : 1);
  if (session->is_rom) {
    const std::string& file = files_["bootcode.bin"];
    std::string message(24, '\0');
    message[0] = static_cast<char>(file.size() & 0xff);
    message[1] = static_cast<char>(file.size() >> 8 & 0xff);
    session->sent = message + file;
    Announce(*session, message.size());
    session->waiting.push_back(
        {os::BulkOut{1, std::string_view(session->sent).substr(0, 24)}, kBulkTimeout});
    Announce(*session, file.size());
    session->waiting.push_back(
        {os::BulkOut{1, std::string_view(session->sent).substr(24)}, kBulkTimeout});
    session->waiting.push_back({os::ControlIn{0xc0, 0, 4, 0, 4}, kReadTimeout});
  }
  Next(*session);
  sessions_[device.port] = std::move(session);
}

void ZeroServer::Announce(Session& session, size_t size) {
  session.waiting.push_back({os::ControlOut{0x40, 0, static_cast<uint16_t>(size & 0xffff),
                                            static_cast<uint16_t>(size >> 16)},
                             kControlTimeout});
}

void ZeroServer::Next(Session& session) {
  session.reads = session.waiting.empty() && !session.is_rom;
  if (session.reads) {
    session.waiting.push_back({os::ControlIn{0xc0, 0, kRequest, 0, kRequest}, kReadTimeout});
  }
  if (session.waiting.empty()) return;
  const auto id = world_.usb().Submit(session.handle, session.waiting.front());
  session.waiting.pop_front();
  session.current = id.value_or(0);
}

void ZeroServer::Completed(const os::UsbCompleted& completed) {
  for (auto& [port, session] : sessions_) {
    if (session->current != completed.transfer) continue;
    if (completed.outcome != UsbOutcome::kDone) {
      failures_[port].push_back(completed.outcome);
      return;
    }
    if (session->reads) return Answer(*session, completed.bytes);
    return Next(*session);
  }
}

void ZeroServer::Answer(Session& session, const std::string& request) {
  const bool reads_file = request[0] == 1;
  const std::string name = request.substr(4, request.find('\0', 4) - 4);
  const auto found = files_.find(name);
  Announce(session, found == files_.end() ? 0 : found->second.size());
  if (name.empty()) session.is_rom = true;  // asks for nothing any more
  if (found != files_.end() && reads_file) Write(session, found->second);
  Next(session);
}

void ZeroServer::Write(Session& session, const std::string& bytes) {
  session.sent = bytes;
  for (size_t at = 0; at < bytes.size(); at += os::kMaxBulk) {
    session.waiting.push_back(
        {os::BulkOut{session.endpoint, std::string_view(session.sent).substr(at, os::kMaxBulk)},
         kBulkTimeout});
  }
}

}  // namespace zprov::tests
