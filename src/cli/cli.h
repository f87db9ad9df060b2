// The command line: words in, text and an exit code out. The only layer that prints. One file per
// command, in the table of cli.cc; what a command works on comes in through Wiring.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "os/system.h"
#include "util/result.h"
#include "util/terminal_size.h"

namespace zprov::cli {

// Scripts depend on the numbers.
enum class Exit {
  kDone = 0,  // done, or nothing to do
  kFailed = 1,
  kUsage = 2,       // usage, or an invalid spec
  kRefused = 3,     // by a guard; nothing was changed
  kHasChanges = 4,  // plan only
  kInfra = 5,       // --hil: only the infrastructure failed, nothing is known of the rig
};

// An opened world; closing it is destroying it.
class World {
 public:
  virtual ~World() = default;
  virtual os::System& system() = 0;
};

struct Wiring {
  std::function<Result<std::unique_ptr<World>>()> open_host;                         // this machine
  std::function<Result<std::unique_ptr<World>>(const std::string& root)> open_tree;  // --root DIR
  std::function<Result<std::unique_ptr<World>>()> open_sim;                          // --rig sim
  // A file that the command line names; nothing: this machine's.
  std::function<Result<std::string>(const std::string& path)> read_file = {};
  int pid = 0;       // of this process, for whoever meets its lock
  uint32_t uid = 0;  // of this process: who else may ask its serve
};

struct Streams {
  std::ostream& out;  // what was asked for
  std::ostream& err;  // errors and progress
  // Those that are terminals, where a table may be drawn over itself.
  std::optional<TerminalSize> out_terminal = {};
  std::optional<TerminalSize> err_terminal = {};
  std::istream* in = nullptr;  // where a person can be asked; null: nobody sits there
};

// `args` without the program's own name.
int Run(const std::vector<std::string>& args, const Wiring& wiring, const Streams& streams);

}  // namespace zprov::cli
