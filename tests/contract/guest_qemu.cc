#include "contract/guest_qemu.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <iostream>

namespace zprov::tests {
namespace {

using nlohmann::json;

// As tests/qemu/contract names the serial port, and where the sockets are on the host.
constexpr char kMonitor[] = "/dev/virtio-ports/zprov.qmp";
constexpr char kDirectoryVariable[] = "ZPROV_QEMU_DIRECTORY";

[[noreturn]] void Broken(const std::string& what) {
  std::cerr << "the wires to QEMU are broken: " << what << "\n";
  std::abort();
}

std::string IdOf(const PortPath& port) { return "at-" + port.ToString(); }

// Linux makes two buses of each xhci, the second for what is faster, and counts from 1. QEMU makes
// one and counts from 0. PCI gives both the same order.
json PlaceOf(const PortPath& port) {
  const std::string path = port.ToString();
  return {{"id", IdOf(port)},
          {"bus", fmt::format("usb-bus.{}", (port.bus - 1) / 2)},
          {"port", path.substr(path.find('-') + 1)}};
}

}  // namespace

bool IsWiredGuest() {
  return std::getenv(kDirectoryVariable) != nullptr && ::access(kMonitor, F_OK) == 0;
}

GuestQemu::GuestQemu() : fd_(::open(kMonitor, O_RDWR | O_CLOEXEC)) {
  if (fd_.number() < 0) Broken(kMonitor);
  Do("qmp_capabilities", json::object());
}

void GuestQemu::AddHub(const PortPath& port) {
  json arguments = PlaceOf(port);
  arguments["driver"] = "usb-hub";
  arguments["port-power"] = true;
  Do("device_add", arguments);
}

void GuestQemu::AddRedir(const PortPath& port, int slot) {
  const std::string socket = fmt::format("{}/usb{}", std::getenv(kDirectoryVariable), slot);
  const json address = {{"type", "unix"}, {"data", {{"path", socket}}}};
  Do("chardev-add",
     {{"id", "wire-" + IdOf(port)},
      {"backend", {{"type", "socket"}, {"data", {{"addr", address}, {"server", false}}}}}});
  json arguments = PlaceOf(port);
  arguments["driver"] = "usb-redir";
  arguments["chardev"] = "wire-" + IdOf(port);
  Do("device_add", arguments);
}

// usb-redir takes its chardev with it.
void GuestQemu::Remove(const PortPath& port) { Do("device_del", {{"id", IdOf(port)}}); }

std::string GuestQemu::SlotPath(int slot) {
  return fmt::format("/dev/virtio-ports/zprov.usb{}", slot);
}

void GuestQemu::Do(const std::string& command, const json& arguments) {
  const std::string line = json{{"execute", command}, {"arguments", arguments}}.dump() + "\n";
  if (::write(fd_.number(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    Broken("QMP takes no command");
  }
  for (;;) {
    const json said = json::parse(NextLine(), nullptr, false);
    if (said.contains("return")) return;
    // Whoever asked for them before has left it so.
    if (said.contains("error") && command == "qmp_capabilities") return;
    if (said.contains("error")) Broken(line + said.dump());
  }
}

std::string GuestQemu::NextLine() {
  for (;;) {
    const size_t end = received_.find('\n');
    if (end != std::string::npos) {
      std::string line = received_.substr(0, end);
      received_.erase(0, end + 1);
      return line;
    }
    std::array<char, 4096> buffer;
    const ssize_t got = ::read(fd_.number(), buffer.data(), buffer.size());
    if (got <= 0) Broken("QMP says nothing");
    received_.append(buffer.data(), static_cast<size_t>(got));
  }
}

}  // namespace zprov::tests
