#include "vm/cluster/leader.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

namespace zprov::vm {
namespace {

// `leader` reads as ended once that process is gone.
[[noreturn]] void Follow(int leader, const sigset_t& signals, const std::function<int()>& work) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  pollfd wait{leader, POLLIN, 0};
  if (poll(&wait, 1, 0) != 0) _exit(127);  // it died before we could ask to be told
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
  _exit(work());
}

int Wait(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

}  // namespace

Result<int> LeadNamespace(const std::function<int()>& work) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGCHLD}) sigaddset(&signals, signal);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  const int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0 || unshare(CLONE_NEWPID) != 0) {
    return Fail(ErrorKind::kPermission, "a pid namespace: " + std::string(std::strerror(errno)) +
                                            "; this needs to be root");
  }
  const pid_t child = fork();
  if (child == 0) {
    close(ends[1]);
    Follow(ends[0], signals, work);
  }
  close(ends[0]);
  // What else this process starts, LeakSanitizer at its end included, is no part of that.
  setns(own, CLONE_NEWPID);
  close(own);
  if (child < 0) return Fail(ErrorKind::kFailed, std::string("fork: ") + std::strerror(errno));
  if (sigwaitinfo(&signals, nullptr) == SIGCHLD) return Wait(child);
  kill(child, SIGKILL);
  Wait(child);
  return 0;
}

}  // namespace zprov::vm
