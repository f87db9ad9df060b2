// A plan as people read it.
#pragma once

#include <string>

#include "core/plan/step.h"

namespace zprov::cli {

std::string PlanText(const plan::Plan& plan);     // before: every step with reason, risk and diff
std::string AppliedText(const plan::Plan& plan);  // after: what came of it, in a few lines

}  // namespace zprov::cli
