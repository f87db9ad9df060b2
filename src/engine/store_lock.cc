#include "engine/store_lock.h"

#include <fmt/format.h>

#include "core/plan/desired.h"

namespace zprov::engine {

Result<std::unique_ptr<os::Lock>> TakeStoreLock(os::System& system, const spec::ClusterSpec& spec,
                                                const std::string& holder) {
  auto lock = system.locks.TryLock(plan::LockPath(spec), holder);
  if (!lock && lock.error().kind == ErrorKind::kNotFound) {  // only apply makes its directory
    return Fail(ErrorKind::kRefused,
                plan::StateDirectory(spec) + " does not exist yet: run `zprov apply` first");
  }
  if (lock || lock.error().kind != ErrorKind::kBusy) return lock;
  const std::string& who = lock.error().message;
  return Fail(ErrorKind::kRefused,
              fmt::format("another zprov is at work on {} ({}): wait until it is done",
                          spec.storage.store, who.empty() ? "it has only just started" : who));
}

}  // namespace zprov::engine
