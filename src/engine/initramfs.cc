#include "engine/initramfs.h"

#include <fmt/format.h>

#include "engine/run_program.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

// One minute on a quick machine; a B+ (one core at 700 MHz, an SD card) needs many, and more under
// emulation.
constexpr std::chrono::seconds kDeadline = std::chrono::minutes(30);
constexpr const char* kOutput = "/zprov-initrd.img";  // in the snapshot, not in its own /tmp

Result<void> RunIn(os::System& system, const InitramfsOrder& order, const OnNotice& notice) {
  const Program program{{kMkinitramfs, "-o", kOutput, order.version}, order.scratch, kDeadline};
  ZPROV_TRY(RunToEnd(system, program, notice));
  const std::string made = order.scratch + kOutput;
  ZPROV_ASSIGN(const auto status, system.files.Status(made));
  if (status && status->size == 0) {
    return Fail(ErrorKind::kFailed,
                fmt::format("{} made an empty file, which a board takes for a missing one: run it "
                            "by hand to see why",
                            kMkinitramfs));
  }
  return system.trees.CopyFile(made, order.to, 0644);
}

}  // namespace

Result<void> MakeInitramfs(os::System& system, const InitramfsOrder& order,
                           const OnNotice& notice) {
  notice({Notice::Kind::kProgress, fmt::format("mkinitramfs for kernel {}", order.version)});
  // Hooks may write anywhere, and one that is killed cleans nothing up: all of that goes with the
  // snapshot.
  ZPROV_TRY(system.btrfs.Snapshot(order.base, order.scratch, os::Access::kReadWrite));
  auto made = RunIn(system, order, notice);
  const auto gone = system.btrfs.Delete(order.scratch);
  if (made && !gone) return While("delete " + order.scratch, gone.error());
  return made;
}

}  // namespace zprov::engine
