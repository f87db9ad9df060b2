#include "vm/cluster/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

namespace zprov::vm {
namespace {

[[noreturn]] void Become(std::vector<std::string>& words, const std::string& log, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it died before we could ask to be told
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0) _exit(127);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

Result<Child> Child::Start(std::vector<std::string> words, const std::string& log) {
  Child child;
  const pid_t parent = getpid();
  child.pid_ = fork();
  if (child.pid_ == 0) Become(words, log, parent);
  if (child.pid_ > 0) return child;
  return Fail(ErrorKind::kFailed, fmt::format("start {}: {}", words[0], std::strerror(errno)));
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(pid_, other.pid_);
  return *this;
}

void Child::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(std::exchange(pid_, -1), nullptr, 0);
}

bool Child::HasEnded() {
  if (pid_ > 0 && waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
  return pid_ <= 0;
}

int Child::Wait() {
  int status = 0;
  waitpid(std::exchange(pid_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

std::string Tail(const std::string& path) {
  constexpr size_t kLastBytes = 3000;
  std::ostringstream all;
  all << std::ifstream(path, std::ios::binary).rdbuf();
  std::string text = all.str();
  if (text.size() > kLastBytes) text.erase(0, text.size() - kLastBytes);
  return text;
}

}  // namespace zprov::vm
