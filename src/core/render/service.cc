// The unit of `zprov serve`: started with the host, watched, and shut off from all that it does not
// need. systemd.exec(5) says what each line takes away.
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "core/render/renderers.h"

namespace zprov::render {
namespace {

// Exit code 2 (an invalid spec) would come again: an operator must act. What a guard refuses (3)
// passes: another zprov has the ports, or rpiboot still runs.
// A start finishes an interrupted update, hence the programs of the NFS server before it and the
// time. The directory below /run holds the nonces of the nodes that run, so it outlives a stop.
constexpr std::string_view kStart = R"([Unit]
Description=Boots the cluster's nodes over USB and joins their links (zprov)
ConditionPathExists=/etc/zprov/cluster.toml
RequiresMountsFor={0}
Wants=nfs-server.service
After=nfs-server.service systemd-udevd.service systemd-sysctl.service

[Service]
Type=notify
ExecStart=/usr/bin/zprov --spec /etc/zprov/cluster.toml serve
ExecReload=/bin/sh -c 'kill -HUP $MAINPID'
Restart=on-failure
RestartSec=10
RestartPreventExitStatus=2
WatchdogSec=60
TimeoutStartSec=300
TimeoutStopSec=30
RuntimeDirectory=zprov
RuntimeDirectoryMode=0755
RuntimeDirectoryPreserve=yes
UMask=0077
)";

// CAP_NET_ADMIN: links and bridge. CAP_NET_RAW: a probe is bound to the bridge. CAP_DAC_OVERRIDE:
// boot files and nodes' roots may belong to anybody. No ProtectProc=: a service with few
// capabilities would not see rpiboot, which has all. /etc and /var/lib/nfs: exports and known
// hosts, when a start finishes an update. No RestrictSUIDSGID=: with it openat2, which keeps
// foreign names inside their directories, is an unknown call (ENOSYS).
constexpr std::string_view kSandbox = R"(
CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW CAP_DAC_OVERRIDE
NoNewPrivileges=yes
DevicePolicy=closed
DeviceAllow=char-usb_device rw
ProtectSystem=strict
ReadWritePaths={0} -/etc -/var/lib/nfs
ProtectHome=read-only
PrivateMounts=yes
PrivateTmp=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_UNIX AF_NETLINK AF_INET
RestrictNamespaces=yes
RestrictRealtime=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
)";

}  // namespace

bool IsServedByZprov(const spec::ClusterSpec& spec) {
  return spec.mode == spec::Mode::kNative || spec.boot_server == spec::BootServer::kZprov;
}

ManagedFile ServiceUnit(const spec::ClusterSpec& spec) {
  const std::string& store = spec.storage.store;
  return {"service", kServiceUnitPath,
          WholeFile{fmt::format(kStart, store) + fmt::format(kSandbox, store)}};
}

}  // namespace zprov::render
