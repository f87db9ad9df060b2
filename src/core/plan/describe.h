// Steps in a person's words.
#pragma once

#include <string>
#include <string_view>

#include "core/plan/step.h"

namespace zprov::plan {

std::string_view Name(Risk risk);               // "live-safe", "at next boot", …
std::string_view KindOf(const Action& action);  // "write-file": its name in JSON

// One line without a newline: "change /etc/hosts".
std::string Title(const Action& action);

// What changes inside, as lines of a unified diff or of settings; empty where the title says it
// all.
std::string Detail(const Action& action);

}  // namespace zprov::plan
