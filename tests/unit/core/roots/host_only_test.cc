// The table of what stays behind on the host.
#include "core/roots/host_only.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/render/managed_files.h"
#include "core/spec/format.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::roots {
namespace {

bool Covers(const HostOnly& row, std::string_view path) {
  const auto wanted = Split(row.path, '/');
  const auto parts = Split(path, '/');
  const bool below = row.how == Removal::kFilesBelow;
  if (below ? parts.size() <= wanted.size() : parts.size() != wanted.size()) return false;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (!Matches(wanted[i], parts[i])) return false;
  }
  return row.except.empty() || !Matches(row.except, parts.back());
}

bool StaysOnTheHost(std::string_view path) {
  return std::ranges::any_of(HostOnlyRows(),
                             [&](const HostOnly& row) { return Covers(row, path); });
}

TEST(HostOnly, HasForEachRowANormalPathAndAReason) {
  std::set<std::string_view> paths;
  for (const HostOnly& row : HostOnlyRows()) {
    EXPECT_TRUE(IsNormalPath(row.path)) << row.path;
    EXPECT_NE(row.path, "/");
    EXPECT_FALSE(row.reason.empty()) << row.path;
    EXPECT_TRUE(paths.insert(row.path).second) << row.path << " is there twice";
  }
}

TEST(HostOnly, NamesWhatAHostHasForItselfAlone) {
  for (const char* path : {"/etc/exports",
                           "/etc/exports.d/more.exports",
                           "/etc/zprov",
                           "/swapfile",
                           "/var/swap",
                           "/etc/systemd/system/multi-user.target.wants/nfs-server.service",
                           "/etc/systemd/system/multi-user.target.wants/zprov-links.service",
                           "/etc/systemd/system/multi-user.target.wants/dphys-swapfile.service",
                           "/etc/rc3.d/S01nfs-kernel-server",
                           "/var/lib/systemd/random-seed",
                           "/etc/ssh/ssh_host_ed25519_key",
                           "/etc/ssh/ssh_host_ed25519_key.pub",
                           "/etc/machine-id",
                           "/root/.ssh/id_rsa",
                           "/var/log/syslog",
                           "/var/log/apt/history.log",
                           "/var/log/journal/0123456789abcdef0123456789abcdef",
                           "/var/lib/dhcp/dhclient.eth0.leases",
                           "/var/lib/NetworkManager/internal-0815-eth0.lease",
                           "/var/lib/dhcpcd/duid",
                           "/.home.before-zprov"}) {
    EXPECT_TRUE(StaysOnTheHost(path)) << path;
  }
}

TEST(HostOnly, LeavesWhatANodeNeedsToo) {
  for (const char* path :
       {"/etc", "/etc/hosts", "/etc/fstab", "/etc/ssh", "/etc/ssh/sshd_config",
        "/etc/ssh/ssh_known_hosts", "/root/.ssh/authorized_keys", "/root/.ssh/id_rsa.pub",
        "/root/.ssh/known_hosts", "/var/log", "/var/lib/dhcp", "/etc/dhcpcd.conf", "/etc/rc.local",
        "/etc/systemd/system/multi-user.target.wants/rpcbind.service",
        "/etc/systemd/system/multi-user.target.wants/nfs-client.target",
        "/etc/NetworkManager/system-connections/home.nmconnection"}) {
    EXPECT_FALSE(StaysOnTheHost(path)) << path;
  }
}

// What a node has another content of, or the same.
bool NodesHaveItToo(const render::ManagedFile& file) {
  static const std::set<std::string> names = {"hosts",    "dhcpcd", "networkmanager",
                                              "rc.local", "fstab",  "known-hosts"};
  return names.contains(file.name) || file.name.starts_with("cmdline:") ||
         file.name.starts_with("config:");
}

TEST(HostOnly, NamesEveryManagedFileThatNodesHaveNoUseFor) {
  for (const spec::Mode mode : {spec::Mode::kNative, spec::Mode::kCompatible}) {
    const auto spec = spec::ProcedureSpec(50, mode).value();
    for (const auto& file : render::ManagedFiles(spec, render::HostFacts::Everything())) {
      if (file.path.empty() || NodesHaveItToo(file)) continue;
      EXPECT_TRUE(StaysOnTheHost(file.path) || StaysOnTheHost(ParentOf(file.path))) << file.path;
    }
  }
}

TEST(HostOnlyPattern, IsWhatHoldsAStarOrAQuestionMark) {
  EXPECT_TRUE(IsPattern("*.wants"));
  EXPECT_TRUE(IsPattern("rc?.d"));
  EXPECT_FALSE(IsPattern("exports.d"));
}

TEST(HostOnlyPattern, MatchesAsInTheShell) {
  EXPECT_TRUE(Matches("*", ""));
  EXPECT_TRUE(Matches("*", ".hidden"));
  EXPECT_TRUE(Matches("ssh_host_*", "ssh_host_rsa_key"));
  EXPECT_TRUE(Matches("70-zprov-*.link", "70-zprov-s0.link"));
  EXPECT_TRUE(Matches("*ab*ab", "abxabab"));
  EXPECT_TRUE(Matches("rc?.d", "rc3.d"));
  EXPECT_FALSE(Matches("70-zprov-*.link", "70-zprov-s0.link.bak"));
  EXPECT_FALSE(Matches("rc?.d", "rc.d"));
  EXPECT_FALSE(Matches("*ab", "aba"));
  EXPECT_FALSE(Matches("", "a"));
  EXPECT_FALSE(Matches("abc", "ab"));
}

}  // namespace
}  // namespace zprov::roots
