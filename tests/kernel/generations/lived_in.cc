#include "kernel/generations/lived_in.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <sstream>
#include <system_error>

#include "kernel/hosts/hosts.h"

namespace zprov::tests {
namespace {

namespace fs = std::filesystem;

// POSIX ACL user::rwx, user:1001:r-x, group::rwx, mask::rwx, other::rwx (linux/posix_acl_xattr.h).
constexpr char kAcl[] =
    "\2\0\0\0"
    "\x01\0\7\0\xff\xff\xff\xff"
    "\x02\0\5\0\xe9\3\0\0"
    "\x04\0\7\0\xff\xff\xff\xff"
    "\x10\0\7\0\xff\xff\xff\xff"
    "\x20\0\7\0\xff\xff\xff\xff";

void Check(int result, const std::string& doing) {
  if (result != 0) throw std::system_error(errno, std::generic_category(), doing);
}

void GiveAttributes(const std::string& path, unsigned mode, unsigned owner) {
  Check(::lchown(path.c_str(), owner, owner), path);
  for (const char* kind : {"system.posix_acl_access", "system.posix_acl_default"}) {
    Check(::lsetxattr(path.c_str(), kind, kAcl, sizeof kAcl - 1, 0), path);
  }
  Check(::chmod(path.c_str(), mode), path);
}

void AddNestedSubvolumes(const std::string& root) {
  GiveAttributes(root + "/x/scratch", 01777, 1000);
  WriteFile(root + "/x/scratch/result", "of a long computation\n");
  for (const char* path : {"/var/lib/portables", "/var/lib/machines"}) {  // as systemd does
    MakeSubvolume(root + path);
    fs::permissions(root + path, fs::perms(0700));
  }
  MakeSubvolume(root + "/srv/data");
  GiveAttributes(root + "/srv/data", 02750, 1001);
  WriteFile(root + "/srv/data/table", "rows\n");
}

// The Pi's first partition, which only FAT can be; another file system is what counts here.
void MountFirmware(const std::string& root) {
  const std::string place = root + "/boot/firmware";
  const std::string aside = root + "/boot/aside";
  fs::rename(place, aside);
  fs::create_directory(place);
  Check(::mount("firmware", place.c_str(), "tmpfs", 0, "mode=0755"), place);
  fs::copy(aside, place, fs::copy_options::recursive);
  fs::remove_all(aside);
}

std::map<std::string, std::string> LinesByPath(const std::string& listing) {
  std::map<std::string, std::string> lines;
  std::istringstream in(listing);
  for (std::string line; std::getline(in, line);) lines[line.substr(0, line.find(' '))] += line;
  return lines;
}

}  // namespace

void LiveOn(const std::string& root) {
  WriteFile(root + "/etc/hostname", "snail\n");
  WriteFile(root + "/etc/machine-id", "5f1e1dd1e11d1ce5c0a7d1ce5e1f1dd1\n");
  WriteFile(root + "/etc/fstab", "LABEL=ROOT  /  btrfs  defaults,noatime  0  0\n");
  WriteFile(root + "/var/lib/systemd/random-seed", std::string(512, 'r'));
  WriteFile(root + "/var/swap", std::string(1 << 20, '\0'));
  WriteFile(root + "/var/lib/dhcpcd/duid", "00:01:00:01:2c:5b:6e:9a:b8:27:eb:0b:0d:c2\n");
  WriteFile(root + "/root/.ssh/id_ed25519", "root's private key\n");
  WriteFile(root + "/root/.ssh/id_ed25519.pub", "ssh-ed25519 AAAA root@snail\n");
  WriteFile(root + "/root/.ssh/authorized_keys", "ssh-ed25519 AAAA pi@laptop\n");
  WriteFile(root + "/var/log/rpiboot.log", "Sending bootcode.bin\n");
  WriteFile(root + "/var/log/journal/5f1e/system.journal", "LPKSHHRH");
  WriteFile(root + "/var/lib/nfs/rmtab", "192.168.7.33:/x/s0:0x00000001\n");
  AddNestedSubvolumes(root);
  MountFirmware(root);
}

std::vector<std::string> StubsBelow(const std::string& root) {
  std::vector<std::string> stubs;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    struct stat status = {};
    Check(::lstat(entry.path().c_str(), &status), entry.path());
    if (S_ISDIR(status.st_mode) && status.st_ino == 2) {
      stubs.push_back(entry.path().lexically_relative(root));
    }
  }
  return stubs;
}

ListingDiff DiffOf(const std::string& first, const std::string& second) {
  const auto before = LinesByPath(first);
  const auto after = LinesByPath(second);
  ListingDiff diff;
  for (const auto& [path, line] : before) {
    const auto same = after.find(path);
    if (same == after.end()) {
      diff.gone.insert(path);
    } else if (same->second != line) {
      diff.changed.insert(path);
    }
  }
  for (const auto& [path, line] : after) {
    if (!before.contains(path)) diff.added.insert(path);
  }
  return diff;
}

std::string XattrOf(const std::string& path, const char* name) {
  std::array<char, 4096> value;
  const ssize_t size = ::lgetxattr(path.c_str(), name, value.data(), value.size());
  return size <= 0 ? "" : std::string(value.data(), static_cast<size_t>(size));
}

}  // namespace zprov::tests
