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

// Whether there was anything to break when a fault came.
enum class Hits { kNothing, kSomething };

void Announce(Performance& on, const Fault& fault, const FaultRow& row) {
  std::string text = fmt::format("{}: {}", row.name, row.cause);
  if (row.names_node) text += " (" + on.board(fault.node).name + ")";
  if (row.most > 1) text += fmt::format(", {}", fault.strength);
  on.Say(Who::kFault, text);
}

// By the stages that boards are in now, which the fault may change.
std::vector<std::string> MarksOf(Performance& on, const Fault& fault, const FaultRow& row) {
  if (row.names_node) return {MarkOf(on.board(fault.node).zero->stage(), row)};
  std::vector<std::string> marks;
  for (const BoardAt& board : on.boards()) marks.push_back(MarkOf(board.zero->stage(), row));
  return marks;
}

// ---- power and plugs

Hits PullPlug(Performance& on, const Fault& fault) {
  auto zero = on.board(fault.node).zero;
  if (zero->stage() == sim::zero::Stage::kOff) return Hits::kNothing;
  zero->Unplug();
  on.After(seconds(fault.strength), [zero] { zero->PlugIn(); });
  return Hits::kSomething;
}

Hits ExchangeBoards(Performance& on, const Fault& fault) {
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
  return Hits::kSomething;
}

// The hub above that node's board, with the hubs below it.
Hits UnplugHub(Performance& on, const Fault& fault) {
  constexpr uint8_t kHubClass = 9;
  const PortPath hub = on.board(fault.node).port.Hub();
  std::vector<os::UsbDevice> hubs;
  const auto devices = on.world().usb().Devices().value();
  for (const os::UsbDevice& device : devices) {
    if (device.port.IsBelow(hub) && device.device_class == kHubClass) hubs.push_back(device);
  }
  if (hubs.empty()) return Hits::kNothing;  // it is unplugged already
  on.world().usb().Unplug(hub);
  on.After(seconds(fault.strength), [&on, hubs] {
    for (const os::UsbDevice& each : hubs) on.world().usb().Plug(each);
  });
  return Hits::kSomething;
}

Hits CutPower(Performance& on, const Fault&) {
  on.LosePower();
  return Hits::kSomething;
}

Hits RebootHost(Performance& on, const Fault&) {
  on.RebootUnderBoards();
  return Hits::kSomething;
}

// ---- the bus

// Transfers to come, whenever the board is there.
Hits Babble(Performance& on, const Fault& fault) {
  on.world().usb().Babble(on.board(fault.node).port, fault.strength);
  return Hits::kSomething;
}

Hits TellAgain(Performance& on, const Fault& fault) {
  const PortPath port = on.board(fault.node).port;
  const auto devices = on.world().usb().Devices().value();
  const bool is_there = std::ranges::find(devices, port, &os::UsbDevice::port) != devices.end();
  on.world().usb().TellAgain(port);
  return is_there ? Hits::kSomething : Hits::kNothing;
}

Hits HoldNotices(Performance& on, const Fault& fault) {
  on.world().usb().HoldNotices(on.world().clock().Now() + seconds(fault.strength));
  return Hits::kSomething;
}

// ---- links

Hits LoseNotices(Performance& on, const Fault&) {
  on.world().network().LoseNotices();
  return Hits::kSomething;
}

Hits HoldNoticesOfLinks(Performance& on, const Fault& fault) {
  on.world().network().HoldNotices(on.world().clock().Now() + seconds(fault.strength));
  return Hits::kSomething;
}

Hits TellOfLinkAgain(Performance& on, const Fault& fault) {
  const Link* const link = on.world().network().LinkAt(on.board(fault.node).port);
  if (link == nullptr) return Hits::kNothing;
  on.world().network().TellAgain(link->name);
  return Hits::kSomething;
}

void ChangeLink(sim::Network& network, const std::string& name, FaultKind how) {
  // What the kernel refuses simply does not happen.
  if (how == FaultKind::kLinkDown) (void)network.SetLink(name, {.up = false});
  if (how == FaultKind::kLinkLeavesBridge) (void)network.SetLink(name, {.master = ""});
  if (how == FaultKind::kLinkMtuChanged) (void)network.SetLink(name, {.mtu = 1400});
  if (how != FaultKind::kLinkRenamed) return;
  (void)network.SetLink(name, {.master = "", .up = false});
  (void)network.SetLink(name, {.name = "enx024e61a1", .up = true});
}

Hits TouchLink(Performance& on, const Fault& fault) {
  sim::Network& network = on.world().network();
  const PortPath port = on.board(fault.node).port;
  const Link* const link = network.LinkAt(port);
  if (link == nullptr) return Hits::kNothing;
  on.LinksWereTouched();
  const Link before = *link;
  ChangeLink(network, before.name, fault.kind);
  const Link* const after = network.LinkAt(port);
  return after != nullptr && *after == before ? Hits::kNothing : Hits::kSomething;
}

// ---- files

Hits FillDisk(Performance& on, const Fault& fault) {
  const uint64_t whole = sim::WorldOptions().disk_capacity;
  const os::Space space = on.world().disk().Usage();
  on.world().disk().SetCapacity(space.data_used + space.metadata_used);
  on.After(seconds(fault.strength), [&on, whole] { on.world().disk().SetCapacity(whole); });
  return Hits::kSomething;
}

Hits GoReadOnly(Performance& on, const Fault& fault) {
  on.world().disk().SetReadOnly(0, os::Access::kReadOnly);
  on.After(seconds(fault.strength),
           [&on] { on.world().disk().SetReadOnly(0, os::Access::kReadWrite); });
  return Hits::kSomething;
}

// Whichever process makes that call.
Hits BreakMedium(Performance& on, const Fault& fault) {
  const auto calls = static_cast<uint64_t>(fault.strength);
  const auto fail = [calls](faults::Seam& seam) {
    seam.FailAt(seam.calls() + calls, ErrorKind::kIo);
  };
  if (Process* const serve = on.host().Find(on.serve())) fail(serve->seam);
  on.OnNextCommand(fail);
  return Hits::kSomething;
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

Hits BreakSpec(Performance& on, const Fault& fault) {
  const std::string sound = on.world().scene().Content(kSpec);
  const size_t nodes = sound.find("[nodes]");
  if (nodes == std::string::npos) return Hits::kNothing;  // it is half-typed already
  if (!SaveSpec(on, sound.substr(0, nodes + 3))) return Hits::kNothing;
  on.After(seconds(fault.strength), [&on, sound] { MendSpec(on, sound); });
  return Hits::kSomething;
}

Hits WriteRubbish(Performance& on, const Fault& fault) {
  const auto& node = on.board(fault.node).zero->node();
  if (!node || !node->mount()) return Hits::kNothing;
  Hits hits = Hits::kNothing;
  const std::string texts[] = {std::string(100'000, '\xff'), "{}",
                               "{\"nonce\":\"" + node->orders().nonce, std::string("\0\n\0", 3)};
  for (const char* path : {"/var/lib/zprov/mounted", "/var/lib/zprov/boot.json"}) {
    const auto written = on.world().nfs().Write(
        *node->mount(), path, texts[static_cast<size_t>(fault.strength) % std::size(texts)]);
    if (written) hits = Hits::kSomething;
  }
  return hits;
}

// ---- programs

void RestoreExportfs(Performance& on) {
  on.world().processes().Install(
      "exportfs", [&on](const auto& argv) { return on.world().nfs().Exportfs(argv); });
}

Hits BreakExportfs(Performance& on, const Fault& fault) {
  constexpr int kKilled = 128 + SIGKILL;
  const int exit_code = fault.kind == FaultKind::kExportfsKilled ? kKilled : 1;
  const auto ending = fault.kind == FaultKind::kExportfsHangs ? sim::ProgramRun::Ending::kHangs
                                                              : sim::ProgramRun::Ending::kExits;
  auto left = std::make_shared<int>(fault.strength);
  on.world().processes().Install("exportfs", [&on, left, ending, exit_code](const auto& argv) {
    if (--*left < 0) return on.world().nfs().Exportfs(argv);
    return sim::ProgramRun{.error = "exportfs: broken\n", .exit_code = exit_code, .ending = ending};
  });
  return Hits::kSomething;
}

Hits BreakMkinitramfs(Performance& on, const Fault& fault) {
  auto left = std::make_shared<int>(fault.strength);
  on.world().processes().InstallInside("mkinitramfs", [left](const auto& argv, auto& root) {
    if (--*left < 0) return sim::MakeInitramfs(argv, root);
    return sim::ProgramRun{.error = "mkinitramfs: broken\n", .exit_code = 1};
  });
  return Hits::kSomething;
}

// ---- processes and people

Hits SlowDown(Performance& on, const Fault& fault) {
  on.SetPace(milliseconds(fault.strength));
  return Hits::kSomething;
}

Hits KillServe(Performance& on, const Fault&) {
  if (!on.Serves()) return Hits::kNothing;
  on.host().Kill(on.serve());
  return Hits::kSomething;
}

Hits KillCommand(Performance& on, const Fault& fault) {
  const auto calls = static_cast<uint64_t>(fault.strength);
  on.OnNextCommand([calls](faults::Seam& seam) { seam.CutAt(seam.calls() + calls); });
  return Hits::kSomething;
}

Hits StepClock(Performance& on, const Fault& fault) {
  const auto by = hours(24 * fault.strength) * (fault.strength % 2 == 0 ? 1 : -1);
  on.world().clock().SetWallTime(on.world().clock().WallTime() + by);
  return Hits::kSomething;
}

Hits UpdateTwice(Performance& on, const Fault&) {
  on.SetPace(milliseconds(2));
  on.Run({"update"});
  on.Run({"update"});
  on.SetPace(milliseconds(0));
  return Hits::kSomething;
}

struct Effect {
  FaultKind kind;
  Hits (*does)(Performance& on, const Fault& fault);
};

constexpr Effect kEffects[] = {
    {FaultKind::kBoardUnplugged, PullPlug},
    {FaultKind::kHubUnplugged, UnplugHub},
    {FaultKind::kBoardsExchanged, ExchangeBoards},
    {FaultKind::kHostPowerCut, CutPower},
    {FaultKind::kHostReboots, RebootHost},
    {FaultKind::kBabble, Babble},
    {FaultKind::kArrivalToldTwice, TellAgain},
    {FaultKind::kNoticesOfBusLate, HoldNotices},
    {FaultKind::kNoticesLost, LoseNotices},
    {FaultKind::kNoticesOfLinksLate, HoldNoticesOfLinks},
    {FaultKind::kLinkToldAgain, TellOfLinkAgain},
    {FaultKind::kLinkDown, TouchLink},
    {FaultKind::kLinkRenamed, TouchLink},
    {FaultKind::kLinkLeavesBridge, TouchLink},
    {FaultKind::kLinkMtuChanged, TouchLink},
    {FaultKind::kDiskFull, FillDisk},
    {FaultKind::kMediumError, BreakMedium},
    {FaultKind::kReadOnly, GoReadOnly},
    {FaultKind::kSlowCalls, SlowDown},
    {FaultKind::kExportfsFails, BreakExportfs},
    {FaultKind::kExportfsHangs, BreakExportfs},
    {FaultKind::kExportfsKilled, BreakExportfs},
    {FaultKind::kMkinitramfsFails, BreakMkinitramfs},
    {FaultKind::kServeKilled, KillServe},
    {FaultKind::kCommandKilled, KillCommand},
    {FaultKind::kClockStep, StepClock},
    {FaultKind::kTwoAtOnce, UpdateTwice},
    {FaultKind::kSpecBroken, BreakSpec},
    {FaultKind::kNodeWritesRubbish, WriteRubbish},
};

Hits TakeEffect(Performance& on, const Fault& fault, const FaultRow& row) {
  if (row.of_board) {
    on.board(fault.node).zero->Suffer(*row.of_board, fault.strength);
    return Hits::kSomething;
  }
  const auto found = std::ranges::find(kEffects, fault.kind, &Effect::kind);
  if (found == std::end(kEffects)) throw std::logic_error("a fault has no effect in inject.cc");
  return found->does(on, fault);
}

}  // namespace

void Inject(Performance& on, const Fault& fault) {
  const FaultRow& row = RowOf(fault.kind);
  Announce(on, fault, row);
  const auto marks = MarksOf(on, fault, row);
  if (TakeEffect(on, fault, row) == Hits::kNothing) {
    return on.Say(Who::kFault, fmt::format("{} hits nothing", row.name));
  }
  ++on.counts().faults[std::string(row.name)];
  for (const std::string& mark : marks) on.Mark(mark);
}

void EndFaults(Performance& on) {
  for (BoardAt& board : on.boards()) board.zero->Mend();
  on.world().usb().EndBabble();
  on.EndFaultsOfCalls();
  RestoreExportfs(on);
  on.world().processes().InstallInside("mkinitramfs", sim::MakeInitramfs);
}

}  // namespace zprov::run
