// zprov doctor: a row per prerequisite of this host, with its cure.
#include "engine/doctor.h"

#include <fmt/ostream.h>

#include <algorithm>

#include "cli/command.h"
#include "cli/json.h"

namespace zprov::cli {

Exit RunDoctor(const Context& context) {
  Exit exit = Exit::kDone;
  const auto world = OpenWorld(context, exit);
  if (!world) return exit;
  const auto spec = LoadSpec(context, world->system(), exit);
  if (!spec) return exit;
  const auto rows = engine::Examine(world->system(), *spec);
  if (context.options.json) context.streams.out << DoctorJson(rows);
  for (const engine::DoctorRow& row : rows) {
    if (context.options.json) break;
    fmt::print(context.streams.out, "{:<8} {:<16} {}\n", engine::Name(row.verdict), row.name,
               row.finding);
    if (!row.cure.empty())
      fmt::print(context.streams.out, "{:<8} {:<16} cure: {}\n", "", "", row.cure);
  }
  const bool is_bad = std::any_of(rows.begin(), rows.end(), [](const auto& row) {
    return row.verdict == engine::Verdict::kBad;
  });
  return is_bad ? Exit::kFailed : Exit::kDone;
}

}  // namespace zprov::cli
