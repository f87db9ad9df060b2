// Where two interviews of a gadget differ (gadget_reader/interview.h), in lines for people.
#pragma once

#include <string>
#include <vector>

namespace zprov::tests {

using Lines = std::vector<std::string>;

// The lines of a console that begin with that, without it.
Lines LinesBehind(const std::string& beginning, const std::string& console);

// For each line that differs what it is, and both answers. Empty: none does, and there were some.
std::string Differences(const Lines& real, const Lines& model);

}  // namespace zprov::tests
