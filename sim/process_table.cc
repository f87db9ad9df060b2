#include "sim/process_table.h"

#include <algorithm>

#include "util/path.h"

namespace zprov::sim {

void ProcessTable::Add(ProcessRow row) {
  Remove(row.pid);
  const auto place = std::find_if(rows_.begin(), rows_.end(),
                                  [&](const ProcessRow& other) { return other.pid > row.pid; });
  rows_.insert(place, std::move(row));
}

void ProcessTable::Remove(int pid) {
  std::erase_if(rows_, [pid](const ProcessRow& row) { return row.pid == pid; });
}

Result<std::vector<os::RunningProcess>> ProcessTable::Named(std::string_view program) {
  std::vector<os::RunningProcess> found;
  for (const ProcessRow& row : rows_) {
    if (row.program == program) found.push_back({row.pid, row.command});
  }
  return found;
}

Result<std::vector<os::TreeUser>> ProcessTable::UsersOf(std::string_view path) {
  std::vector<os::TreeUser> users;
  for (const ProcessRow& row : rows_) {
    const auto below = std::find_if(row.uses.begin(), row.uses.end(),
                                    [&](const auto& use) { return IsBelow(use.path, path); });
    if (below != row.uses.end()) {
      users.push_back({{row.pid, row.command}, below->use, below->path});
    }
  }
  return users;
}

}  // namespace zprov::sim
