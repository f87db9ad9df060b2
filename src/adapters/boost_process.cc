#include "adapters/boost_process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/process/args.hpp>
#include <boost/process/async.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/posix.hpp>
#include <cerrno>
#include <csignal>
#include <map>

#include "adapters/errno.h"
#include "adapters/event_loop_asio.h"
#include "adapters/fd.h"
#include "adapters/own_root.h"

namespace zprov::adapters {
namespace {

namespace bp = boost::process;
using Stream = os::ProcessOutput::Stream;

constexpr std::array<std::string_view, 4> kProgramDirectories = {"/usr/sbin/", "/usr/bin/",
                                                                 "/sbin/", "/bin/"};
constexpr const char* kPath = "/usr/sbin:/usr/bin:/sbin:/bin";
constexpr auto kUntilKilled = std::chrono::seconds(2);  // os/processes.h
constexpr size_t kPipeBytes = 65536;                    // bytes; a pipe holds as many
// A grandchild that inherited the pipe and writes without pause must not keep the end from coming.
constexpr int kMostChunksAtTheEnd = 64;

// Of our own; its number is above those a child gets, so that dup2 in the child always clears
// O_CLOEXEC.
Result<Fd> AboveStandard(Fd fd) {
  if (fd.number() > STDERR_FILENO) return fd;
  Fd moved(::fcntl(fd.number(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!moved.valid()) return FailErrno("move a descriptor", errno);
  return moved;
}

struct Pipe {
  Fd read;
  Fd write;
};

Result<Pipe> MakePipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return FailErrno("make a pipe", errno);
  Pipe pipe{Fd(ends[0]), Fd(ends[1])};
  // Only our end: O_NONBLOCK on the child's would surprise the program.
  if (::fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) return FailErrno("set up a pipe", errno);
  ZPROV_ASSIGN(pipe.write, AboveStandard(std::move(pipe.write)));
  return pipe;
}

Result<std::string> FindProgram(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    if (::access(name.c_str(), X_OK) != 0) return FailErrno("start " + name, errno);
    return name;
  }
  for (std::string_view directory : kProgramDirectories) {
    std::string path = std::string(directory) + name;
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return Fail(ErrorKind::kNotFound,
              "there is no program " + name + " in " + kPath + ": install the package that has it");
}

// The raw status of waitpid as os::ProcessEnded says it.
int ExitCodeOf(int status) {
  constexpr int kSignalBase = 128;
  return WIFSIGNALED(status) ? kSignalBase + WTERMSIG(status) : WEXITSTATUS(status);
}

struct Output {
  Stream stream = Stream::kOut;
  Fd read;
  std::unique_ptr<Watch> watch;
};

struct Running {
  bp::child child;
  std::array<Output, 2> outputs;
  std::unique_ptr<Watch> kill;  // running since SIGTERM
};

class BoostProcess final : public os::Processes {
 public:
  BoostProcess(EventLoop& loop, std::shared_ptr<const Root> root)
      : loop_(loop), root_(std::move(root)) {}
  ~BoostProcess() override;

  Result<os::ProcessId> Start(const std::vector<std::string>& argv) override;
  Result<os::ProcessId> StartIn(std::string_view root,
                                const std::vector<std::string>& argv) override;
  Result<void> Stop(os::ProcessId process) override;

 private:
  Result<os::ProcessId> Launch(const std::string& program, const std::vector<std::string>& argv,
                               const OwnRoot* root);
  Result<os::ProcessId> LaunchIn(std::string_view path, const std::vector<std::string>& argv);

  enum class Chunk { kPosted, kNothingNow, kEnd };
  Chunk ReadChunk(os::ProcessId process, const Output& output);
  void Listen(os::ProcessId process, Running& running);
  void End(os::ProcessId process);

  EventLoop& loop_;
  std::shared_ptr<const Root> root_;
  std::map<os::ProcessId, Running> running_;
  os::ProcessId last_ = 0;
  // on_exit handlers that Asio still holds when we are gone find it empty.
  std::shared_ptr<BoostProcess*> self_ = std::make_shared<BoostProcess*>(this);
};

BoostProcess::~BoostProcess() {
  for (auto& [process, running] : running_) {
    const pid_t pid = running.child.id();
    ::kill(-pid, SIGKILL);
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    running.child.detach();
  }
}

// In the child, before exec: its own group, so that Stop never meets a child that has none yet; its
// own root if it has one; and none of the descriptors that whoever started us left open (kernels
// before 5.11 cannot).
struct OnItsOwn : bp::extend::handler {
  const OwnRoot* root = nullptr;

  template <typename Executor>
  void on_exec_setup(Executor&) const {
    ::setpgid(0, 0);
    if (root != nullptr) root->Enter();
    ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  }
};

Result<os::ProcessId> BoostProcess::Start(const std::vector<std::string>& argv) {
  if (argv.empty() || argv.front().empty()) {
    return Fail(ErrorKind::kInvalid, "no program named: give at least its name");
  }
  ZPROV_ASSIGN(const std::string program, FindProgram(argv.front()));
  return Launch(program, argv, nullptr);
}

Result<os::ProcessId> BoostProcess::StartIn(std::string_view root,
                                            const std::vector<std::string>& argv) {
  if (argv.empty() || argv.front().empty()) {
    return Fail(ErrorKind::kInvalid, "no program named: give at least its name");
  }
  const std::string doing = "run " + argv.front() + " in " + std::string(root);
  auto process = LaunchIn(root, argv);
  if (!process) return While(doing, process.error());
  return process;
}

Result<os::ProcessId> BoostProcess::LaunchIn(std::string_view path,
                                             const std::vector<std::string>& argv) {
  ZPROV_ASSIGN(Fd root, root_->Open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW));
  ZPROV_ASSIGN(root, AboveStandard(std::move(root)));
  ZPROV_ASSIGN(
      const std::string program,
      FindProgramIn(root, argv.front(), {kProgramDirectories.begin(), kProgramDirectories.end()}));
  ZPROV_ASSIGN(Pipe trouble, MakePipe());
  const OwnRoot own(std::move(root), std::move(trouble.write));
  auto process = Launch(program, argv, &own);
  auto entered = OwnRoot::Outcome(trouble.read);
  if (process && !entered) {
    running_[*process].child.detach();  // reaped by Asio
    running_.erase(*process);
    return tl::make_unexpected(entered.error());
  }
  return process;
}

Result<os::ProcessId> BoostProcess::Launch(const std::string& program,
                                           const std::vector<std::string>& argv,
                                           const OwnRoot* root) {
  Fd opened(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!opened.valid()) return FailErrno("open /dev/null", errno);
  ZPROV_ASSIGN(const Fd null, AboveStandard(std::move(opened)));
  ZPROV_ASSIGN(Pipe out, MakePipe());
  ZPROV_ASSIGN(Pipe error, MakePipe());
  bp::environment environment;
  // First: Boost 1.74 compares a name with what is there already beyond a shorter entry's end.
  if (root != nullptr) environment["SOURCE_DATE_EPOCH"] = "0";
  environment["PATH"] = kPath;
  environment["LC_ALL"] = "C.UTF-8";

  const os::ProcessId process = ++last_;
  OnItsOwn on_its_own;
  on_its_own.root = root;
  std::error_code failed;
  bp::child child(
      bp::exe = program, bp::args = std::vector(argv.begin() + 1, argv.end()), environment,
      bp::posix::fd.bind(STDIN_FILENO, null.number()),
      bp::posix::fd.bind(STDOUT_FILENO, out.write.number()),
      bp::posix::fd.bind(STDERR_FILENO, error.write.number()), on_its_own, failed, ContextOf(loop_),
      bp::on_exit = [process, self = std::weak_ptr(self_)](int, const std::error_code&) {
        if (const auto alive = self.lock()) (*alive)->End(process);
      });
  if (failed) return FailErrno("start " + program, failed.value());
  Running& running = running_[process];
  running.child = std::move(child);
  running.outputs = {Output{Stream::kOut, std::move(out.read), nullptr},
                     Output{Stream::kError, std::move(error.read), nullptr}};
  Listen(process, running);
  return process;
}

void BoostProcess::Listen(os::ProcessId process, Running& running) {
  for (Output& output : running.outputs) {
    output.watch = loop_.WhenReadable(output.read.number(), [this, process, &output] {
      const bool end = ReadChunk(process, output) == Chunk::kEnd;
      return end ? EventLoop::Watching::kStop : EventLoop::Watching::kGoOn;
    });
  }
}

BoostProcess::Chunk BoostProcess::ReadChunk(os::ProcessId process, const Output& output) {
  std::string text(kPipeBytes, '\0');
  const ssize_t count = ::read(output.read.number(), text.data(), text.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return Chunk::kNothingNow;
  if (count <= 0) return Chunk::kEnd;
  text.resize(static_cast<size_t>(count));
  loop_.Post(os::ProcessOutput{process, output.stream, std::move(text)});
  return Chunk::kPosted;
}

void BoostProcess::End(os::ProcessId process) {
  const auto found = running_.find(process);
  if (found == running_.end()) return;
  for (Output& output : found->second.outputs) {
    int chunks = 0;
    while (chunks < kMostChunksAtTheEnd && ReadChunk(process, output) == Chunk::kPosted) ++chunks;
  }
  const int status = found->second.child.native_exit_code();
  running_.erase(found);
  loop_.Post(os::ProcessEnded{process, ExitCodeOf(status)});
}

Result<void> BoostProcess::Stop(os::ProcessId process) {
  const auto found = running_.find(process);
  if (found == running_.end()) {
    return Fail(ErrorKind::kNotFound, "process " + std::to_string(process) +
                                          " has ended already, or was never started: go on");
  }
  Running& running = found->second;
  if (running.kill) return {};
  const pid_t group = running.child.id();
  ::kill(-group, SIGTERM);
  running.kill = loop_.After(kUntilKilled, [group] { ::kill(-group, SIGKILL); });
  return {};
}

}  // namespace

std::unique_ptr<os::Processes> MakeBoostProcess(EventLoop& loop, std::shared_ptr<const Root> root) {
  return std::make_unique<BoostProcess>(loop, std::move(root));
}

}  // namespace zprov::adapters
