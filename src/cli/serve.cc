// zprov serve: the daemon, until it is told to end. systemd starts it (zprov.service); what happens
// is told on stderr, which is the journal then.
#include "engine/serve/serve.h"

#include <fmt/ostream.h>

#include <algorithm>

#include "cli/boot_text.h"
#include "cli/request.h"
#include "cli/text.h"

namespace zprov::cli {
namespace {

// The same file again; what is wrong with it is one error.
Result<spec::ClusterSpec> ReadAgain(const Context& context, os::System& system) {
  ZPROV_ASSIGN(const SpecFile file, ReadSpec(context, system));
  if (file.parsed.spec) return *file.parsed.spec;
  const auto is_error = [](const spec::Problem& problem) {
    return problem.severity == spec::Problem::Severity::kError;
  };
  const spec::Problem& first = *std::ranges::find_if(file.parsed.problems, is_error);
  return Fail(ErrorKind::kInvalid,
              fmt::format("{}:{}: {} (`zprov check` shows all {} of it)", file.label, first.line,
                          first.message, file.parsed.problems.size()));
}

Exit DoServe(const Context& context, os::System& system, const spec::ClusterSpec& spec) {
  std::ostream& log = context.streams.err;
  engine::ServeOptions options{.holder = HolderOf(context, system),
                               .uid = context.wiring.uid,
                               .read_spec = [&] { return ReadAgain(context, system); },
                               .on_notices =
                                   [&](const std::vector<engine::NodeNotice>& notices) {
                                     for (const engine::NodeNotice& notice : notices)
                                       log << NoticeText(notice);
                                     log.flush();
                                   },
                               .on_trouble =
                                   [&](const std::string& trouble) {
                                     fmt::print(log, "zprov: {}\n", Printable(trouble));
                                     log.flush();
                                   }};
  const auto served = engine::Serve(system, spec, std::move(options));
  return served ? Exit::kDone : Report(context, served.error());
}

}  // namespace

Exit RunServe(const Context& context) {
  if (context.options.rig == Rig::kSim) {
    fmt::print(context.streams.err,
               "zprov: a simulated rig ends with the command that it was made for, so nobody could "
               "ask its serve for anything: see `zprov demo`, or `zprov --rig sim boot`\n");
    return Exit::kRefused;
  }
  return WithSpec(context, DoServe);
}

}  // namespace zprov::cli
