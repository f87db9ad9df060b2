// A reboot of this host, which ends the run that asks for it: what ran is noted on disk before, so
// that the next run can say whether it runs again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "hil/rig.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::hil {

struct HostReboot {
  struct Node {
    std::string name;
    std::string boot_id = {};  // of its kernel; empty: it said nothing of its boot
    std::string serial = {};   // the same

    bool operator==(const Node&) const = default;
  };
  std::string boot_id;      // of the host's kernel, before
  std::vector<Node> nodes;  // that ran

  bool operator==(const HostReboot&) const = default;
};

std::string HostRebootPath(const spec::ClusterSpec& spec);  // "/x/.zprov/hil.reboot"

// What the host's kernel calls this boot (proc(5), random/boot_id). kNotFound, kFailed.
Result<std::string> HostBootId(os::System& system);

// What runs is noted, in place of an earlier note, and systemd begins to reboot the host: this
// process is told to end soon, and may hear of that before systemctl has ended. kFailed: no node
// runs, or systemctl did not say that it does; the note stays, and the next run sees what came of
// it.
Result<void> RebootHost(const Rig& rig);

// Nothing: no reboot is to be judged. kInvalid: what is there is no note, and the message says what
// to do.
Result<std::optional<HostReboot>> ReadHostReboot(os::System& system, const spec::ClusterSpec& spec);

// It was judged.
Result<void> ForgetHostReboot(os::System& system, const spec::ClusterSpec& spec);

}  // namespace zprov::hil
