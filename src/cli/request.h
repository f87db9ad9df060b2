// What the commands that change the store tell the engine, and how they show what it says.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "engine/notice.h"

namespace zprov::cli {

// Runs `act` with the opened world and its spec; otherwise why not is on stderr.
using Act = Exit (*)(const Context&, os::System&, const spec::ClusterSpec&);
Exit WithSpec(const Context& context, Act act);

// Whoever runs the command wants it: --yes, or the answer to "Go on?". If not, `not_done` is on
// stderr, and what to do where nobody can be asked.
bool IsWanted(const Context& context, std::string_view not_done);

// Who holds the lock, for whoever comes second: "zprov update, pid 4711, since …".
std::string HolderOf(const Context& context, os::System& system);

struct NamedNodes {
  std::vector<std::string> nodes;  // each once, in the spec's order
  std::set<std::string> assume_down;
};

// The nodes that the command line names. Nothing when the spec lacks one of them: each such name is
// on stderr then, with the nearest that there is.
std::optional<NamedNodes> NodesOf(const Context& context, const spec::ClusterSpec& spec);

// Shows notices on stderr as they come, and keeps the warnings.
class Notices {
 public:
  explicit Notices(const Context& context) : context_(context) {}
  engine::OnNotice Show();  // valid as long as this
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  const Context& context_;
  std::vector<std::string> warnings_;
};

// An error of the engine, and when the work may have begun: what of it stands.
Exit ReportWork(const Context& context, const Error& error);

}  // namespace zprov::cli
