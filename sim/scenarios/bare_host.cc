// The text of a fresh Raspberry Pi OS, and what its boot starts. Nothing of the procedure.
#include <array>

#include "sim/scenarios/boot_files.h"
#include "sim/scenarios/hosts.h"

namespace zprov::sim {

namespace {

constexpr std::string_view kHosts =
    "127.0.0.1\tlocalhost\n"
    "::1\t\tlocalhost ip6-localhost ip6-loopback\n"
    "ff02::1\t\tip6-allnodes\n"
    "ff02::2\t\tip6-allrouters\n"
    "\n"
    "127.0.1.1\tsnail\n";

constexpr std::string_view kDhcpcd =
    "# A sample configuration for dhcpcd.\n"
    "# See dhcpcd.conf(5) for details.\n"
    "\n"
    "# Inform the DHCP server of our hostname for DDNS.\n"
    "hostname\n"
    "\n"
    "# Use the hardware address of the interface for the Client ID.\n"
    "clientid\n"
    "\n"
    "# Persist interface configuration when dhcpcd exits.\n"
    "persistent\n"
    "\n"
    "option rapid_commit\n"
    "option domain_name_servers, domain_name, domain_search, host_name\n"
    "option classless_static_routes\n"
    "option interface_mtu\n"
    "require dhcp_server_identifier\n"
    "slaac private\n";

constexpr std::string_view kRcLocal =
    "#!/bin/sh -e\n"
    "#\n"
    "# rc.local\n"
    "#\n"
    "# This script is executed at the end of each multiuser runlevel.\n"
    "# Make sure that the script will \"exit 0\" on success or any other\n"
    "# value on error.\n"
    "\n"
    "# Print the IP address\n"
    "_IP=$(hostname -I) || true\n"
    "if [ \"$_IP\" ]; then\n"
    "  printf \"My IP address is %s\\n\" \"$_IP\"\n"
    "fi\n"
    "\n"
    "exit 0\n";

constexpr std::string_view kExports =
    "# /etc/exports: the access control list for filesystems which may be exported\n"
    "#\t\tto NFS clients.  See exports(5).\n";

constexpr std::string_view kFstab =
    "proc            /proc           proc    defaults          0       0\n"
    "PARTUUID=6c586e13-01  /boot           vfat    defaults          0       2\n"
    "PARTUUID=6c586e13-02  /               btrfs   defaults,noatime  0       0\n";

constexpr Owner kPi{1000, 1000};

void System(Scene& scene) {
  for (std::string_view path : {"/boot", "/dev", "/home", "/mnt", "/opt", "/proc", "/root", "/run",
                                "/srv", "/sys", "/tmp", "/var/log", "/var/tmp", "/x"})
    scene.MakeDirectory(path);
  scene.SetMode("/root", 0700);
  scene.SetMode("/tmp", 01777);
  scene.SetMode("/var/tmp", 01777);
  scene.Put("/etc/hostname", "snail\n");
  scene.Put("/etc/hosts", kHosts);
  scene.Put("/etc/dhcpcd.conf", kDhcpcd, 0664);
  scene.Put("/etc/rc.local", kRcLocal, 0755);
  scene.Put("/etc/exports", kExports);
  scene.Put("/etc/fstab", kFstab);
  scene.Put("/etc/machine-id", "0123456789abcdef0123456789abcdef\n", 0444);
  scene.Put("/etc/ssh/ssh_host_ed25519_key", "the host's own key\n", 0600);
  scene.Put("/etc/ssh/ssh_host_ed25519_key.pub", "its public half\n");
  scene.Put("/etc/network/interfaces", "source /etc/network/interfaces.d/*\n");
  scene.MakeDirectory("/etc/network/interfaces.d");
  scene.MakeDirectory("/etc/udev/rules.d");
  scene.MakeDirectory("/etc/systemd/system");
  scene.MakeDirectory("/etc/systemd/network");
  for (std::string_view program :
       {"/lib/systemd/systemd", "/sbin/dhcpcd", "/usr/sbin/exportfs", "/usr/sbin/rpc.nfsd"})
    scene.Put(program, "program", 0755);
  scene.Put("/lib/systemd/system/dhcpcd.service", "[Unit]\n");
  scene.Put("/lib/systemd/system/nfs-kernel-server.service", "[Unit]\n");
  scene.Put("/var/log/syslog", "", 0640);
}

// user::rw-, user:1001:r--, group::r--, mask::r--, other::--- as the kernel keeps it: version 2,
// then tag, permissions and id of each entry, little-endian (linux/posix_acl_xattr.h).
std::string NotesAcl() {
  struct Row {
    char tag;
    char permissions;
    uint32_t id;
  };
  constexpr uint32_t kNobody = 0xffffffff;  // ACL_UNDEFINED_ID
  constexpr std::array kRows = {Row{0x01, 6, kNobody}, Row{0x02, 4, 1001}, Row{0x04, 4, kNobody},
                                Row{0x10, 4, kNobody}, Row{0x20, 0, kNobody}};
  std::string acl{'\2', '\0', '\0', '\0'};
  for (const Row& row : kRows) {
    acl += {row.tag, '\0', row.permissions, '\0'};
    for (int shift = 0; shift < 32; shift += 8) acl += static_cast<char>(row.id >> shift & 0xff);
  }
  return acl;
}

void Home(Scene& scene) {
  scene.MakeDirectory("/home/pi", 0750);
  scene.Put("/home/pi/.bashrc", "alias ll='ls -l'\n");
  scene.Put("/home/pi/notes.txt", "remember the cluster\n", 0640);
  scene.SetXattr("/home/pi/notes.txt", "system.posix_acl_access", NotesAcl());
  scene.SetXattr("/home/pi/notes.txt", "user.origin", "typed by hand");
  scene.Put("/home/pi/project/data", std::string(70000, 'd'), 0600);
  scene.HardLink("/home/pi/project/data", "/home/pi/project/data.same");
  scene.HardLink("/home/pi/project/data", "/home/pi/backup");
  scene.Symlink("/home/pi/latest", "project/data");
  scene.Symlink("/home/pi/dangling", "/nowhere/at/all");
  scene.MakeDirectory("/home/pi/.gnupg", 0700);
  scene.Special("/home/pi/.gnupg/S.gpg-agent", os::FileType::kSocket);
  scene.Special("/home/pi/queue", os::FileType::kFifo);
  scene.MakeDirectory("/home/pi/empty", 01777);
  scene.Put("/home/pi/suid-tool", "program", 04755);
  for (std::string_view path :
       {"/home/pi", "/home/pi/.bashrc", "/home/pi/notes.txt", "/home/pi/project",
        "/home/pi/project/data", "/home/pi/latest", "/home/pi/dangling", "/home/pi/.gnupg",
        "/home/pi/.gnupg/S.gpg-agent", "/home/pi/queue", "/home/pi/empty", "/home/pi/suid-tool"})
    scene.SetOwner(path, kPi);
}

void Boot(World& world) {
  Link eth0;
  eth0.name = "eth0";
  eth0.mac = *Mac::Parse("b8:27:eb:0b:0d:c2");
  eth0.mtu = 1500;
  eth0.up = true;
  eth0.carrier = true;
  world.network().Add(eth0);
  world.process_table().Add({1, "systemd", "/sbin/init", {}});
  world.process_table().Add({310, "dhcpcd", "/sbin/dhcpcd -q -w", {}});
  world.process_table().Add({420, "sshd", "/usr/sbin/sshd -D", {}});
}

}  // namespace

void BareHost(World& world) {
  Scene& scene = world.scene();
  System(scene);
  Home(scene);
  Mount proc;
  proc.type = "proc";
  scene.MountNew("/proc", proc);
  Mount boot;
  boot.type = "vfat";
  scene.MountNew("/boot", boot);
  PutBootFiles(scene);
  scene.SyncAll();
  world.AtBoot(Boot);
}

}  // namespace zprov::sim
