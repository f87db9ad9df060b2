// What nodes do meanwhile, on stderr: a table that is drawn over itself on a terminal, a line for
// each state anywhere else.
#pragma once

#include <functional>
#include <optional>

#include "cli/cli.h"
#include "cli/live_table.h"
#include "engine/serve/snapshot.h"

namespace zprov::cli {

class LiveNews {
 public:
  explicit LiveNews(const Streams& streams);

  std::function<void(const engine::Snapshot&)> Show();  // valid as long as this
  // The table goes: what comes of it all is said on stdout.
  void End();

 private:
  const Streams& streams_;
  std::optional<LiveTable> table_;
};

}  // namespace zprov::cli
