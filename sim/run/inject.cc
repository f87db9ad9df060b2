// What each fault does to the world, and when that ends.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include "sim/programs.h"
#include "sim/run/marks.h"
#include "sim/run/performance.h"
#include "util/path.h"

namespace zprov::run {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Who = TraceLine::Who;

void AnnounceAndCount(Performance& on, const Fault& fault) {
  const FaultRow& row = RowOf(fault.kind);
  ++on.counts().faults[std::string(row.name)];
  std::string text = fmt::format("{}: {}", row.name, row.cause);
  if (row.names_node) text += " (" + on.board(fault.node).name + ")";
  if (row.most > 1) text += fmt::format(", {}", fault.strength);
  on.Say(Who::kFault, text);
  if (row.names_node) return on.Mark(MarkOf(on.board(fault.node).zero->stage(), row));
  for (const BoardAt& board : on.boards()) on.Mark(MarkOf(board.zero->stage(), row));
}

// ---- power and plugs

void PullPlug(Performance& on, const Fault& fault) {
  auto zero = on.board(fault.node).zero;
  zero->Unplug();
  on.After(seconds(fault.strength), [zero] { zero->PlugIn(); });
}

void ExchangeBoards(Performance& on, const Fault& fault) {
  auto one = on.board(fault.node).zero;
  auto other = on.board(fault.node + 1).zero;
  if (one == other) return PullPlug(on, fault);
  one->Unplug();
  other->Unplug();
  one->ChangePlacesWith(*other);
  on.After(seconds(fault.strength), [one, other] {
    one->PlugIn();
    other->PlugIn();
  });
}

// The hub above that node's board, with the hubs below it.
void UnplugHub(Performance& on, const Fault& fault) {
  constexpr uint8_t kHubClass = 9;
  const PortPath hub = on.board(fault.node).port.Hub();
  std::vector<os::UsbDevice> hubs;
  const auto devices = on.world().usb().Devices().value();
  for (const os::UsbDevice& device : devices) {
    if (device.port.IsBelow(hub) && device.device_class == kHubClass) hubs.push_back(device);
  }
  if (hubs.empty()) return;  // it is unplugged already
  on.world().usb().Unplug(hub);
  on.After(seconds(fault.strength), [&on, hubs] {
    for (const os::UsbDevice& each : hubs) on.world().usb().Plug(each);
  });
}

// ---- links

void TouchLink(Performance& on, const Fault& fault) {
  on.LinksWereTouched();
  sim::Network& network = on.world().network();
  const Link* const link = network.LinkAt(on.board(fault.node).port);
  if (link == nullptr) return;
  // What the kernel refuses simply does not happen.
  if (fault.kind == FaultKind::kLinkDown) (void)network.SetLink(link->name, {.up = false});
  if (fault.kind == FaultKind::kLinkLeavesBridge) (void)network.SetLink(link->name, {.master = ""});
  if (fault.kind == FaultKind::kLinkMtuChanged) (void)network.SetLink(link->name, {.mtu = 1400});
  if (fault.kind != FaultKind::kLinkRenamed) return;
  (void)network.SetLink(link->name, {.master = "", .up = false});
  (void)network.SetLink(link->name, {.name = "enx024e61a1", .up = true});
}

// ---- files

void FillDisk(Performance& on, const Fault& fault) {
  const uint64_t whole = sim::WorldOptions().disk_capacity;
  const os::Space space = on.world().disk().Usage();
  on.world().disk().SetCapacity(space.data_used + space.metadata_used);
  on.After(seconds(fault.strength), [&on, whole] { on.world().disk().SetCapacity(whole); });
}

void GoReadOnly(Performance& on, const Fault& fault) {
  on.world().disk().SetReadOnly(0, os::Access::kReadOnly);
  on.After(seconds(fault.strength),
           [&on] { on.world().disk().SetReadOnly(0, os::Access::kReadWrite); });
}

// Whichever process makes that call.
void BreakMedium(Performance& on, const Fault& fault) {
  const auto calls = static_cast<uint64_t>(fault.strength);
  const auto fail = [calls](faults::Seam& seam) {
    seam.FailAt(seam.calls() + calls, ErrorKind::kIo);
  };
  if (Process* const serve = on.host().Find(on.serve())) fail(serve->seam);
  on.OnNextCommand(fail);
}

// As an editor does that syncs what it saves. Not on a disk that takes nothing; whether it was
// saved.
bool SaveSpec(Performance& on, const std::string& text) {
  os::Files& files = on.world().system().files;
  const auto saved =
      files.Write(kSpec, text, 0644).and_then([&] { return files.SyncDirectory(ParentOf(kSpec)); });
  on.host().Signal(on.serve(), SIGHUP);
  return saved.has_value();
}

void MendSpec(Performance& on, const std::string& sound) {
  if (!SaveSpec(on, sound)) return on.After(seconds(1), [&on, sound] { MendSpec(on, sound); });
  if (!on.Serves()) on.StartServe();
}

void BreakSpec(Performance& on, const Fault& fault) {
  const std::string sound = on.world().scene().Content(kSpec);
  const size_t nodes = sound.find("[nodes]");
  if (nodes == std::string::npos) return;  // it is half-typed already
  if (!SaveSpec(on, sound.substr(0, nodes + 3))) return;
  on.After(seconds(fault.strength), [&on, sound] { MendSpec(on, sound); });
}

void WriteRubbish(Performance& on, const Fault& fault) {
  const auto& node = on.board(fault.node).zero->node();
  if (!node || !node->mount()) return;
  const std::string texts[] = {std::string(100'000, '\xff'), "{}",
                               "{\"nonce\":\"" + node->orders().nonce, std::string("\0\n\0", 3)};
  for (const char* path : {"/var/lib/zprov/mounted", "/var/lib/zprov/boot.json"}) {
    (void)on.world().nfs().Write(*node->mount(), path,
                                 texts[static_cast<size_t>(fault.strength) % std::size(texts)]);
  }
}

// ---- programs

void RestoreExportfs(Performance& on) {
  on.world().processes().Install(
      "exportfs", [&on](const auto& argv) { return on.world().nfs().Exportfs(argv); });
}

void BreakExportfs(Performance& on, const Fault& fault) {
  const auto ending = fault.kind == FaultKind::kExportfsHangs ? sim::ProgramRun::Ending::kHangs
                                                              : sim::ProgramRun::Ending::kExits;
  auto left = std::make_shared<int>(fault.strength);
  on.world().processes().Install("exportfs", [&on, left, ending](const auto& argv) {
    if (--*left < 0) return on.world().nfs().Exportfs(argv);
    return sim::ProgramRun{.error = "exportfs: broken\n", .exit_code = 1, .ending = ending};
  });
}

void BreakMkinitramfs(Performance& on, const Fault& fault) {
  auto left = std::make_shared<int>(fault.strength);
  on.world().processes().InstallInside("mkinitramfs", [left](const auto& argv, auto& root) {
    if (--*left < 0) return sim::MakeInitramfs(argv, root);
    return sim::ProgramRun{.error = "mkinitramfs: broken\n", .exit_code = 1};
  });
}

// ---- processes and people

void KillCommand(Performance& on, const Fault& fault) {
  const auto calls = static_cast<uint64_t>(fault.strength);
  on.OnNextCommand([calls](faults::Seam& seam) { seam.CutAt(seam.calls() + calls); });
}

void StepClock(Performance& on, const Fault& fault) {
  const auto by = hours(24 * fault.strength) * (fault.strength % 2 == 0 ? 1 : -1);
  on.world().clock().SetWallTime(on.world().clock().WallTime() + by);
}

void UpdateTwice(Performance& on, const Fault&) {
  on.SetPace(milliseconds(2));
  on.Run({"update"});
  on.Run({"update"});
  on.SetPace(milliseconds(0));
}

struct Effect {
  FaultKind kind;
  void (*does)(Performance& on, const Fault& fault);
};

constexpr Effect kEffects[] = {
    {FaultKind::kBoardUnplugged, PullPlug},
    {FaultKind::kHubUnplugged, UnplugHub},
    {FaultKind::kBoardsExchanged, ExchangeBoards},
    {FaultKind::kHostPowerCut, [](Performance& on, const Fault&) { on.LosePower(); }},
    {FaultKind::kBabble,
     [](Performance& on, const Fault& fault) {
       on.world().usb().Babble(on.board(fault.node).port, fault.strength);
     }},
    {FaultKind::kArrivalToldTwice,
     [](Performance& on, const Fault& fault) {
       on.world().usb().TellAgain(on.board(fault.node).port);
     }},
    {FaultKind::kNoticesOfBusLate,
     [](Performance& on, const Fault& fault) {
       on.world().usb().HoldNotices(on.world().clock().Now() + seconds(fault.strength));
     }},
    {FaultKind::kNoticesLost,
     [](Performance& on, const Fault&) { on.world().network().LoseNotices(); }},
    {FaultKind::kLinkDown, TouchLink},
    {FaultKind::kLinkRenamed, TouchLink},
    {FaultKind::kLinkLeavesBridge, TouchLink},
    {FaultKind::kLinkMtuChanged, TouchLink},
    {FaultKind::kDiskFull, FillDisk},
    {FaultKind::kMediumError, BreakMedium},
    {FaultKind::kReadOnly, GoReadOnly},
    {FaultKind::kSlowCalls,
     [](Performance& on, const Fault& fault) { on.SetPace(milliseconds(fault.strength)); }},
    {FaultKind::kExportfsFails, BreakExportfs},
    {FaultKind::kExportfsHangs, BreakExportfs},
    {FaultKind::kMkinitramfsFails, BreakMkinitramfs},
    {FaultKind::kServeKilled, [](Performance& on, const Fault&) { on.host().Kill(on.serve()); }},
    {FaultKind::kCommandKilled, KillCommand},
    {FaultKind::kClockStep, StepClock},
    {FaultKind::kTwoAtOnce, UpdateTwice},
    {FaultKind::kSpecBroken, BreakSpec},
    {FaultKind::kNodeWritesRubbish, WriteRubbish},
};

}  // namespace

void Inject(Performance& on, const Fault& fault) {
  AnnounceAndCount(on, fault);
  if (const auto of_board = RowOf(fault.kind).of_board) {
    return on.board(fault.node).zero->Suffer(*of_board, fault.strength);
  }
  const auto found = std::ranges::find(kEffects, fault.kind, &Effect::kind);
  if (found == std::end(kEffects)) throw std::logic_error("a fault has no effect in inject.cc");
  found->does(on, fault);
}

void EndFaults(Performance& on) {
  for (BoardAt& board : on.boards()) board.zero->Mend();
  on.world().usb().EndBabble();
  on.EndFaultsOfCalls();
  RestoreExportfs(on);
  on.world().processes().InstallInside("mkinitramfs", sim::MakeInitramfs);
}

}  // namespace zprov::run
