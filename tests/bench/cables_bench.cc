// bench_cables [ZEROS,…]: boot files to N Zeros on the real libusb, usbfs and xhci of a B+ in QEMU
// (1, 5 and 15 when left out): by zprov.service and by a bare server (bare_server.cc), one after
// the other on the same guest and cables. The Zeros are cables alone: boot ROM and file requests
// in a board's times, and no Linux after them. By emulation, so the ratio counts, not the seconds.
#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <vector>

#include "bench/guest.h"
#include "vm/cluster/payload.h"

namespace zprov::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr double kGoal = 1.15;              // of the bare server's time, at most (goal 1)
constexpr std::chrono::minutes kServed{2};  // a board that has not its files by then never will
// By emulation 15 boards are seen later than a second stage waits, however they are served.
constexpr std::chrono::minutes kPatience{1};
constexpr int kRounds = 2;  // of which the better one counts, for both

struct Side {
  double seconds = 1e9;
  double cpu_ms = 0;
};

class Cables {
 public:
  Cables(const std::string& images, const std::string& directory, int zeros)
      : bplus_(Must(Boot(images, directory, zeros))), zeros_(zeros) {
    for (int zero = 1; zero <= zeros_; ++zero) {
      Must(Cable(zero).Break(sim::zero::Fault::kNoGadget));
      Must(Cable(zero).SetPatience(kPatience));
      Must(Cable(zero).CutPower());
    }
    Do(std::string(vm::kInstall) + " && zprov apply");
    // Nor is what Debian's udev rules take by emulation a server's time.
    Do("for rule in /lib/udev/rules.d/*; do ln -s /dev/null /etc/udev/rules.d/${rule##*/}; done; "
       "udevadm control --reload");
    // What zprov would send, as files.
    Do("mkdir /tmp/set && cp -rL /x/.zprov/current/s0/boot/. /tmp/set && cd /tmp/set && "
       "zprov render cmdline:s0 >cmdline.txt && zprov render config:s0 >config.txt");
    megabytes_ = std::stod(Do("du -sbL /tmp/set")) / 1e6;
  }

  double megabytes() const { return megabytes_; }

  // A server that runs as that systemd unit, once.
  Side Serve(const std::string& start, const std::string& unit, int boards) {
    Do(start);
    const double cpu = CpuMs(unit);
    const auto begun = Clock::now();
    for (int zero = 1; zero <= boards; ++zero) Must(Cable(zero).GivePower());
    for (int zero = 1; zero <= boards; ++zero) AwaitServed(zero);
    const Side side{Seconds(Clock::now() - begun).count(), CpuMs(unit) - cpu};
    Do("systemctl stop " + unit);
    for (int zero = 1; zero <= boards; ++zero) Must(Cable(zero).CutPower());
    Do("until [ -z \"$(grep -ls 0a5c /sys/bus/usb/devices/*/idVendor)\" ]; do sleep 0.2; done");
    return side;
  }

 private:
  static Result<vm::Bplus> Boot(const std::string& images, const std::string& directory,
                                int zeros) {
    const std::string programs = directory + "/payload/usr/local/bin";
    fs::create_directories(programs);
    fs::copy_file(ZPROV_BARE_SERVER, programs + "/bare_server");
    ZPROV_ASSIGN(
        const std::string payload,
        vm::PackPayload({.directory = directory, .build = ZPROV_BUILD_DIR, .zeros = zeros}));
    return vm::Bplus::Boot({.images = images,
                            .cable = ZPROV_CABLE,
                            .directory = directory,
                            .payload = payload,
                            .zeros = zeros});
  }
  vm::CableControl Cable(int zero) const { return bplus_.CableOf(zero); }

  std::string Do(const std::string& command) { return bench::Do(bplus_, command); }
  double CpuMs(const std::string& unit) {
    return std::stod(Do("systemctl show -P CPUUsageNSec " + unit)) / 1e6;
  }
  // It says that it has all, and nothing follows ("no-gadget").
  void AwaitServed(int zero) {
    const auto late = Clock::now() + kServed;
    while (Must(Cable(zero).Stage()) != "dead") {
      if (Clock::now() > late) {
        throw std::runtime_error(
            fmt::format("board {} is not served\n{}", zero, Do("journalctl -b -u bare -u zprov")));
      }
      poll(nullptr, 0, 20);
    }
  }

  vm::Bplus bplus_;
  int zeros_;
  double megabytes_ = 0;
};

void Improve(Side& best, const Side& side) {
  if (side.seconds < best.seconds) best = side;
}

void Show(Cables& cables, int boards) {
  Side zprov, bare;
  for (int round = 0; round < kRounds; ++round) {
    Improve(bare, cables.Serve("systemd-run -q --unit bare -p CPUAccounting=yes "
                               "/usr/local/bin/bare_server /tmp/set",
                               "bare", boards));
    Improve(zprov, cables.Serve("systemctl start zprov", "zprov", boards));
  }
  const double megabytes = cables.megabytes() * boards;
  std::cout << fmt::format("| {} | {:.1f} | {:.1f} | {:.2f} × | {:.2f} | {:.1f} | {:.1f} |\n",
                           boards, zprov.seconds, bare.seconds, zprov.seconds / bare.seconds, kGoal,
                           zprov.cpu_ms / megabytes, bare.cpu_ms / megabytes)
            << std::flush;
}

void Run(const std::vector<int>& sizes) {
  const ScratchDirectory directory;
  const std::string images = Images(directory);
  Cables cables(images, directory.path(), std::ranges::max(sizes));
  std::cout << fmt::format(
      "Boot files to cable-only Zeros in QEMU, {:.1f} MB each, the better of {} rounds\n\n"
      "| Zeros | zprov, s | bare server, s | ratio | goal | zprov, CPU ms/MB | bare, CPU ms/MB "
      "|\n|---|---|---|---|---|---|---|\n",
      cables.megabytes(), kRounds);
  for (const int boards : sizes) Show(cables, boards);
}

}  // namespace
}  // namespace zprov::bench

int main(int argc, char** argv) {
  return zprov::bench::RunAsProgram("bench_cables", [&] {
    zprov::bench::Run(zprov::bench::SizesIn(argc > 1 ? argv[1] : "1,5,15", 15, "Zeros"));
  });
}
