// What every command gets and may use. A command is a function in a file of its own, declared here
// and listed in cli.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/options.h"
#include "core/spec/parse.h"

namespace zprov::cli {

struct Context {
  const Options& options;
  const Wiring& wiring;
  const Streams& streams;
};

Exit RunInit(const Context& context);
Exit RunCheck(const Context& context);
Exit RunRender(const Context& context);
Exit RunPlan(const Context& context);
Exit RunApply(const Context& context);
Exit RunUpdate(const Context& context);
Exit RunRollback(const Context& context);
Exit RunPrune(const Context& context);
Exit RunServe(const Context& context);
Exit RunBoot(const Context& context);
Exit RunHalt(const Context& context);
Exit RunReboot(const Context& context);
Exit RunStatus(const Context& context);
Exit RunDoctor(const Context& context);
Exit RunDemo(const Context& context);
Exit RunHil(const Context& context);

// The command that the options name.
Exit RunCommand(const Context& context);

// The world that --root and --rig ask for. Null when it cannot be opened: why is on stderr then,
// and `exit` says how to end.
std::unique_ptr<World> OpenWorld(const Context& context, Exit& exit);

// An error as a person reads it, on stderr, and the exit code for its kind.
Exit Report(const Context& context, const Error& error);

inline constexpr uint64_t kDescriptionLimit = 16 << 20;  // bytes; 5000 nodes one by one take 1 MB

// A file of this machine, whatever the world. kNotFound, kIsDirectory, kTooLarge.
Result<std::string> ReadLocalFile(const std::string& path);
// The same, for a file that the command line names.
Result<std::string> ReadNamedFile(const Context& context, const std::string& path);

// Each on stderr, as file:line: message; warnings only with -v.
void ShowProblems(const Context& context, const std::string& label,
                  const std::vector<spec::Problem>& problems);

struct SpecFile {
  std::string label;  // how messages name it
  spec::ParsedSpec parsed;
};

// Reads and parses the spec; with --spec FILE from this machine, else the world's own.
Result<SpecFile> ReadSpec(const Context& context, os::System& system);

// As ReadSpec, with every problem on stderr. Nothing when the spec is invalid or unreadable: `exit`
// then says how to end.
std::optional<spec::ClusterSpec> LoadSpec(const Context& context, os::System& system, Exit& exit);

}  // namespace zprov::cli
