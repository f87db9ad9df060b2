#include "vm/cluster/payload.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "vm/cluster/child.h"

namespace zprov::vm {
namespace {

namespace fs = std::filesystem;

// The Zeros' root is a tree of its own, since this host is no ARM machine.
constexpr char kSpec[] = R"([cluster]
mode = "native"
[storage]
source = "/srv/zero"
[boot]
initramfs = "/boot/initrd.img"
[nodes]
prefix = "s"
count = {}
first_address = "192.168.7.33"
stride = 4
host_mac = "02:34:33:3c:50:22"
node_mac = "02:34:33:3c:50:21"
usb = [{}]
)";

std::string SpecFor(int zeros) {
  std::string ports;
  for (int zero = 1; zero <= zeros; ++zero) ports += fmt::format("\"1-{}\", ", zero);
  return fmt::format(kSpec, zeros, ports);
}

void Put(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

}  // namespace

Result<std::string> PackPayload(const PayloadOptions& options) {
  const std::string tree = options.directory + "/payload";
  Put(tree + "/etc/zprov/cluster.toml", SpecFor(options.zeros));
  // A program with sanitizers has one that traces the process at its end, and the unit forbids
  // that.
  Put(tree + "/etc/systemd/system/zprov.service.d/sanitizers.conf",
      "[Service]\nEnvironment=ASAN_OPTIONS=detect_leaks=0\n");
  // Who is at the serial line is at the rig.
  Put(tree + "/etc/systemd/system/serial-getty@ttyS0.service.d/login.conf",
      "[Service]\nExecStart=\nExecStart=-/sbin/agetty --autologin root 115200 ttyS0 vt220\n");
  const std::string log = options.directory + "/payload.log";
  const std::string command =
      fmt::format("cmake --install {1} --prefix {0}/usr --strip && tar -cf {0}.tar -C {0} .", tree,
                  options.build);
  ZPROV_ASSIGN(Child pack, Child::Start({"sh", "-c", command}, log));
  if (pack.Wait() == 0) return tree + ".tar";
  return Fail(ErrorKind::kFailed, "pack what the operator installs: " + Tail(log));
}

}  // namespace zprov::vm
