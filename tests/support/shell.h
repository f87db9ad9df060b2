// Running programs as a person at a shell would.
#pragma once

#include <string>

namespace zprov::tests {

struct Ran {
  int exit_code = -1;
  std::string out;  // stdout; stderr goes to the test's own
};

// A command line for sh. 127: there is no sh; 128: a signal ended it.
Ran RunShell(const std::string& command);

}  // namespace zprov::tests
