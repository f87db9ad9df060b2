// Carries out a plan: under the store's lock, journalled, stopping at the first error. Whatever
// interrupts it (an error, kill -9, a power cut), the next apply goes on from there.
#pragma once

#include <functional>
#include <string>

#include "core/plan/diff.h"
#include "core/spec/cluster_spec.h"
#include "engine/notice.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

struct Request {
  plan::Wishes wishes;
  std::string holder;  // who holds the lock, for whoever comes second: "apply, pid 4711"
  OnNotice notice = [](const Notice&) {};  // what a long step says meanwhile
};

struct Progress {
  size_t number = 0;  // of the step about to be done, from 1
  size_t total = 0;
  const plan::Step& step;
};

// Does it, and returns the plan that was carried out; its refusals or an empty step list mean that
// nothing was changed. kRefused: another zprov holds the lock, the message says who. Any other
// error is the step's that failed; those before it are done.
Result<plan::Plan> Apply(os::System& system, const spec::ClusterSpec& spec, const Request& request,
                         const std::function<void(const Progress&)>& on_step);

}  // namespace zprov::engine
