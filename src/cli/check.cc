// zprov check: every problem of the spec, as file:line: message.
#include <fmt/ostream.h>

#include <algorithm>

#include "cli/command.h"
#include "cli/json.h"

namespace zprov::cli {
namespace {

void PrintSummary(const Context& context, const SpecFile& file) {
  const auto& problems = file.parsed.problems;
  const auto errors = std::count_if(problems.begin(), problems.end(), [](const auto& problem) {
    return problem.severity == spec::Problem::Severity::kError;
  });
  for (const spec::Problem& problem : problems) {
    fmt::print(context.streams.out, "{}\n", spec::Describe(file.label, problem));
  }
  if (errors > 0) {
    fmt::print(context.streams.out, "{}: {} to mend\n", file.label,
               errors == 1 ? "1 problem" : fmt::format("{} problems", errors));
  } else {
    fmt::print(context.streams.out, "{}: fine: cluster {}, {} nodes\n", file.label,
               file.parsed.spec->name, file.parsed.spec->nodes.size());
  }
}

}  // namespace

Exit RunCheck(const Context& context) {
  Exit exit = Exit::kDone;
  const auto world = OpenWorld(context, exit);
  if (!world) return exit;
  const auto file = ReadSpec(context, world->system());
  if (!file) {
    Report(context, file.error());
    return Exit::kUsage;
  }
  if (context.options.json) {
    context.streams.out << CheckJson(file->label, file->parsed);
  } else {
    PrintSummary(context, *file);
  }
  return file->parsed.spec ? Exit::kDone : Exit::kUsage;
}

}  // namespace zprov::cli
