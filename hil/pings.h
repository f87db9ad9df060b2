// Packets to nodes and back, by the host's own ping (iputils): what any node answers, whatever it
// runs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "hil/rig.h"
#include "util/result.h"

namespace zprov::hil {

struct Packets {
  uint32_t bytes = 0;  // of each, with its headers; never cut up
  uint32_t count = 0;
  enum class Pace {
    kQuiet,  // five a second
    kFlood,  // the next as soon as one is back, for at most 20 s
  } pace = Pace::kQuiet;
};

struct Pinged {
  uint32_t received = 0;
  uint32_t took_ms = 0;
  bool is_well = false;  // as many came back as ping wants
  std::string said;      // its last line
};

// By node; all at once. Nothing: this host has no ping.
Result<std::optional<std::map<std::string, Pinged>>> Ping(
    const Rig& rig, const std::vector<const spec::Node*>& nodes, const Packets& packets);

// For a scenario that needs one.
inline constexpr char kNoPing[] = "there is no ping on this host: apt install iputils-ping";

}  // namespace zprov::hil
