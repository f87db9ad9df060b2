// Who else runs on this host, read from /proc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace zprov::os {

struct RunningProcess {
  int pid = 0;
  std::string command;  // its command line, or [name] for a kernel thread

  bool operator==(const RunningProcess&) const = default;
};

// Somebody who would be surprised if a tree moved.
struct TreeUser {
  enum class Use { kOpenFile, kMappedFile, kWorkingDirectory, kRootDirectory };
  RunningProcess process;
  Use use = Use::kOpenFile;
  std::string path;  // what below the tree it uses

  bool operator==(const TreeUser&) const = default;
};

class ProcessTable {
 public:
  virtual ~ProcessTable() = default;

  // Processes whose program's file name (not argv[0]) is `program`, by pid.
  virtual Result<std::vector<RunningProcess>> Named(std::string_view program) = 0;

  // Every other process that has something at or below `path` open, mapped, or as its working or
  // root directory; one row per process, by pid. A process that ends while we look is left out.
  virtual Result<std::vector<TreeUser>> UsersOf(std::string_view path) = 0;
};

}  // namespace zprov::os
