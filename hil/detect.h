// What can be found out of a rig without disturbing it, for whoever has no rig.toml yet: where the
// boards are, whose each is, what the hubs can do, and where cluster.toml says otherwise.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hil/hub_look.h"
#include "hil/report.h"
#include "hil/rig.h"
#include "util/result.h"

namespace zprov::hil {

// What is at a port where a board is, or where cluster.toml wants one.
struct FoundBoard {
  PortPath port;
  std::string node = {};        // whose it is; empty: nobody's
  bool was_plugged_in = false;  // as a person said, who plugged it in
  bool is_board = true;         // false: something else is where cluster.toml wants a node
  std::string shows = {};       // "up", "boot ROM"; of something else "046d:c31c", "a hub"
  std::optional<Mac> mac = {};  // of the node's own usb0, by its link's; nothing: not shown
  std::string serial = {};      // as the node says it, fit for rig.toml; empty: not said
  std::string console = {};     // device on the host; empty: not known
  bool operator==(const FoundBoard&) const = default;
};

struct Detected {
  std::vector<FoundBoard> boards = {};     // by port
  std::vector<HubLook> hubs = {};          // by port
  std::vector<std::string> consoles = {};  // serial devices of the host, by name
  std::vector<std::string> missing = {};   // nodes with a port at which nothing is
  PowerBy proven = PowerBy::kNobody;       // whose switches were tried, each its node's alone
  std::vector<Finding> findings = {};      // where it is not as cluster.toml says

  bool operator==(const Detected&) const = default;
};

// Whose board a person plugged in at which port (watch_plugs.h).
using Plugged = std::map<PortPath, std::string>;

// Looks, asks the hubs and sends one echo to each node. A board that was plugged in is that node's,
// whatever else is known of it. Errors: the bus or the links cannot be read.
Result<Detected> Detect(const Rig& rig, const Plugged& plugged = {});

// rig.toml with that, and in comments what could not be found out. ParseRig reads it.
std::string RigFileOf(const Detected& detected, const spec::ClusterSpec& spec);

// Whose switches can be tried (try_power.h): those of `has`, the rig.toml that is there, or of
// cluster.toml; where neither knows any the hubs', if each says that it switches each port. Each
// board is where it was found. Nothing: there is none.
std::optional<RigDescription> SwitchesToTry(const Detected& detected, const spec::ClusterSpec& spec,
                                            const std::optional<RigDescription>& has);

// What was found and `has`, the rig.toml that is there, does not say, or says otherwise.
std::vector<Finding> DifferencesOf(const Detected& detected, const RigDescription& has);

}  // namespace zprov::hil
