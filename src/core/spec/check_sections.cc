// Rules of single values outside of nodes and paths: names, MTU, options, boot, denied links.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/gadget/mtu.h"
#include "core/spec/checks.h"
#include "core/spec/names.h"
#include "util/strings.h"

namespace zprov::spec {
namespace {

void CheckNames(const Draft& draft, Problems& problems) {
  const auto check_host = [&](std::string_view key, const LocatedText& name) {
    if (const auto fault = HostNameFault(name.value)) {
      problems.Error(name.line, fmt::format("{} {} {}: choose a name of a-z, 0-9 and '-'", key,
                                            Quoted(name.value), *fault));
    }
  };
  check_host("cluster.name", draft.name);
  check_host("cluster.host", draft.host);
  if (const auto fault = LinkNameFault(draft.bridge_name.value)) {
    problems.Error(draft.bridge_name.line,
                   fmt::format("bridge.name {} {}: choose a name of at most 15 of a-z, 0-9 and '-'",
                               Quoted(draft.bridge_name.value), *fault));
  }
}

void CheckBridgeAddress(const Draft& draft, Problems& problems) {
  if (!draft.bridge_address) return;
  const auto& [host, line] = *draft.bridge_address;
  if (host.address == host.NetworkAddress() || host.address == host.Broadcast()) {
    problems.Error(line, fmt::format("bridge.address {} is its network's own {} address: choose "
                                     "one in between",
                                     host.ToString(),
                                     host.address == host.Broadcast() ? "broadcast" : "network"));
  }
  const uint32_t first_byte = host.address.number >> 24;
  if (first_byte == 0 || first_byte == 127 || first_byte >= 224) {
    problems.Error(line, fmt::format("bridge.address {} is no address for a link: choose one of a "
                                     "private network, \"192.168.7.2/24\"",
                                     host.ToString()));
  }
}

void CheckBridgeMac(const Draft& draft, Problems& problems) {
  if (!draft.bridge_mac) return;
  const auto& [mac, line] = *draft.bridge_mac;
  if (!mac.IsZero() && !mac.IsMulticast()) return;
  problems.Error(line, fmt::format("bridge.mac {} is {}: choose one whose first byte is even, "
                                   "\"02:…\"",
                                   mac.ToString(), mac.IsZero() ? "zero" : "a multicast address"));
}

void CheckMtu(const Draft& draft, Problems& problems) {
  const auto& [mtu, line] = draft.mtu;
  const uint32_t nearby = mtu - 2 >= gadget::kMinMtu ? mtu - 2 : mtu + 2;
  if (gadget::FillsLastPacket(mtu, gadget::kHighSpeedPacket)) {
    problems.Error(line, fmt::format("bridge.mtu = {0}: a frame of {0} + 14 bytes is a multiple of "
                                     "512, which the kernel refuses on a USB link: choose {1}",
                                     mtu, nearby));
  } else if (gadget::FillsLastPacket(mtu, gadget::kFullSpeedPacket)) {
    problems.Warn(line, fmt::format("bridge.mtu = {0}: a frame of {0} + 14 bytes is a multiple of "
                                    "64, which a USB link at full speed refuses: better {1}",
                                    mtu, nearby));
  }
}

// True when they are fine.
bool CheckOptionsOf(std::string_view key, const LocatedText& options, Problems& problems) {
  const auto fault = OptionsFault(options.value);
  if (fault) {
    problems.Error(options.line, fmt::format("nfs.{} {} {}", key, Quoted(options.value), *fault));
  }
  return !fault;
}

void CheckOptions(const Draft& draft, Problems& problems) {
  CheckOptionsOf("home_options", draft.home_options, problems);
  CheckOptionsOf("root_options", draft.root_options, problems);
  if (!CheckOptionsOf("export_options", draft.export_options, problems)) return;
  const auto words = Split(draft.export_options.value, ',');
  if (std::ranges::find(words, "no_root_squash") == words.end()) {
    problems.Warn(draft.export_options.line,
                  "nfs.export_options has no no_root_squash: root on a node could not read its own "
                  "files; add it");
  }
}

void CheckDeny(const Draft& draft, Problems& problems) {
  std::set<std::string_view> seen;
  for (const LocatedText& link : draft.deny) {
    if (const auto fault = LinkPatternFault(link.value)) {
      problems.Error(link.line, fmt::format("network.deny has {}, which {}: write a link's name",
                                            Quoted(link.value), *fault));
    }
    if (!seen.insert(link.value).second) {
      problems.Error(link.line,
                     fmt::format("network.deny has {} twice: take one out", Quoted(link.value)));
    }
    if (link.value == draft.bridge_name.value) {
      problems.Error(link.line, fmt::format("network.deny has the bridge {}, which would get no "
                                            "address then: take it out",
                                            Quoted(link.value)));
    }
  }
}

void CheckBootPlace(std::string_view key, const LocatedText& path, Problems& problems) {
  if (path.value.empty()) return;
  if (const auto fault = PlaceFault(path.value)) {
    problems.Error(path.line, fmt::format("boot.{} {} {}", key, Quoted(path.value), *fault));
  }
}

void CheckBoot(const Draft& draft, Problems& problems) {
  CheckBootPlace("from", draft.boot_from, problems);
  CheckBootPlace("initramfs", draft.boot_initramfs, problems);
  if (draft.boot_arch.value == BootArch::kAny) {
    problems.Warn(draft.boot_arch.line,
                  "boot.arch = \"any\" takes a kernel that no Zero can run, a setting for tests: "
                  "take it out, or write \"arm\"");
  }
  if (const auto fault = CmdlineFault(draft.boot_cmdline.value)) {
    problems.Error(draft.boot_cmdline.line, fmt::format("boot.cmdline {}", *fault));
  }
  if (draft.mode.value == Mode::kNative && draft.boot_server &&
      draft.boot_server->value == BootServer::kRpiboot) {
    problems.Warn(draft.boot_server->line,
                  "boot.server = \"rpiboot\" has no effect in the native mode, where zprov boots "
                  "the nodes: take it out, or choose cluster.mode = \"compatible\"");
  }
}

}  // namespace

void CheckSections(const Draft& draft, Problems& problems) {
  CheckNames(draft, problems);
  CheckBridgeAddress(draft, problems);
  CheckBridgeMac(draft, problems);
  CheckMtu(draft, problems);
  CheckOptions(draft, problems);
  CheckDeny(draft, problems);
  CheckBoot(draft, problems);
}

}  // namespace zprov::spec
