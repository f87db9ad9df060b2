#include "engine/serve/ports.h"

#include <fmt/format.h>

#include "core/generations/layout.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

Result<void> NeedNoRpiboot(os::System& system, const spec::ClusterSpec& spec) {
  if (LeavesBootingToRpiboot(spec)) {
    return Fail(ErrorKind::kRefused,
                "in the compatible mode rpiboot boots the nodes: write server = \"zprov\" below "
                "[boot] in cluster.toml, run `zprov apply`, and end rpiboot");
  }
  ZPROV_ASSIGN(const auto running, system.live->process_table.Named("rpiboot"));
  if (running.empty()) return {};
  return Fail(ErrorKind::kRefused,
              fmt::format("rpiboot runs as pid {} and would take the boards away: end it (kill {}) "
                          "and see that nothing starts it again",
                          running.front().pid, running.front().pid));
}

}  // namespace

bool LeavesBootingToRpiboot(const spec::ClusterSpec& spec) {
  return spec.mode == spec::Mode::kCompatible && spec.boot_server == spec::BootServer::kRpiboot;
}

Result<std::unique_ptr<os::Lock>> TakePorts(os::System& system, const spec::ClusterSpec& spec,
                                            const std::string& holder) {
  if (system.live == nullptr) {
    return Fail(ErrorKind::kRefused, "a tree of files (--root) has no boards: leave --root out");
  }
  ZPROV_TRY(NeedNoRpiboot(system, spec));
  const std::string state = generations::StateDirectory(spec);
  auto lock = system.locks.TryLock(JoinPath(state, "ports.lock"), holder);
  if (lock) return lock;
  if (lock.error().kind == ErrorKind::kNotFound) {
    return Fail(ErrorKind::kRefused, state + " does not exist yet: run `zprov apply` first");
  }
  if (lock.error().kind != ErrorKind::kBusy) return lock;
  const std::string& who = lock.error().message;
  return Fail(ErrorKind::kRefused,
              fmt::format("another zprov has the ports ({}): watch it with `zprov status`, or stop "
                          "it first (systemctl stop zprov)",
                          who.empty() ? "it has only just started" : who));
}

}  // namespace zprov::engine
