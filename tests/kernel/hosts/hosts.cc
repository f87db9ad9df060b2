#include "kernel/hosts/hosts.h"

#include <btrfsutil.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <system_error>

#include "core/spec/format.h"
#include "kernel/hosts/listing.h"
#include "sim/os/archives.h"
#include "sim/scenarios/seed_files.h"

namespace zprov::tests {
namespace {

namespace fs = std::filesystem;
using sim::SeedFile;

constexpr std::array kNodes = {"s0", "s1", "s2", "s3", "s4"};
constexpr std::array kPorts = {"1-1.2", "1-1.3", "1-1.4", "1-1.5.1", "1-1.5.2"};

constexpr std::string_view kDhcpcd =
    "# A sample configuration for dhcpcd.\n"
    "hostname\n"
    "clientid\n"
    "persistent\n"
    "option rapid_commit\n"
    "slaac private\n";

constexpr std::string_view kRcLocal =
    "#!/bin/sh -e\n"
    "_IP=$(hostname -I) || true\n"
    "if [ \"$_IP\" ]; then\n"
    "  printf \"My IP address is %s\\n\" \"$_IP\"\n"
    "fi\n"
    "\n"
    "exit 0\n";

constexpr char kKernelVersion[] = "6.1.0-50-rpi";

// What tells a zImage for 32-bit ARM (Linux, arch/arm/boot/compressed/head.S, "Magic numbers").
constexpr size_t kArmMagicAt = 0x24;
constexpr std::string_view kArmMagic = "\x18\x28\x6f\x01";

// ed25519, the quickest to make anew for each node; nobody ever connects with this one.
constexpr std::string_view kHostKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMNobWFsbCBzeXN0ZW0gb2YgYSB0ZXN0IHRyZWUg snail\n";

// POSIX ACL user::rw-, user:1001:r--, group::r--, mask::r--, other::--- (linux/posix_acl_xattr.h).
constexpr char kAcl[] =
    "\2\0\0\0"
    "\x01\0\6\0\xff\xff\xff\xff"
    "\x02\0\4\0\xe9\3\0\0"
    "\x04\0\4\0\xff\xff\xff\xff"
    "\x10\0\4\0\xff\xff\xff\xff"
    "\x20\0\0\0\xff\xff\xff\xff";

void Check(int result, const std::string& doing) {
  if (result != 0) throw std::system_error(errno, std::generic_category(), doing);
}

void CheckBtrfs(btrfs_util_error error, const std::string& path) {
  if (error != BTRFS_UTIL_OK) throw std::runtime_error(path + ": " + btrfs_util_strerror(error));
}

// Gadget and NFS client as modules, in the root and in the initramfs.
void AddModules(const std::string& root) {
  const std::string directory = fmt::format("lib/modules/{}/", kKernelVersion);
  std::string list;
  std::map<std::string, std::string> initramfs = {{"init", "#!/bin/sh\n"}};
  for (const char* name : {"dwc2", "libcomposite", "u_ether", "usb_f_ecm", "usb_f_ecm_subset",
                           "nfs", "nfsv3", "nfsv4", "sunrpc"}) {
    const std::string module = fmt::format("kernel/{}.ko", name);
    list += module + ":\n";
    initramfs[directory + module] = "module\n";
  }
  WriteFile(fmt::format("{}/{}modules.dep", root, directory), list);
  WriteFile(fmt::format("{}{}", root, kSmallInitramfs), sim::NewcArchive(initramfs));
}

// As Debian's kernel and firmware packages put them.
void AddBootFiles(const std::string& root) {
  for (const char* name : {"bootcode.bin", "start.elf", "fixup.dat"}) {
    WriteFile(root + "/boot/firmware/" + name, std::string("firmware ") + name + "\n");
  }
  std::string kernel(0x400, 'k');
  kernel.replace(kArmMagicAt, kArmMagic.size(), kArmMagic);
  WriteFile(fmt::format("{}/boot/vmlinuz-{}", root, kKernelVersion), kernel);
  AddModules(root);
  const std::string dtbs = fmt::format("{}/usr/lib/linux-image-{}", root, kKernelVersion);
  WriteFile(dtbs + "/bcm2835-rpi-zero.dtb", "device tree\n");
}

void Append(const std::string& path, std::string_view text) {
  WriteFile(path, ContentOf(path) + std::string(text));
}

void SetXattr(const std::string& path, const char* name, std::string_view value) {
  Check(::lsetxattr(path.c_str(), name, value.data(), value.size(), 0), path);
}

// 128 KiB in which only the last line is data.
void MakeSparseFile(const std::string& path) {
  WriteFile(path, "");
  fs::resize_file(path, 128 << 10);
  std::ofstream(path, std::ios::app) << "the end\n";
}

// Bound by its short name: a socket's path has at most 107 bytes.
void MakeSocket(const std::string& directory, const char* name) {
  const fs::path before = fs::current_path();
  fs::current_path(directory);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::string_view(name).copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::close(fd);
  fs::current_path(before);
  Check(bound, directory + "/" + name);
}

// The directory is empty: what a person moves over is put where it ends.
void MoveHomeByHand(const std::string& root) {
  MakeSubvolume(root + "/x/snaa");
  FillHome(root + "/x/snaa");
  fs::remove(root + "/home");
  fs::create_symlink("/x/snaa", root + "/home");
}

void EditFiles(const std::string& root) {
  Append(root + "/etc/hosts", SeedFile("hosts"));
  std::string rc_local = ContentOf(root + "/etc/rc.local");
  rc_local.insert(rc_local.rfind("exit 0"), SeedFile("rc.local"));
  WriteFile(root + "/etc/rc.local", rc_local);
  const std::string_view dhcpcd = SeedFile("dhcpcd.conf");
  const size_t first_line = dhcpcd.find('\n') + 1;
  WriteFile(root + "/etc/dhcpcd.conf",
            fmt::format("{}{}{}", dhcpcd.substr(0, first_line),
                        ContentOf(root + "/etc/dhcpcd.conf"), dhcpcd.substr(first_line)));
  WriteFile(root + "/etc/udev/rules.d/70-gadget.rules", SeedFile("70-gadget.rules"));
  WriteFile(root + "/etc/network/interfaces.d/zeros", SeedFile("zeros"));
  WriteFile(root + "/etc/exports", SeedFile("exports"));
  MakeSubvolume(root + "/x/sproto");
  WriteFile(root + "/x/sproto/fstab", SeedFile("fstab"));
}

void MakeBootDirectories(const std::string& root) {
  MakeSubvolume(root + "/x/sboot");
  for (const char* port : kPorts) {
    const std::string directory = root + "/x/sboot/" + port;
    MakeSubvolume(directory);
    WriteFile(directory + "/kernel.img", "kernel of the Zeros\n");
    WriteFile(directory + "/config.txt", "initramfs initrd.img followkernel\n");
  }
}

// /x/supdate, line by line.
void UpdateRoots(const std::string& root) {
  for (const char* node : kNodes) {
    const std::string copy = root + "/x/" + node;
    CheckBtrfs(btrfs_util_create_snapshot(root.c_str(), copy.c_str(), 0, nullptr, nullptr), copy);
    fs::remove(copy + "/x/scratch");
    fs::create_directory(copy + "/x/scratch");
    WriteFile(copy + "/etc/hostname", std::string(node) + "\n");
    WriteFile(copy + "/etc/fstab", SeedFile("fstab"));
    fs::remove(copy + "/etc/exports");
  }
}

}  // namespace

void WriteFile(const std::string& path, std::string_view content) {
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content << std::flush;
  if (!file) throw std::runtime_error(path + " cannot be written");
}

void MakeSubvolume(const std::string& path) {
  CheckBtrfs(btrfs_util_create_subvolume(path.c_str(), 0, nullptr, nullptr), path);
}

void MakeSmallSystem(const std::string& root) {
  for (const char* path : {"/etc/systemd/system", "/etc/systemd/network", "/etc/network", "/home",
                           "/proc", "/root", "/tmp", "/usr/sbin", "/var/log"}) {
    fs::create_directories(root + path);
  }
  WriteFile(root + "/etc/hosts", "127.0.0.1\tlocalhost\n127.0.1.1\tsnail\n");
  WriteFile(root + "/etc/hostname", "snail\n");
  WriteFile(root + "/etc/fstab", "PARTUUID=6c586e13-02  /  btrfs  defaults,noatime  0  0\n");
  WriteFile(root + "/etc/ssh/ssh_host_ed25519_key", "the host's own\n");
  WriteFile(root + "/etc/ssh/ssh_host_ed25519_key.pub", kHostKey);
  AddBootFiles(root);
}

void AddRaspberryPiFiles(const std::string& root) {
  WriteFile(root + "/etc/dhcpcd.conf", kDhcpcd);
  fs::permissions(root + "/etc/dhcpcd.conf", fs::perms(0664));
  WriteFile(root + "/etc/rc.local", kRcLocal);
  fs::permissions(root + "/etc/rc.local", fs::perms(0755));
  WriteFile(root + "/etc/exports", "# /etc/exports: see exports(5).\n");
  WriteFile(root + "/etc/network/interfaces", "source /etc/network/interfaces.d/*\n");
  fs::create_directories(root + "/etc/network/interfaces.d");
  fs::create_directories(root + "/etc/udev/rules.d");
}

void FillHome(const std::string& home) {
  const std::string pi = home + "/pi";
  WriteFile(pi + "/notes.txt", "remember the cluster\n");
  SetXattr(pi + "/notes.txt", "system.posix_acl_access", {kAcl, sizeof kAcl - 1});
  SetXattr(pi + "/notes.txt", "user.origin", "typed by hand");
  WriteFile(pi + "/project/data", std::string(70000, 'd'));
  fs::create_hard_link(pi + "/project/data", pi + "/project/data.same");
  fs::create_hard_link(pi + "/project/data", pi + "/backup");
  fs::create_symlink("/nowhere/at/all", pi + "/dangling");
  MakeSparseFile(pi + "/disk.img");
  fs::create_directory(pi + "/.gnupg");
  MakeSocket(pi + "/.gnupg", "S.gpg-agent");
  Check(::mkfifo((pi + "/queue").c_str(), 0622), pi + "/queue");
  WriteFile(pi + "/tool", "program");
  for (const auto& entry : fs::recursive_directory_iterator(home)) {
    Check(::lchown(entry.path().c_str(), 1000, 1000), entry.path());
  }
  fs::permissions(pi, fs::perms(0750));
  fs::permissions(pi + "/.gnupg", fs::perms(0700));
  fs::permissions(pi + "/tool", fs::perms(04755));
}

void MakeStore(const std::string& root) {
  fs::create_directory(root + "/x");
  MakeSubvolume(root + "/x/scratch");
}

void FollowProcedure(const std::string& root) {
  MoveHomeByHand(root);
  EditFiles(root);
  MakeBootDirectories(root);
  WriteFile(root + "/usr/bin/rpiboot", "program");
  UpdateRoots(root);
}

spec::ClusterSpec FiveNodes(spec::Mode mode) {
  spec::ClusterSpec spec = spec::ProcedureSpec(5, mode).value();
  spec.boot_initramfs = kSmallInitramfs;
  return mode == spec::Mode::kNative ? WithPorts(std::move(spec)) : spec;
}

spec::ClusterSpec WithPorts(spec::ClusterSpec spec) {
  for (size_t i = 0; i < spec.nodes.size(); ++i) {
    spec.nodes[i].usb = PortPath::Parse(kPorts.at(i));
  }
  return spec;
}

}  // namespace zprov::tests
