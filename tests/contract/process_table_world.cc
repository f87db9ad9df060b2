#include "contract/process_table_world.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "adapters/fd.h"
#include "adapters/proc_table.h"
#include "sim/process_table.h"

namespace zprov::tests {
namespace {

using adapters::Fd;
using Use = os::TreeUser::Use;

constexpr const char* kForever = "1000000";  // s

class SimProcessTableWorld final : public ProcessTableWorld {
 public:
  os::ProcessTable& table() override { return table_; }
  std::string tree() override { return "/home"; }
  std::string program() override { return "sleep"; }
  std::string command() override { return std::string("sleep ") + kForever; }

  int Run(const Somebody& somebody) override {
    sim::ProcessRow row{++last_pid_, program(), command(), {}};
    if (!somebody.calls_itself.empty()) row.command = somebody.calls_itself + " " + kForever;
    if (somebody.use) row.uses.push_back({*somebody.use, somebody.path});
    table_.Add(std::move(row));
    return last_pid_;
  }
  void End(int pid) override { table_.Remove(pid); }

 private:
  sim::ProcessTable table_;
  int last_pid_ = 100;
};

class RealProcessTableWorld final : public ProcessTableWorld {
 public:
  RealProcessTableWorld() {
    std::string name = (std::filesystem::temp_directory_path() / "zprov-table-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    tree_ = std::filesystem::canonical(name);
    for (const char* directory : {"/a", "/a2"}) {
      std::filesystem::create_directory(tree_ + directory);
      std::ofstream(tree_ + directory + "/notes.txt") << "notes\n";
    }
  }
  ~RealProcessTableWorld() override {
    while (!pids_.empty()) End(pids_.back());
    std::filesystem::remove_all(tree_);
  }
  RealProcessTableWorld(const RealProcessTableWorld&) = delete;
  RealProcessTableWorld& operator=(const RealProcessTableWorld&) = delete;

  os::ProcessTable& table() override { return *table_; }
  std::string tree() override { return tree_; }
  std::string program() override { return std::filesystem::canonical("/bin/sleep").filename(); }
  std::string command() override { return std::string("sleep ") + kForever; }

  int Run(const Somebody& somebody) override {
    std::string executable = "/bin/sleep";
    if (somebody.use == Use::kMappedFile) {  // a program is mapped, and not open
      std::filesystem::copy_file(executable, somebody.path,
                                 std::filesystem::copy_options::overwrite_existing);
      executable = somebody.path;
    }
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
    const Fd read_end(ends[0]);
    Fd write_end(ends[1]);
    const pid_t pid = ::fork();
    if (pid == 0) Become(somebody, executable, write_end.number());
    pids_.push_back(pid);
    write_end = Fd();
    char ready = 0;  // the end of the pipe, or a byte: it is now what was asked for
    (void)::read(read_end.number(), &ready, 1);
    AwaitCommand(pid);
    return pid;
  }
  void End(int pid) override {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    std::erase(pids_, pid);
  }

 private:
  // The kernel closes our pipe a little before the new program has its command line.
  static void AwaitCommand(pid_t pid) {
    while (std::ifstream("/proc/" + std::to_string(pid) + "/cmdline").peek() == EOF) {
      if (::waitpid(pid, nullptr, WNOHANG) != 0) std::abort();
      ::sched_yield();
    }
  }

  // In the child, which dies with us.
  [[noreturn]] static void Become(const Somebody& somebody, const std::string& executable,
                                  int ready) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    bool done = true;
    if (somebody.use == Use::kOpenFile) done = ::open(somebody.path.c_str(), O_RDONLY) >= 0;
    if (somebody.use == Use::kWorkingDirectory) done = ::chdir(somebody.path.c_str()) == 0;
    if (somebody.use == Use::kRootDirectory && ::chroot(somebody.path.c_str()) == 0) {
      (void)::write(ready, "r", 1);  // no program is left to become
      for (;;) ::pause();
    }
    const std::string name = somebody.calls_itself.empty() ? "sleep" : somebody.calls_itself;
    if (done) ::execl(executable.c_str(), name.c_str(), kForever, nullptr);
    ::_exit(1);
  }

  std::string tree_;
  std::vector<int> pids_;
  std::unique_ptr<os::ProcessTable> table_ = adapters::MakeProcTable();
};

std::unique_ptr<ProcessTableWorld> MakeSim() { return std::make_unique<SimProcessTableWorld>(); }
std::unique_ptr<ProcessTableWorld> MakeReal() { return std::make_unique<RealProcessTableWorld>(); }

}  // namespace

std::vector<ProcessTableWorldRow> ProcessTableWorlds() {
  return {{"Sim", MakeSim}, {"Real", MakeReal}};
}

std::vector<ProcessTableWorldRow> ProcessTableWorldsOfRoot() {
  return {{"Sim", MakeSim}, {"Kernel", MakeReal}};
}

}  // namespace zprov::tests
