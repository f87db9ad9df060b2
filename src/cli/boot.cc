// zprov boot: boots nodes, until they run or have failed; by the serve that runs, or by itself.
#include "cli/boot_text.h"
#include "cli/json.h"
#include "cli/live_news.h"
#include "cli/request.h"

namespace zprov::cli {
namespace {

Exit DoBoot(const Context& context, os::System& system, const spec::ClusterSpec& spec) {
  const auto named = NodesOf(context, spec);
  if (!named) return Exit::kUsage;
  LiveNews news(context.streams);
  const engine::BootRequest request{named->nodes, HolderOf(context, system)};
  const auto booted = engine::BootNodes(system, spec, request, news.Show());
  news.End();
  if (!booted) return Report(context, booted.error());
  context.streams.out << (context.options.json ? BootJson(*booted) : BootedText(*booted));
  return AllRun(*booted) ? Exit::kDone : Exit::kFailed;
}

}  // namespace

Exit RunBoot(const Context& context) { return WithSpec(context, DoBoot); }

}  // namespace zprov::cli
