// Who else runs on the simulated host: rows that a test sets. Not the programs that we start.
#pragma once

#include <string>
#include <vector>

#include "os/process_table.h"

namespace zprov::sim {

struct ProcessRow {
  struct Use {
    os::TreeUser::Use use = os::TreeUser::Use::kOpenFile;
    std::string path;
  };

  int pid = 0;
  std::string program;  // file name of what it runs
  std::string command;  // its command line
  std::vector<Use> uses;
};

class ProcessTable final : public os::ProcessTable {
 public:
  // Rows are kept by pid; the same pid again replaces its row.
  void Add(ProcessRow row);
  void Remove(int pid);

  Result<std::vector<os::RunningProcess>> Named(std::string_view program) override;
  Result<std::vector<os::TreeUser>> UsersOf(std::string_view path) override;

 private:
  std::vector<ProcessRow> rows_;  // by pid
};

}  // namespace zprov::sim
