#include "adapters/proc_table.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <optional>

#include "adapters/errno.h"
#include "adapters/fd.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::adapters {
namespace {

using Use = os::TreeUser::Use;

constexpr unsigned long kLargestPid = 1UL << 22;  // PID_MAX_LIMIT
constexpr std::string_view kDeleted = " (deleted)";

struct CloseProc {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseProc>;

// Everything below reads what may vanish at any moment: then it is simply not there.

std::string ReadAll(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string content;
  std::array<char, 16384> buffer;
  for (;;) {
    const ssize_t count = ::read(file.number(), buffer.data(), buffer.size());
    if (count <= 0) return content;
    content.append(buffer.data(), static_cast<size_t>(count));
  }
}

// Where the link leads, also when that was deleted since; empty when there is none.
std::string ReadLink(const std::string& path) {
  std::array<char, 4096> buffer;
  const ssize_t length = ::readlink(path.c_str(), buffer.data(), buffer.size());
  if (length <= 0) return "";
  std::string target(buffer.data(), static_cast<size_t>(length));
  if (target.ends_with(kDeleted)) target.resize(target.size() - kDeleted.size());
  return target;
}

std::vector<std::string> NamesIn(const std::string& path) {
  std::vector<std::string> names;
  const Directory directory(::opendir(path.c_str()));
  if (!directory) return names;
  while (const dirent* entry = ::readdir(directory.get())) names.emplace_back(entry->d_name);
  return names;
}

std::string ProcOf(int pid) { return "/proc/" + std::to_string(pid); }

// "a\0b\0" → "a b"; [name] for a kernel thread.
std::string CommandOf(int pid) {
  std::string command = ReadAll(ProcOf(pid) + "/cmdline");
  while (!command.empty() && command.back() == '\0') command.pop_back();
  std::replace(command.begin(), command.end(), '\0', ' ');
  if (!command.empty()) return command;
  return "[" + std::string(Trim(ReadAll(ProcOf(pid) + "/comm"))) + "]";
}

// Kernel threads have no program file, and another user's is hidden: then what the kernel calls it.
std::string ProgramOf(int pid) {
  const std::string file = ReadLink(ProcOf(pid) + "/exe");
  return file.empty() ? std::string(Trim(ReadAll(ProcOf(pid) + "/comm"))) : NameOf(file);
}

Result<std::vector<int>> OtherPids() {
  const Directory proc(::opendir("/proc"));
  if (!proc) return FailErrno("list the processes in /proc", errno);
  std::vector<int> pids;
  while (const dirent* entry = ::readdir(proc.get())) {
    const auto pid = ParseNumber(entry->d_name, kLargestPid);
    if (pid && static_cast<pid_t>(*pid) != ::getpid()) pids.push_back(static_cast<int>(*pid));
  }
  std::sort(pids.begin(), pids.end());
  return pids;
}

std::optional<std::string> OpenBelow(int pid, std::string_view tree) {
  const std::string descriptors = ProcOf(pid) + "/fd";
  for (const std::string& name : NamesIn(descriptors)) {
    std::string target = ReadLink(JoinPath(descriptors, name));
    if (IsBelow(target, tree)) return target;
  }
  return std::nullopt;
}

// Lines of maps: "addresses perms offset device inode      path"; a path may hold spaces, and says
// \012 for a line's end.
std::optional<std::string> MappedBelow(int pid, std::string_view tree) {
  const std::string maps = ReadAll(ProcOf(pid) + "/maps");
  for (const std::string_view line : Split(maps, '\n')) {
    const size_t slash = line.find('/');
    if (slash == std::string_view::npos) continue;
    std::string_view path = line.substr(slash);
    if (path.ends_with(kDeleted)) path.remove_suffix(kDeleted.size());
    if (IsBelow(path, tree)) return std::string(path);
  }
  return std::nullopt;
}

std::optional<os::TreeUser> UseOf(int pid, std::string_view tree) {
  const auto as = [pid](Use use, std::string path) {
    return os::TreeUser{{pid, CommandOf(pid)}, use, std::move(path)};
  };
  std::string root = ReadLink(ProcOf(pid) + "/root");
  if (IsBelow(root, tree)) return as(Use::kRootDirectory, std::move(root));
  std::string directory = ReadLink(ProcOf(pid) + "/cwd");
  if (IsBelow(directory, tree)) return as(Use::kWorkingDirectory, std::move(directory));
  if (auto file = OpenBelow(pid, tree)) return as(Use::kOpenFile, *std::move(file));
  if (auto file = MappedBelow(pid, tree)) return as(Use::kMappedFile, *std::move(file));
  return std::nullopt;
}

class ProcTable final : public os::ProcessTable {
 public:
  Result<std::vector<os::RunningProcess>> Named(std::string_view program) override {
    ZPROV_ASSIGN(const std::vector<int> pids, OtherPids());
    std::vector<os::RunningProcess> found;
    for (const int pid : pids) {
      if (ProgramOf(pid) == program) found.push_back({pid, CommandOf(pid)});
    }
    return found;
  }

  Result<std::vector<os::TreeUser>> UsersOf(std::string_view path) override {
    ZPROV_ASSIGN(const std::vector<int> pids, OtherPids());
    std::vector<os::TreeUser> users;
    for (const int pid : pids) {
      auto user = UseOf(pid, path);
      if (user && ::access(ProcOf(pid).c_str(), F_OK) == 0) users.push_back(*std::move(user));
    }
    return users;
  }
};

}  // namespace

std::unique_ptr<os::ProcessTable> MakeProcTable() { return std::make_unique<ProcTable>(); }

}  // namespace zprov::adapters
