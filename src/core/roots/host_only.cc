#include "core/roots/host_only.h"

#include <array>

namespace zprov::roots {
namespace {

constexpr std::string_view kExports = "what the host exports";
constexpr std::string_view kNfsServer = "the host serves NFS, its nodes do not";
constexpr std::string_view kNfsClients = "NFS clients of the host";
constexpr std::string_view kOwn = "zprov works on the host alone";
constexpr std::string_view kLinks = "names and brings up the host's links to its nodes";
constexpr std::string_view kNameServer = "the host's name server answers for the cluster";
constexpr std::string_view kSeed = "a random seed that two machines share is none";
constexpr std::string_view kSwap = "swap of the host; over NFS it would hang the node";
constexpr std::string_view kDhcp = "the host's identity towards DHCP servers, and its leases";
constexpr std::string_view kHostKeys = "the host's own ssh keys: each node gets its own";
constexpr std::string_view kMachineId = "the host's machine-id: each node gets its own";
constexpr std::string_view kRootKeys = "root's private ssh keys open other machines";
constexpr std::string_view kLogs = "the host's logs";
constexpr std::string_view kHome = "left from the move of the host's home directory";

constexpr Removal kEntry = Removal::kEntry;

// rpcbind stays: a node's own mount of the shared home (vers=3, with locks) needs it.
constexpr auto kRows = std::to_array<HostOnly>({
    {"/etc/exports", kEntry, kExports},
    {"/etc/exports.d/*", kEntry, kExports},
    {"/var/lib/nfs/etab", kEntry, kExports},
    {"/var/lib/nfs/xtab", kEntry, kExports},
    {"/var/lib/nfs/rmtab", kEntry, kNfsClients},
    // A node would tell them all at its start that it had restarted (sm-notify).
    {"/var/lib/nfs/sm/*", kEntry, kNfsClients},
    {"/var/lib/nfs/sm.bak/*", kEntry, kNfsClients},
    {"/etc/systemd/system/*.wants/nfs-server.service", kEntry, kNfsServer},
    {"/etc/systemd/system/*.wants/nfs-kernel-server.service", kEntry, kNfsServer},
    {"/etc/rc?.d/S??nfs-kernel-server", kEntry, kNfsServer},

    {"/etc/zprov", kEntry, kOwn},
    {"/var/lib/zprov", kEntry, kOwn},
    {"/etc/systemd/system/zprov.service", kEntry, kOwn},
    {"/etc/systemd/system/zprov-links.service", kEntry, kOwn},
    {"/etc/systemd/system/*.wants/zprov.service", kEntry, kOwn},
    {"/etc/systemd/system/*.wants/zprov-links.service", kEntry, kOwn},

    {"/etc/udev/rules.d/70-gadget.rules", kEntry, kLinks},
    {"/etc/udev/rules.d/70-zprov.rules", kEntry, kLinks},
    {"/etc/systemd/network/70-zprov-*.link", kEntry, kLinks},
    {"/etc/network/interfaces.d/zeros", kEntry, kLinks},
    {"/etc/dnsmasq.d/zprov.conf", kEntry, kNameServer},

    {"/var/lib/systemd/random-seed", kEntry, kSeed},
    {"/var/lib/systemd/credential.secret", kEntry, kSeed},
    {"/var/lib/urandom/random-seed", kEntry, kSeed},

    {"/var/swap", kEntry, kSwap},
    {"/swapfile", kEntry, kSwap},
    {"/swap.img", kEntry, kSwap},
    {"/etc/systemd/system/*.wants/dphys-swapfile.service", kEntry, kSwap},
    {"/etc/rc?.d/S??dphys-swapfile", kEntry, kSwap},

    {"/etc/dhcpcd.duid", kEntry, kDhcp},
    {"/etc/dhcpcd.secret", kEntry, kDhcp},
    {"/var/lib/dhcpcd/*", kEntry, kDhcp},
    {"/var/lib/dhcpcd5/*", kEntry, kDhcp},
    {"/var/lib/dhcp/*", kEntry, kDhcp},
    {"/var/lib/NetworkManager/secret_key", kEntry, kDhcp},
    {"/var/lib/NetworkManager/*.lease", kEntry, kDhcp},

    {"/etc/ssh/ssh_host_*", kEntry, kHostKeys},
    {"/etc/machine-id", kEntry, kMachineId},
    {"/var/lib/dbus/machine-id", kEntry, kMachineId},
    {"/root/.ssh/id_*", kEntry, kRootKeys, "*.pub"},

    {"/var/log/journal/*", kEntry, kLogs},
    {"/var/log", Removal::kFilesBelow, kLogs},

    {"/.home.before-zprov", kEntry, kHome},
    {"/.home.zprov-new", kEntry, kHome},
});

}  // namespace

std::span<const HostOnly> HostOnlyRows() { return kRows; }

bool IsPattern(std::string_view component) {
  return component.find_first_of("*?") != std::string_view::npos;
}

bool Matches(std::string_view pattern, std::string_view name) {
  size_t p = 0;
  size_t n = 0;
  size_t star = std::string_view::npos;  // the last '*' passed, and where its bytes began
  size_t star_begin = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_begin = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++star_begin;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace zprov::roots
