// zprov boot: boots nodes in the foreground, until they run or have failed.
#include <fmt/ostream.h>

#include "cli/boot_text.h"
#include "cli/json.h"
#include "cli/request.h"

namespace zprov::cli {
namespace {

Exit DoBoot(const Context& context, os::System& system, const spec::ClusterSpec& spec) {
  const auto named = NodesOf(context, spec);
  if (!named) return Exit::kUsage;
  const auto tell = [&](const std::vector<engine::NodeNotice>& notices) {
    for (const engine::NodeNotice& notice : notices) context.streams.err << NoticeText(notice);
    context.streams.err.flush();
  };
  const engine::BootRequest request{named->nodes, HolderOf(context, system)};
  const auto booted = engine::BootNodes(system, spec, request, tell);
  if (!booted) return Report(context, booted.error());
  context.streams.out << (context.options.json ? BootJson(*booted) : BootedText(*booted));
  return AllRun(*booted) ? Exit::kDone : Exit::kFailed;
}

}  // namespace

Exit RunBoot(const Context& context) { return WithSpec(context, DoBoot); }

}  // namespace zprov::cli
