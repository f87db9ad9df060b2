#include "engine/liveness.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/usbboot/ids.h"

namespace zprov::engine {
namespace {

constexpr std::chrono::seconds kProbesEnd{5};  // a probe answers within 3 s (os/netlink.h)

// What can be read of the host; what cannot, has no value.
struct Evidence {
  std::optional<std::vector<os::UsbDevice>> devices;
  std::optional<std::vector<Link>> links;
};

// Only an answer counts: a bus or a kernel that says nothing is no evidence, and no error either.
template <typename T>
std::optional<T> IfReadable(Result<T> result) {
  if (!result) return std::nullopt;
  return std::move(*result);
}

bool IsBootStage(const os::UsbDevice& device) {
  return device.vendor == usbboot::kBroadcomVendor &&
         (device.product == usbboot::kBootRomProduct ||
          device.product == usbboot::kSecondStageProduct);
}

// The boot ROM says 2763 with serial index 0; every later stage differs in one of them
// (src/core/usbboot/README.md, Identification).
bool IsRom(const os::UsbDevice& device) {
  return IsBootStage(device) && device.product == usbboot::kBootRomProduct &&
         device.serial_index == 0;
}

const Link* LinkOf(const Evidence& evidence, const spec::Node& node) {
  if (!evidence.links) return nullptr;
  const auto found =
      std::find_if(evidence.links->begin(), evidence.links->end(), [&](const Link& link) {
        if (node.usb && link.usb) return *link.usb == *node.usb;
        return link.kind.empty() && (link.name == node.name || link.mac == node.host_mac);
      });
  return found == evidence.links->end() ? nullptr : &*found;
}

const os::UsbDevice* DeviceAt(const std::vector<os::UsbDevice>& devices, const PortPath& port) {
  const auto found = std::find_if(devices.begin(), devices.end(),
                                  [&](const os::UsbDevice& device) { return device.port == port; });
  return found == devices.end() ? nullptr : &*found;
}

NodeLife ByItsPort(const std::vector<os::UsbDevice>& devices, const PortPath& port) {
  const os::UsbDevice* device = DeviceAt(devices, port);
  const std::string name = port.ToString();
  if (device == nullptr) return {Life::kDown, "port " + name + " is empty"};
  if (IsRom(*device)) return {Life::kDown, "port " + name + " shows the boot ROM"};
  return {Life::kBooting, fmt::format("port {} shows {:04x}:{:04x}: it is booting", name,
                                      device->vendor, device->product)};
}

// A node that the spec gives no port: a board that boots anywhere might be it.
NodeLife ByTheWholeBus(const Evidence& evidence) {
  if (!evidence.links || !evidence.devices) {
    return {Life::kUnknown, "it has no link, and its USB port is not known"};
  }
  const bool one_boots = std::any_of(
      evidence.devices->begin(), evidence.devices->end(),
      [](const os::UsbDevice& device) { return IsBootStage(device) && !IsRom(device); });
  if (one_boots) return {Life::kUnknown, "a board is booting, and which one is not known"};
  return {Life::kDown, "it has no link, and no board is booting"};
}

// Nothing: it has a link, and a probe must tell.
NodeLife WithoutLink(const Evidence& evidence, const spec::Node& node) {
  if (!node.usb) return ByTheWholeBus(evidence);
  if (evidence.devices) return ByItsPort(*evidence.devices, *node.usb);
  return {Life::kUnknown, "neither the USB bus nor a link tells"};
}

// What needs no probe, and whom one must tell of.
struct Glance {
  std::map<std::string, NodeLife> lives;
  std::map<std::string, std::string> links;  // node → its link
};

Glance GlanceAt(os::System& system, const spec::ClusterSpec& spec,
                const std::set<std::string>& assume_down) {
  Glance glance;
  Evidence evidence;
  if (system.live != nullptr) {
    evidence = {IfReadable(system.live->usb.Devices()), IfReadable(system.live->netlink.Links())};
  }
  for (const spec::Node& node : spec.nodes) {
    if (assume_down.contains(node.name)) {
      glance.lives[node.name] = {Life::kDown, "assumed down, as asked"};
    } else if (system.live == nullptr) {
      glance.lives[node.name] = {Life::kDown, "in a tree of files nothing runs"};
    } else if (const Link* link = LinkOf(evidence, node)) {
      glance.links[node.name] = link->name;
    } else {
      glance.lives[node.name] = WithoutLink(evidence, node);
    }
  }
  return glance;
}

struct Probing {
  std::map<os::ProbeId, std::string> asked;  // probe → node
  std::map<std::string, std::string> links;  // node → its link
};

Result<Probing> AskAll(os::System& system, const spec::ClusterSpec& spec,
                       const std::map<std::string, std::string>& links) {
  Probing probing{.asked = {}, .links = links};
  for (const spec::Node& node : spec.nodes) {
    if (!links.contains(node.name)) continue;
    auto probe = system.live->netlink.Probe(spec.bridge.name, node.address);
    if (!probe && probe.error().kind == ErrorKind::kNotFound) {  // no bridge: the link by itself
      probe = system.live->netlink.Probe(links.at(node.name), node.address);
    }
    if (!probe && probe.error().kind == ErrorKind::kNotFound) continue;  // the link left meanwhile
    if (!probe) return tl::make_unexpected(std::move(probe).error());
    probing.asked[*probe] = node.name;
  }
  return probing;
}

// Every link that answers is up; the rest hang.
Result<std::map<std::string, NodeLife>> HearAll(os::System& system, Probing probing) {
  std::map<std::string, NodeLife> lives;
  for (const auto& [node, link] : probing.links) {
    lives[node] = {Life::kHung, "its link " + link + " is there and does not answer"};
  }
  const os::Moment deadline = system.clock.Now() + kProbesEnd;
  while (!probing.asked.empty()) {
    ZPROV_ASSIGN(const os::Event event, system.events.Next(deadline));
    if (std::holds_alternative<os::DeadlinePassed>(event)) break;
    const auto* answer = std::get_if<os::ProbeAnswered>(&event);
    if (answer == nullptr) continue;
    const auto asked = probing.asked.extract(answer->probe);
    if (asked.empty() || !answer->alive) continue;
    lives[asked.mapped()] = {Life::kUp,
                             "its link " + probing.links.at(asked.mapped()) + " answers"};
  }
  return lives;
}

}  // namespace

std::string_view Name(Life life) {
  switch (life) {
    case Life::kDown:
      return "down";
    case Life::kBooting:
      return "booting";
    case Life::kUp:
      return "up";
    case Life::kHung:
      return "hung";
    case Life::kUnknown:
      return "unknown";
  }
  return "unknown";
}

Result<std::map<std::string, NodeLife>> ObserveLives(os::System& system,
                                                     const spec::ClusterSpec& spec,
                                                     const std::set<std::string>& assume_down) {
  Glance glance = GlanceAt(system, spec, assume_down);
  if (glance.links.empty()) return std::move(glance.lives);
  ZPROV_ASSIGN(Probing probing, AskAll(system, spec, glance.links));
  ZPROV_ASSIGN(auto probed, HearAll(system, std::move(probing)));
  probed.merge(glance.lives);
  return probed;
}

std::map<std::string, NodeLife> GlanceAtLives(os::System& system, const spec::ClusterSpec& spec,
                                              const std::set<std::string>& assume_down) {
  Glance glance = GlanceAt(system, spec, assume_down);
  for (const auto& [node, link] : glance.links) {
    glance.lives[node] = {Life::kUp, "its link " + link + " is there"};
  }
  return std::move(glance.lives);
}

}  // namespace zprov::engine
