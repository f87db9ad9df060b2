// One pure function per managed file (or per file and node). Which of them a spec gets is decided
// in managed_files.cc, not here. The names are those of `zprov render NAME`.
#pragma once

#include <string>

#include "core/render/managed_files.h"

namespace zprov::render {

// Where a managed file lives when somebody besides its own function has to know.
inline constexpr char kCompatibleUdevPath[] = "/etc/udev/rules.d/70-gadget.rules";
inline constexpr char kNativeUdevPath[] = "/etc/udev/rules.d/70-zprov.rules";
inline constexpr char kInterfacesPath[] = "/etc/network/interfaces.d/zeros";
inline constexpr char kKnownHostsPath[] = "/etc/ssh/ssh_known_hosts";
inline constexpr char kServiceUnitPath[] = "/etc/systemd/system/zprov.service";
inline constexpr char kServiceEnabledPath[] =
    "/etc/systemd/system/multi-user.target.wants/zprov.service";
std::string LinkPath(const spec::Node& node);
std::string RootPath(const spec::ClusterSpec& spec, const spec::Node& node);

ManagedFile Hosts(const spec::ClusterSpec& spec);
ManagedFile Dhcpcd(const spec::ClusterSpec& spec);
ManagedFile DhcpcdOfNodes(const spec::ClusterSpec& spec);
ManagedFile NetworkManager(const spec::ClusterSpec& spec);
ManagedFile CompatibleUdev(const spec::ClusterSpec& spec);
ManagedFile NativeUdev();
ManagedFile Interfaces(const spec::ClusterSpec& spec);
ManagedFile LinkFile(const spec::ClusterSpec& spec, const spec::Node& node);  // node.usb is set
ManagedFile ServiceUnit(const spec::ClusterSpec& spec);
ManagedFile KnownHosts(const spec::ClusterSpec& spec, const HostFacts& facts);
ManagedFile Exports(const spec::ClusterSpec& spec, const HostFacts& facts);
ManagedFile Fstab(const spec::ClusterSpec& spec);
ManagedFile RcLocal(const spec::ClusterSpec& spec);
ManagedFile RcLocalOfNobody(const spec::ClusterSpec& spec);  // what zprov or a hand put in goes
ManagedFile RcLocalOfNodes(const spec::ClusterSpec& spec);   // without the host's branch
ManagedFile Cmdline(const spec::ClusterSpec& spec, const spec::Node& node);

// The same for a root by its real path: an NFS server does not follow /x/s0 to it.
ManagedFile Cmdline(const spec::ClusterSpec& spec, const spec::Node& node, const std::string& root);
ManagedFile Config(const spec::ClusterSpec& spec, const spec::Node& node);
bool IsServedByZprov(const spec::ClusterSpec& spec);  // so it has ServiceUnit, and is no rpiboot's
bool NeedsNameServer(const spec::ClusterSpec& spec);  // enough nodes for Zone and Dnsmasq
ManagedFile Zone(const spec::ClusterSpec& spec);
ManagedFile Dnsmasq(const spec::ClusterSpec& spec);

}  // namespace zprov::render
