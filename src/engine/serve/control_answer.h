// What `serve` answers over its control socket: lines that are an error or a snapshot,
// {"zprov":1,"error":{"kind":"refused","message":"…"}} or
// {"zprov":1,"nodes":[{"node":"s0","state":"serving","for_ms":1200,…}],"unknown":[…],"warnings":[…],
// "notices":[…]}. Moments are told as ages. A snapshot too long for one line comes as several, all
// but the last with "more":true.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/serve/snapshot.h"
#include "os/clock.h"
#include "util/result.h"

namespace zprov::engine {

std::string LineOf(const Error& error);

// Each within os::kMaxControlLine; texts beyond 1000 bytes are cut.
std::vector<std::string> LinesOf(const Snapshot& snapshot);

// Puts a snapshot together from its lines.
class AnswerReader {
 public:
  // The next line, which came at `now`: foreign bytes. Nothing: there is more to come. The error
  // that serve answered with; kInvalid: it is no answer of a serve that we know.
  Result<std::optional<Snapshot>> Take(std::string_view line, os::Moment now);

 private:
  Snapshot snapshot_;  // as far as it came
};

}  // namespace zprov::engine
