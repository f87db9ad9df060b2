#include "adapters/journal.h"

#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "adapters/errno.h"

namespace zprov::adapters {
namespace {

constexpr const char* kCommand =
    "exec journalctl --boot --lines=100000 --no-pager --quiet --output=short-monotonic 2>&1";
constexpr int kNoProgram = 127;  // sh's

}  // namespace

Result<std::string> ReadJournal() {
  FILE* const pipe = ::popen(kCommand, "re");
  if (pipe == nullptr) return FailErrno("start journalctl", errno);
  std::string text;
  std::array<char, 65536> chunk;
  for (;;) {
    const size_t got = ::fread(chunk.data(), 1, chunk.size(), pipe);
    if (got == 0) break;
    text.append(chunk.data(), got);
  }
  const int status = ::pclose(pipe);
  if (status == 0) return text;
  const bool is_missing = WIFEXITED(status) && WEXITSTATUS(status) == kNoProgram;
  if (is_missing) return Fail(ErrorKind::kNotFound, "there is no journalctl on this host");
  return Fail(ErrorKind::kFailed, "journalctl: " + text.substr(0, text.find('\n')));
}

}  // namespace zprov::adapters
