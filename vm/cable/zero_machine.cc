#include "vm/cable/zero_machine.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <utility>
#include <vector>

#include "vm/cable/device_tree.h"

namespace zprov::vm {
namespace {

// vm/README.md, The Zero: its power driver finds no power behind QEMU's registers and panics; the
// console where QEMU shows it; and no self-tests of ciphers. Nothing else is added to what was
// served.
constexpr const char* kWords =
    "initcall_blacklist=bcm2835_power_driver_init cryptomgr.notests console=ttyAMA0";

// The Zero's time goes by its instructions, 8 ns each. The board's only timer fires when its
// counter equals what was written, and with the machine's own time a busy machine lets the counter
// pass before the write arrives: no sleep on that Zero ends for the 71 minutes until it comes
// round.
constexpr const char* kTime = "shift=3,sleep=on";

Result<void> Write(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  if (file.flush()) return {};
  return Fail(ErrorKind::kFailed, fmt::format("cannot write {}: is the disk full?", path));
}

// Sockets whose near ends the machine gets.
struct Sockets {
  std::array<int, 2> usb{-1, -1};
  std::array<int, 2> console{-1, -1};

  Sockets() {
    for (auto* pair : {&usb, &console}) {
      if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair->data()) != 0) pair->fill(-1);
    }
  }
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;
  ~Sockets() {
    for (const int fd : {usb[0], usb[1], console[0], console[1]}) {
      if (fd >= 0) close(fd);
    }
  }
};

std::vector<std::string> ZeroWords(const Served& served, const std::string& directory,
                                   const Sockets& sockets) {
  return {"qemu-system-arm",
          "-M",
          "raspi0",
          "-icount",
          kTime,
          "-kernel",
          directory + "/kernel.img",
          "-dtb",
          directory + "/booted.dtb",
          "-initrd",
          directory + "/initrd.img",
          "-append",
          served.command_line + " " + kWords,
          "-display",
          "none",
          "-monitor",
          "none",
          "-chardev",
          fmt::format("socket,id=console,fd={}", sockets.console[1]),
          "-serial",
          "chardev:console",
          "-no-reboot",
          "-chardev",
          fmt::format("socket,id=usb,fd={}", sockets.usb[1]),
          "-device",
          "usb-redir,chardev=usb,port=1"};
}

[[noreturn]] void Become(std::vector<std::string> words, const Sockets& sockets, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it died before we could ask to be told
  for (const int fd : {sockets.usb[1], sockets.console[1]}) fcntl(fd, F_SETFD, 0);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

Result<Started> StartZero(const Served& served, const std::string& directory) {
  ZPROV_TRY(Write(directory + "/kernel.img", served.kernel));
  ZPROV_TRY(Write(directory + "/board.dtb", served.device_tree));
  ZPROV_TRY(Write(directory + "/booted.dtb", WithSerial(served.device_tree, served.serial)));
  ZPROV_TRY(Write(directory + "/initrd.img", served.initramfs));
  Sockets sockets;
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) Become(ZeroWords(served, directory, sockets), sockets, parent);
  const int process = child < 0 ? -1 : static_cast<int>(syscall(SYS_pidfd_open, child, 0));
  if (process < 0) {
    return Fail(ErrorKind::kFailed,
                fmt::format("cannot start qemu-system-arm: {}", std::strerror(errno)));
  }
  return Started{std::exchange(sockets.usb[0], -1), std::exchange(sockets.console[0], -1), process};
}

}  // namespace zprov::vm
