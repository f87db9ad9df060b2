#include "engine/doctor.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/plan/desired.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::engine {
namespace {

constexpr uint64_t kSmallFile = 1 << 20;  // bytes: /proc and /etc files
constexpr double kNearlyFull = 0.9;  // of metadata: a snapshot needs room to unshare tree nodes

struct Patient {
  os::System& system;
  const spec::ClusterSpec& spec;
};

DoctorRow Unknown(const std::string& name, const Error& error) {
  return {name, Verdict::kUnknown, error.message, "run zprov doctor as root"};
}

bool Exists(const Patient& patient, const std::string& path) {
  const auto status = patient.system.files.Status(path);
  return status && status->has_value();
}

DoctorRow Store(const Patient& patient) {
  const std::string& store = patient.spec.storage.store;
  const auto filesystem = patient.system.trees.FilesystemOf(store);
  if (!filesystem && filesystem.error().kind == ErrorKind::kNotFound) {
    return {"store", Verdict::kWarning, store + " does not exist yet",
            "zprov apply makes it; it must be on btrfs"};
  }
  if (!filesystem) return Unknown("store", filesystem.error());
  if (filesystem->type != "btrfs") {
    return {"store", Verdict::kBad, fmt::format("{} is on {}", store, filesystem->type),
            "mount a btrfs file system there (mkfs.btrfs), or name another store under [storage]"};
  }
  if (filesystem->read_only) {
    return {"store", Verdict::kBad, store + " is mounted read-only",
            "dmesg says why; then mount -o remount,rw " + filesystem->mount_point};
  }
  return {"store", Verdict::kGood, store + " is on btrfs", ""};
}

DoctorRow Metadata(const Patient& patient) {
  const auto usage = patient.system.btrfs.Usage(patient.spec.storage.store);
  if (!usage) return Unknown("metadata", usage.error());
  const double part = usage->metadata_total == 0 ? 1.0
                                                 : static_cast<double>(usage->metadata_used) /
                                                       static_cast<double>(usage->metadata_total);
  const std::string finding =
      fmt::format("{:.0f} % of the btrfs metadata space is used", part * 100);
  if (part < kNearlyFull) return {"metadata", Verdict::kGood, finding, ""};
  return {"metadata", Verdict::kBad, finding,
          fmt::format("delete old snapshots, or btrfs balance start -dusage=50 {}",
                      patient.spec.storage.store)};
}

DoctorRow MountOptions(const Patient& patient) {
  const std::string state = plan::StateDirectory(patient.spec);
  const std::string place = Exists(patient, state) ? state : patient.spec.storage.store;
  const auto filesystem = patient.system.trees.FilesystemOf(place);
  if (!filesystem) return Unknown("mount options", filesystem.error());
  if (filesystem->nosuid && filesystem->nodev) {
    return {"mount options", Verdict::kGood, place + " is mounted nosuid,nodev", ""};
  }
  return {
      "mount options", Verdict::kWarning,
      place + " is not mounted nosuid,nodev: a node's setuid files and devices work on the host",
      fmt::format("mount the subvolume {} on itself with nosuid,nodev (an fstab line with "
                  "subvol= and these options)",
                  state)};
}

DoctorRow NfsInstalled(const Patient& patient) {
  if (Exists(patient, "/usr/sbin/exportfs") || Exists(patient, "/sbin/exportfs")) {
    return {"nfs installed", Verdict::kGood, "exportfs is there", ""};
  }
  return {"nfs installed", Verdict::kBad, "there is no exportfs",
          "apt-get install nfs-kernel-server"};
}

DoctorRow NfsRunning(const Patient& patient) {
  const auto threads = patient.system.files.Read("/proc/fs/nfsd/threads", kSmallFile);
  const auto count = threads ? ParseNumber(Trim(*threads), 100000) : std::nullopt;
  if (count && *count > 0) {
    return {"nfs running", Verdict::kGood, fmt::format("{} server threads", *count), ""};
  }
  return {"nfs running", Verdict::kBad, "no NFS server threads run",
          "systemctl enable --now nfs-kernel-server"};
}

DoctorRow Rpiboot(const Patient& patient) {
  const auto running = patient.system.live->process_table.Named("rpiboot");
  if (!running) return Unknown("rpiboot", running.error());
  const bool is_wanted = patient.spec.mode == spec::Mode::kCompatible &&
                         patient.spec.boot_server == spec::BootServer::kRpiboot;
  if (is_wanted && running->empty()) {
    return {"rpiboot", Verdict::kWarning, "rpiboot does not run, so no node can boot",
            "reboot the host (rc.local starts it), or start it as /etc/rc.local does"};
  }
  if (!is_wanted && !running->empty()) {
    return {
        "rpiboot", Verdict::kBad,
        fmt::format("rpiboot runs as pid {} and would take the boards away from zprov",
                    running->front().pid),
        fmt::format("kill {}; see that nothing starts it again (rc.local)", running->front().pid)};
  }
  return {"rpiboot", Verdict::kGood, is_wanted ? "rpiboot runs" : "rpiboot does not run", ""};
}

std::string DenyLine(const Patient& patient) {
  std::vector<std::string> names = patient.spec.deny;
  for (const spec::Node& node : patient.spec.nodes) names.push_back(node.name);
  return Join(names, " ");
}

// dhcpcd and NetworkManager are told by managed files; for others a person has to.
DoctorRow NetworkManager(const Patient& patient) {
  struct Other {
    const char* program;
    const char* cure;
  };
  constexpr Other kOthers[] = {
      {"systemd-networkd",
       "write /etc/systemd/network/10-zprov-unmanaged.network: [Match] Name={} "
       "[Link] Unmanaged=yes"},
      {"connmand", "write NetworkInterfaceBlacklist={} into /etc/connman/main.conf"},
  };
  for (const Other& other : kOthers) {
    const auto running = patient.system.live->process_table.Named(other.program);
    if (!running) return Unknown("network manager", running.error());
    if (running->empty()) continue;
    return {"network manager", Verdict::kWarning,
            fmt::format("{} runs, which zprov does not configure", other.program),
            fmt::format(fmt::runtime(other.cure), DenyLine(patient))};
  }
  return {"network manager", Verdict::kGood, "no manager runs that zprov cannot tell to keep off",
          ""};
}

// Built in, loaded, or there to be loaded.
bool HasModule(const Patient& patient, const std::string& kernel, std::string_view module) {
  if (Exists(patient, fmt::format("/sys/module/{}", module))) return true;
  for (const char* list : {"modules.builtin", "modules.dep"}) {
    const auto text = patient.system.files.Read(fmt::format("/lib/modules/{}/{}", kernel, list),
                                                uint64_t{16} << 20);
    if (text && text->find(fmt::format("/{}.ko", module)) != std::string::npos) return true;
  }
  return false;
}

DoctorRow Modules(const Patient& patient) {
  const auto release = patient.system.files.Read("/proc/sys/kernel/osrelease", kSmallFile);
  if (!release) return Unknown("kernel modules", release.error());
  const std::string kernel(Trim(*release));
  std::vector<std::string> missing;
  // cdc_subset carries jumbo frames, cdc_ether the rest (fixtures/kernels/README.md, MTU).
  for (const char* module : {"bridge", "btrfs", "usbnet", "cdc_ether", "cdc_subset", "nfsd"}) {
    if (!HasModule(patient, kernel, module)) missing.push_back(module);
  }
  if (missing.empty()) {
    return {"kernel modules", Verdict::kGood, "kernel " + kernel + " has all that are needed", ""};
  }
  return {"kernel modules", Verdict::kBad,
          fmt::format("kernel {} lacks {}", kernel, Join(missing, ", ")),
          "install the distribution's full kernel package; after a kernel update, reboot first"};
}

// The host has no battery clock: before NTP answers it may be years behind its own files.
DoctorRow ClockRow(const Patient& patient) {
  const auto hosts = patient.system.files.Status("/etc/hosts");
  if (!hosts) return Unknown("clock", hosts.error());
  const int64_t now = patient.system.clock.WallTime().count();
  if (*hosts && now < (*hosts)->modified_ns) {
    return {"clock", Verdict::kBad, "the clock is behind the time /etc/hosts was last changed",
            "set it: timedatectl set-ntp true, or date -s"};
  }
  return {"clock", Verdict::kGood, "the clock is not behind the files", ""};
}

}  // namespace

std::string_view Name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kGood:
      return "ok";
    case Verdict::kWarning:
      return "warning";
    case Verdict::kBad:
      return "bad";
    case Verdict::kUnknown:
      return "unknown";
  }
  return "unknown";
}

std::vector<DoctorRow> Examine(os::System& system, const spec::ClusterSpec& spec) {
  using Test = DoctorRow (*)(const Patient&);
  constexpr Test kOfTrees[] = {Store, Metadata, MountOptions, NfsInstalled};
  constexpr Test kOfHosts[] = {NfsRunning, Rpiboot, NetworkManager, Modules, ClockRow};
  const Patient patient{system, spec};
  std::vector<DoctorRow> rows;
  for (const Test test : kOfTrees) rows.push_back(test(patient));
  if (system.live == nullptr) return rows;
  for (const Test test : kOfHosts) rows.push_back(test(patient));
  return rows;
}

}  // namespace zprov::engine
