// zprov init: a commented cluster.toml on stdout.
#include <fmt/ostream.h>

#include "cli/command.h"
#include "cli/json.h"
#include "core/spec/format.h"

namespace zprov::cli {

Exit RunInit(const Context& context) {
  const auto spec = spec::ProcedureSpec(context.options.nodes, context.options.mode);
  if (!spec) {
    Report(context, spec.error());
    return Exit::kUsage;
  }
  const std::string text = spec::FormatSpec(*spec);
  context.streams.out << (context.options.json ? InitJson(text) : text);
  return Exit::kDone;
}

}  // namespace zprov::cli
