#include "tests/unit/core/render/programs.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace zprov::render {
namespace {

// named-checkzone and dnsmasq are in sbin, which a user's PATH lacks.
constexpr char kPath[] = "PATH=$PATH:/usr/sbin:/sbin; ";

}  // namespace

Outcome RunOn(const std::string& content, const std::string& command) {
  std::string path = ::testing::TempDir() + "zprov-render-XXXXXX";
  const int fd = mkstemp(path.data());
  EXPECT_GE(fd, 0) << path;
  EXPECT_EQ(write(fd, content.data(), content.size()), static_cast<ssize_t>(content.size()));
  close(fd);

  Outcome outcome;
  FILE* pipe = popen((kPath + ("FILE=" + path) + "; { " + command + "; } 2>&1").c_str(), "r");
  for (int c = std::getc(pipe); c != EOF; c = std::getc(pipe)) {
    outcome.output += static_cast<char>(c);
  }
  const int status = pclose(pipe);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  unlink(path.c_str());
  return outcome;
}

bool HasProgram(const std::string& name) { return RunOn("", "command -v " + name).status == 0; }

}  // namespace zprov::render
