// Carries out one step of a plan. Every step can be carried out again after a cut in the middle.
#pragma once

#include "core/plan/step.h"
#include "core/spec/cluster_spec.h"
#include "engine/notice.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// What a step may need besides its own values.
struct Acting {
  os::System& system;
  const spec::ClusterSpec& spec;
  const OnNotice& notice;
};

// The error says what the step was doing; its effect lasts through a power cut only after the sync
// at the end of apply.
Result<void> Perform(const Acting& acting, const plan::Action& action);

}  // namespace zprov::engine
