// bench_usb [BOARDS]: what serving costs on the real libusb, in front of a mocked usbfs (umockdev,
// which must be preloaded): CPU time of the engine's thread for each MB and for each request, and
// how much memory of its own the process takes while it serves BOARDS boards (50 when left out) a
// whole boot set. The mock answers each ioctl over a socket from another thread: the calling side
// of that is in the user time, and is most of the system time, where usbfs would copy 16 KiB.
#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "bench/boot_set.h"
#include "bench/program.h"
#include "contract/usb_world.h"
#include "core/spec/format.h"
#include "engine/fleet/fleet.h"
#include "util/strings.h"

namespace zprov::bench {
namespace {

using sim::UsbReply;

// A second stage that asks for these names, again and again for `rounds`, and keeps nothing.
class Asking final : public sim::UsbFunction {
 public:
  Asking(std::vector<std::string> names, size_t rounds)
      : names_(std::move(names)), left_(names_.size() * rounds) {}

  // src/core/usbboot/README.md, Identification: the vendor's interface is the second one.
  std::string Configuration() const override {
    std::string bytes = {9, 2, 25, 0, 2, 1, 0, 0, 0};
    bytes += {9, 4, 1, 0, 1, '\xff', 0, 0, 0};
    bytes += {7, 5, 3, 2, 64, 0, 0};
    return bytes;
  }

  UsbReply OnControlIn(const os::ControlIn&) override {
    constexpr size_t kRequest = 260;
    std::string bytes{asks_content_ ? '\1' : '\0', 0, 0, 0};
    if (left_ > 0) bytes += names_[(names_.size() - left_ % names_.size()) % names_.size()];
    bytes.resize(kRequest, '\0');
    return UsbReply::Taken(bytes);
  }
  UsbReply OnControlOut(const os::ControlOut& size) override {
    const bool is_there = size.value != 0 || size.index != 0;
    if (is_there && !asks_content_) {
      asks_content_ = true;
    } else {
      asks_content_ = false;
      if (left_ > 0) --left_;
    }
    return UsbReply::Taken();
  }
  UsbReply OnBulkOut(uint8_t, std::string_view) override { return UsbReply::Taken(); }

 private:
  std::vector<std::string> names_;
  size_t left_;
  bool asks_content_ = false;
};

struct Cpu {
  double user_ms = 0;
  double system_ms = 0;
};

// Of this thread.
Cpu CpuNow() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  const auto ms = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return {ms(usage.ru_utime), ms(usage.ru_stime)};
}

double RssAnonMiB() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::stod(Words(line).at(1).data()) / 1024;
  }
  throw std::runtime_error("this kernel does not say RssAnon");
}

struct Cost {
  Cpu cpu = {};
  double rss_mib = 0;  // at the most, more than before
  uint64_t bytes = 0;
};

os::System With(os::System& rest, os::Live& live, tests::UsbWorld& usb) {
  return {.clock = usb.clock(),
          .files = rest.files,
          .trees = rest.trees,
          .locks = rest.locks,
          .btrfs = rest.btrfs,
          .events = usb.events(),
          .processes = rest.processes,
          .roots = rest.roots,
          .identities = rest.identities,
          .archives = rest.archives,
          .live = &live};
}

// So many boards that are in their second stage, until each says that it has all.
Cost Serve(size_t boards, const std::vector<std::string>& names, size_t rounds) {
  sim::World world;
  auto spec = Must(spec::ProcedureSpec(static_cast<int>(boards), spec::Mode::kNative));
  for (size_t i = 0; i < boards; ++i)
    spec.nodes[i].usb = PortPath{1, {static_cast<uint8_t>(i + 1)}};
  PutBootSet(world, spec);
  const auto usb = tests::RealUsbWorlds().make();
  for (const spec::Node& node : spec.nodes) {
    usb->Plug({*node.usb, 0x0a5c, 0x2764, 1, 0}, std::make_shared<Asking>(names, rounds));
  }
  os::Live live{world.system().live->netlink,       usb->bus(),
                world.system().live->process_table, world.system().live->control,
                world.system().live->supervisor,    world.system().live->background};
  os::System system = With(world.system(), live, *usb);
  ::malloc_trim(0);  // what others left is not what this one can take
  const double rss_before = RssAnonMiB();
  engine::Fleet fleet(system, spec);
  Must(fleet.Begin());
  const Cpu before = CpuNow();
  Cost cost;
  size_t served = 0;
  for (size_t events = 0; served < boards; ++events) {
    fleet.On(Must(system.events.Next(fleet.NextDeadline())));
    if (events % 1000 == 0) cost.rss_mib = std::max(cost.rss_mib, RssAnonMiB() - rss_before);
    for (const engine::NodeNotice& notice : fleet.TakeNotices()) {
      if (notice.state == engine::NodeState::kServed) ++served;
      if (notice.state == engine::NodeState::kRecovering) throw std::runtime_error(notice.text);
    }
  }
  const Cpu after = CpuNow();
  cost.cpu = {after.user_ms - before.user_ms, after.system_ms - before.system_ms};
  for (const engine::NodeView& view : fleet.Views()) cost.bytes += view.bytes;
  return cost;
}

// What a 700 MHz ARM1176 does of what one core here does is assumed to be a thirtieth: neither
// measured on a B+ nor from a source.
constexpr double kArm11Slower = 30;

std::string Row(const std::string& what, const Cpu& cpu, double per) {
  return fmt::format("| {} | {:.3f} | {:.3f} | {:.2f} |\n", what, cpu.user_ms / per,
                     cpu.system_ms / per, cpu.user_ms / per * kArm11Slower);
}

void Run(size_t boards) {
  if (!tests::RealUsbWorlds().can_make()) throw Missing(tests::RealUsbWorlds().needs);
  constexpr size_t kMisses = 2000;
  constexpr size_t kTimes = 10;
  std::vector<std::string> all;
  for (const BootFile& file : kBootFiles) all.emplace_back(file.name);
  const Cost many = Serve(boards, all, 1);
  const Cost misses = Serve(1, {"missing"}, kMisses);
  const Cost content = Serve(1, {"initrd.img"}, kTimes);
  const auto mb = [](const Cost& cost) { return static_cast<double>(cost.bytes) / 1e6; };
  std::cout << "| real libusb, mocked usbfs | user ms | system ms, the mock's | user ms on a 700 "
               "MHz ARM11 |\n"
               "|---|---|---|---|\n"
            << Row("a request for a file that is not there", misses.cpu, kMisses)
            << Row("a MB of a file, one board", content.cpu, mb(content))
            << Row(fmt::format("a MB, {} boards at once", boards), many.cpu, mb(many))
            << fmt::format("\nRssAnon with {} boards: {:.1f} MiB more than before.\n", boards,
                           many.rss_mib);
}

}  // namespace
}  // namespace zprov::bench

int main(int argc, char** argv) {
  return zprov::bench::RunAsProgram("bench_usb", [&] {
    constexpr unsigned long kMost = 56;  // as many as the procedure's addresses
    const auto boards = zprov::ParseNumber(argc > 1 ? argv[1] : "50", kMost);
    if (!boards || *boards == 0) throw std::runtime_error("usage: bench_usb [BOARDS], 1 to 56");
    zprov::bench::Run(*boards);
  });
}
