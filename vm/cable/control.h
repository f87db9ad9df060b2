// Orders to a running cable: one line of words each, answered in one line. README.md lists them.
#pragma once

#include <string>
#include <string_view>

#include "vm/cable/cable.h"

namespace zprov::vm {

// "ok", with a word behind it where the order asked for one; or "no:" and a sentence that says what
// to write instead. After "no:" nothing has changed.
std::string Obey(Cable& cable, std::string_view line);

}  // namespace zprov::vm
