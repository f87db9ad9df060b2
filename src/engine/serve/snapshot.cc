#include "engine/serve/snapshot.h"

namespace zprov::engine {

Snapshot SnapshotOf(const Fleet& fleet, os::Moment now) {
  return {.at = now,
          .nodes = fleet.Summaries(),
          .unknown = fleet.UnknownBoards(),
          .warnings = fleet.Warnings()};
}

}  // namespace zprov::engine
