// bench_boot [NODES,…]: a full boot set to N Zeros in virtual time (1, 5, 15 and 50 when left out),
// beside the limit of what can be and beside a model of rpiboot's schedule. The boards' times are
// those of sim/zero/profiles.h, the wire's those of sim/usb_transfers.cc.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "adapters/recording_usb.h"
#include "adapters/usb_transcript.h"
#include "bench/boot_set.h"
#include "bench/program.h"
#include "core/spec/format.h"
#include "engine/fleet/fleet.h"
#include "sim/world.h"
#include "sim/zero/zero.h"
#include "util/strings.h"

namespace zprov::bench {
namespace {

using adapters::UsbCall;
using adapters::UsbEvent;
using adapters::UsbLine;
using os::Moment;
using std::chrono::milliseconds;
using std::chrono::seconds;

double Seconds(Moment moment) { return std::chrono::duration<double>(moment).count(); }

// ---- one run

// One time that a board was on the bus, before Linux.
struct Stay {
  Moment arrived{0};
  Moment answered{0};  // the first transfer was submitted
  Moment done{0};      // the last transfer was over
};

struct Seen {
  std::vector<std::vector<Stay>> boards;           // in the order of their ports
  uint64_t bytes = 0;                              // that crossed the wire
  std::vector<std::pair<Moment, uint64_t>> asked;  // when bytes were first there to be sent
  Moment took{0};                                  // until the last board had its last file
};

// What the transcript says of the boards.
class Watching {
 public:
  void Take(std::string_view piece) {
    for (const std::string_view each : LinesWithEndings(piece)) {
      if (each == adapters::TranscriptHead()) continue;
      const auto lines =
          Must(adapters::ParseTranscript(adapters::TranscriptHead() + std::string(each)));
      See(lines.front());
    }
  }

  Seen Result() const {
    Seen seen;
    for (const auto& [port, stays] : stays_) {
      seen.boards.push_back(stays);
      seen.took = std::max(seen.took, stays.back().done);
    }
    seen.bytes = bytes_;
    seen.asked = asked_;
    return seen;
  }

 private:
  void See(const UsbLine& line) {
    if (const auto* call = std::get_if<UsbCall>(&line.what)) return SeeCall(line.at, *call);
    const auto& event = std::get<UsbEvent>(line.what);
    if (const auto* arrived = std::get_if<os::UsbArrived>(&event))
      Arrived(line.at, arrived->device);
    if (const auto* left = std::get_if<os::UsbLeft>(&event)) present_.erase(left->port);
    if (const auto* completed = std::get_if<os::UsbCompleted>(&event)) {
      const auto found = transfers_.find(completed->transfer);
      if (found == transfers_.end()) return;
      asked_.emplace_back(begun_[completed->transfer], completed->transferred);
      // The status that a board leaves before it is read is no part of its boot.
      if (completed->outcome == os::UsbOutcome::kDone) stays_[found->second].back().done = line.at;
      bytes_ += completed->transferred;
      transfers_.erase(found);
    }
  }
  void Arrived(Moment at, const os::UsbDevice& device) {
    constexpr uint16_t kBroadcom = 0x0a5c;
    if (device.vendor != kBroadcom || !present_.insert(device.port).second) return;
    stays_[device.port].push_back({at, at, at});
  }
  void SeeCall(Moment at, const UsbCall& call) {
    const auto words = Words(call.call);
    if (const auto* devices = std::get_if<adapters::SeenDevices>(&call.answer)) {
      for (const os::UsbDevice& device : devices->devices) Arrived(at, device);
    } else if (const auto* opened = std::get_if<adapters::OpenedHandle>(&call.answer)) {
      ports_[std::to_string(opened->handle)] = *PortPath::Parse(words.at(1));
      is_first_[*PortPath::Parse(words.at(1))] = true;
    } else if (const auto* begun = std::get_if<adapters::BegunTransfer>(&call.answer)) {
      const PortPath& port = ports_.at(std::string(words.at(1)));
      transfers_[begun->transfer] = port;
      begun_[begun->transfer] = at;
      if (std::exchange(is_first_[port], false)) stays_[port].back().answered = at;
    }
  }

  std::map<PortPath, std::vector<Stay>> stays_;
  std::set<PortPath> present_;
  std::map<PortPath, bool> is_first_;
  std::map<std::string, PortPath> ports_;
  std::map<os::UsbTransferId, PortPath> transfers_;
  std::map<os::UsbTransferId, Moment> begun_;
  std::vector<std::pair<Moment, uint64_t>> asked_;
  uint64_t bytes_ = 0;
};

std::vector<PortPath> Ports(size_t nodes) {
  std::vector<PortPath> ports;
  for (size_t i = 0; i < nodes; ++i) {
    const auto hub = static_cast<uint8_t>(2 + i / 7);
    ports.push_back({1, {1, hub, static_cast<uint8_t>(1 + i % 7)}});
  }
  return ports;
}

bool IsServed(const engine::NodeView& view) {
  return view.state >= engine::NodeState::kServed && view.state <= engine::NodeState::kUp;
}

// Boards at these ports, all under power at once, until each has what it asks for.
Seen Boot(const std::vector<PortPath>& ports) {
  sim::World world;
  auto spec = Must(spec::ProcedureSpec(static_cast<int>(ports.size()), spec::Mode::kNative));
  for (size_t i = 0; i < ports.size(); ++i) spec.nodes[i].usb = ports[i];
  PutBootSet(world, spec);
  std::vector<std::shared_ptr<sim::zero::Zero>> zeros;
  for (const PortPath& port : ports) zeros.push_back(sim::zero::PlugZero(world, {.port = port}));
  os::System& system = world.system();
  Watching watching;
  const auto recording = adapters::RecordUsb({system.live->usb, system.events, system.clock},
                                             [&](std::string_view piece) { watching.Take(piece); });
  os::Live live{system.live->netlink, *recording.usb,          system.live->process_table,
                system.live->control, system.live->supervisor, system.live->background};
  system.live = &live;
  engine::Fleet fleet(system, spec);
  Must(fleet.Begin());
  const Moment late = world.clock().Now() + std::chrono::minutes(10);
  bool is_over = false;
  while (!is_over) {
    fleet.On(Must(recording.events->Next(std::min(fleet.NextDeadline(), late))));
    for (const engine::NodeNotice& notice : fleet.TakeNotices()) {
      if (notice.state == engine::NodeState::kFailed) throw std::runtime_error(notice.text);
      if (notice.state != engine::NodeState::kServed) continue;
      const auto views = fleet.Views();
      is_over = std::ranges::all_of(views, IsServed);
    }
    if (world.clock().Now() >= late) throw std::runtime_error("not all boards were served");
  }
  return watching.Result();
}

// ---- what it is compared with

// USB 2.0, table 5-10: 13 bulk packets of 512 bytes in each of 8000 microframes a second.
Moment OnTheWire(uint64_t bytes) {
  constexpr uint64_t kBusRate = uint64_t{13} * 512 * 8000;  // bytes per second
  return Moment(static_cast<int64_t>(bytes * std::nano::den / kBusRate));
}

// Nothing can be faster: each board by itself takes its own time, and all bytes cross one wire.
Moment Limit(const std::vector<Seen>& alone, uint64_t bytes) {
  Moment limit = OnTheWire(bytes);
  for (const Seen& board : alone) limit = std::max(limit, board.took);
  return limit;
}

// Nor can this: what no board asks for before a moment, when it is alone, crosses the wire after
// it. The wire is idle while boards are away and while they are silent.
Moment LimitOfTheAsking(const std::vector<Seen>& alone) {
  std::vector<std::pair<Moment, uint64_t>> asked;
  Moment limit{0};
  for (const Seen& board : alone) {
    asked.insert(asked.end(), board.asked.begin(), board.asked.end());
    limit = std::max(limit, board.took);
  }
  std::ranges::sort(asked, std::greater{});
  uint64_t later = 0;
  for (const auto& [at, bytes] : asked) {
    later += bytes;
    limit = std::max(limit, at + OnTheWire(later));
  }
  return limit;
}

// rpiboot's schedule (src/core/usbboot/README.md, Defects): one thread, the first match wins, and a
// second of sleep before each open, after the first stage and after each close; with -m 500000 half
// a second between two looks when nobody is there. What its boards do by themselves is what they do
// alone. That a second stage goes deaf which waits too long is left out: the model always ends.
Moment RpibootModel(const std::vector<Seen>& alone) {
  constexpr Moment kSleep = seconds(1);
  constexpr Moment kBetweenLooks = milliseconds(500);
  struct Board {
    const std::vector<Stay>* stays;
    size_t next = 0;
    Moment ready{0};
  };
  std::vector<Board> boards;
  for (const Seen& each : alone) boards.push_back({&each.boards.front(), 0, Moment{0}});
  Moment now{0};
  Moment last{0};
  while (true) {
    const auto is_open = [](const Board& board) { return board.next < board.stays->size(); };
    if (std::ranges::none_of(boards, is_open)) return last;
    const auto first = std::ranges::find_if(
        boards, [&](const Board& board) { return is_open(board) && board.ready <= now; });
    if (first == boards.end()) {
      now += kBetweenLooks;
      continue;
    }
    const Stay& stay = (*first->stays)[first->next];
    const bool is_rom = first->next == 0;
    now += kSleep + (stay.done - stay.answered);
    last = std::max(last, now);
    ++first->next;
    if (is_open(*first)) first->ready = now + ((*first->stays)[first->next].arrived - stay.done);
    now += is_rom ? 2 * kSleep : kSleep;
  }
}

Moment LongestWait(const Seen& seen) {
  Moment longest{0};
  for (const auto& stays : seen.boards) {
    for (size_t i = 1; i < stays.size(); ++i) {
      longest = std::max(longest, stays[i].answered - stays[i].arrived);
    }
  }
  return longest;
}

void Run(const std::vector<int>& sizes) {
  std::cout << "| boards | MB | the limit, s | with what boards ask when, s | zprov, s | "
               "a model of rpiboot, s | zprov : limit | zprov : with when | model : zprov | "
               "longest wait of a second stage, ms |\n|---|---|---|---|---|---|---|---|---|---|\n";
  for (const int nodes : sizes) {
    const auto ports = Ports(static_cast<size_t>(nodes));
    const Seen together = Boot(ports);
    std::vector<Seen> alone;
    for (const PortPath& port : ports) alone.push_back(Boot({port}));
    const double limit = Seconds(Limit(alone, together.bytes));
    const double ours = Seconds(together.took);
    const double model = Seconds(RpibootModel(alone));
    const double asking = Seconds(LimitOfTheAsking(alone));
    std::cout << fmt::format(
                     "| {} | {:.0f} | {:.2f} | {:.2f} | {:.2f} | {:.1f} | {:.2f} × | {:.2f} × | "
                     "{:.1f} × | {:.1f} |\n",
                     nodes, static_cast<double>(together.bytes) / 1e6, limit, asking, ours, model,
                     ours / limit, ours / asking, model / ours,
                     Seconds(LongestWait(together)) * 1000)
              << std::flush;
  }
}

}  // namespace
}  // namespace zprov::bench

int main(int argc, char** argv) {
  return zprov::bench::RunAsProgram("bench_boot", [&] {
    constexpr unsigned long kMost = 56;  // as many as the procedure's addresses
    zprov::bench::Run(zprov::bench::SizesIn(argc > 1 ? argv[1] : "1,5,15,50", kMost, "boards"));
  });
}
