// zprov check: every problem of the spec, as file:line: message, and of the boot files that nodes
// would get.
#include <fmt/ostream.h>

#include <algorithm>

#include "cli/command.h"
#include "cli/json.h"
#include "engine/lint.h"

namespace zprov::cli {
namespace {

const char* Name(lint::Finding::Severity severity) {
  return severity == lint::Finding::Severity::kError ? "error" : "warning";
}

// Of the generations that nodes have; before there is one, what the spec alone tells.
Result<lint::Findings> Lint(os::System& system, const spec::ClusterSpec& spec) {
  ZPROV_ASSIGN(auto current, engine::LintCurrent(system, spec));
  if (current) return std::move(*current);
  return engine::LintSpec(system, spec);
}

// Whoever may not read the store still has his spec checked.
lint::Findings FindingsOf(const Context& context, os::System& system, const SpecFile& file) {
  if (!file.parsed.spec) return {};
  auto findings = Lint(system, *file.parsed.spec);
  if (findings) return std::move(*findings);
  fmt::print(context.streams.err, "zprov: the boot files were not checked: {}\n",
             findings.error().message);
  return {};
}

void PrintSummary(const Context& context, const SpecFile& file, const lint::Findings& findings) {
  for (const lint::Finding& finding : findings) {
    fmt::print(context.streams.out, "{}: {}\n", Name(finding.severity), lint::Describe(finding));
  }
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
  const lint::Findings findings = FindingsOf(context, world->system(), *file);
  if (context.options.json) {
    context.streams.out << CheckJson(file->label, file->parsed, findings);
  } else {
    PrintSummary(context, *file, findings);
  }
  if (!file->parsed.spec) return Exit::kUsage;
  return lint::HasErrors(findings) ? Exit::kFailed : Exit::kDone;
}

}  // namespace zprov::cli
