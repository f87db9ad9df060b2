#include "support/shell.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>

namespace zprov::tests {

Ran RunShell(const std::string& command) {
  Ran ran;
  FILE* pipe = ::popen(command.c_str(), "re");
  if (pipe == nullptr) return {127, ""};
  std::array<char, 4096> chunk;
  size_t got = 0;
  while ((got = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0) {
    ran.out.append(chunk.data(), got);
  }
  const int status = ::pclose(pipe);
  ran.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return ran;
}

}  // namespace zprov::tests
