#include "record/taped_system.h"

#include <optional>

#include "record/taped_host.h"
#include "record/taped_roots.h"

namespace zprov::record {
namespace {

struct TapedLive {
  TapedLive(Tape& tape, os::Live* inner)
      : netlink(tape, inner ? &inner->netlink : nullptr),
        usb(tape, inner ? &inner->usb : nullptr),
        process_table(tape, inner ? &inner->process_table : nullptr),
        control(tape, inner ? &inner->control : nullptr),
        supervisor(tape, inner ? &inner->supervisor : nullptr),
        background(tape, inner ? &inner->background : nullptr),
        live{netlink, usb, process_table, control, supervisor, background} {}

  TapedNetlink netlink;
  TapedUsb usb;
  TapedProcessTable process_table;
  TapedControl control;
  TapedSupervisor supervisor;
  TapedBackground background;
  os::Live live;
};

class Whole final : public TapedSystem {
 public:
  Whole(Tape& tape, os::System* inner)
      : clock_(tape, inner ? &inner->clock : nullptr),
        files_(tape, inner ? &inner->files : nullptr),
        trees_(tape, inner ? &inner->trees : nullptr),
        locks_(tape, inner ? &inner->locks : nullptr),
        btrfs_(tape, inner ? &inner->btrfs : nullptr),
        events_(tape, inner ? &inner->events : nullptr),
        processes_(tape, inner ? &inner->processes : nullptr),
        roots_(tape, inner ? &inner->roots : nullptr),
        identities_(tape, inner ? &inner->identities : nullptr),
        archives_(tape, inner ? &inner->archives : nullptr),
        system_{.clock = clock_,
                .files = files_,
                .trees = trees_,
                .locks = locks_,
                .btrfs = btrfs_,
                .events = events_,
                .processes = processes_,
                .roots = roots_,
                .identities = identities_,
                .archives = archives_} {}

  os::System& system() override { return system_; }

  void AddLive(Tape& tape, os::Live* inner) {
    live_.emplace(tape, inner);
    system_.live = &live_->live;
  }

 private:
  TapedClock clock_;
  TapedFiles files_;
  TapedTrees trees_;
  TapedLocks locks_;
  TapedBtrfs btrfs_;
  TapedEvents events_;
  TapedProcesses processes_;
  TapedRoots roots_;
  TapedIdentities identities_;
  TapedArchives archives_;
  std::optional<TapedLive> live_;
  os::System system_;
};

}  // namespace

Result<std::unique_ptr<TapedSystem>> OpenTaped(Tape& tape, const OpenReal& open) {
  os::System* inner = nullptr;
  ZPROV_ASSIGN(const bool is_live,
               tape.Through<Result<bool>>(Act("world.open"), [&]() -> Result<bool> {
                 ZPROV_ASSIGN(inner, open());
                 return inner->live != nullptr;
               }));
  auto whole = std::make_unique<Whole>(tape, inner);
  if (is_live) whole->AddLive(tape, inner ? inner->live : nullptr);
  return whole;
}

Result<std::string> ReadTaped(Tape& tape, const std::string& path, const ReadReal& read) {
  return tape.Through<Result<std::string>>(Look("command_line.read", path), read);
}

}  // namespace zprov::record
