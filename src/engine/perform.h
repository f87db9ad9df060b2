// Carries out one step of a plan. Every step can be carried out again after a cut in the middle.
#pragma once

#include "core/plan/step.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// The error says what the step was doing; its effect lasts through a power cut only after the sync
// at the end of apply.
Result<void> Perform(os::System& system, const plan::Action& action);

}  // namespace zprov::engine
