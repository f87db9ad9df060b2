// Other people's processes to test os::ProcessTable with: the simulator's rows, or real children of
// this one.
#pragma once

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "os/process_table.h"

namespace zprov::tests {

struct Somebody {
  std::string calls_itself = {};  // argv[0]; empty: as it is called
  std::optional<os::TreeUser::Use> use = {};
  std::string path = {};  // what it uses, below tree()
};

class ProcessTableWorld {
 public:
  virtual ~ProcessTableWorld() = default;
  virtual os::ProcessTable& table() = 0;
  // A tree with the files a/notes.txt and a2/notes.txt.
  virtual std::string tree() = 0;
  // The file name of the program that everybody runs, and its command line.
  virtual std::string program() = 0;
  virtual std::string command() = 0;
  // Its pid; it runs until End, or until the world ends.
  virtual int Run(const Somebody& somebody) = 0;
  virtual void End(int pid) = 0;
};

struct ProcessTableWorldRow {
  std::string name;
  std::unique_ptr<ProcessTableWorld> (*make)();
};

inline void PrintTo(const ProcessTableWorldRow& row, std::ostream* stream) { *stream << row.name; }

// Rows Sim and Real.
std::vector<ProcessTableWorldRow> ProcessTableWorlds();
// Rows Sim and Kernel: children that need root to become what they are.
std::vector<ProcessTableWorldRow> ProcessTableWorldsOfRoot();

}  // namespace zprov::tests
