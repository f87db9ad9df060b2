#include "engine/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "core/plan/desired.h"
#include "core/render/managed_files.h"
#include "engine/guards.h"
#include "engine/lint.h"
#include "engine/serve/control_request.h"
#include "engine/serve/ports.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::engine {
namespace {

struct Patient {
  os::System& system;
  const spec::ClusterSpec& spec;
};

// A row without its name.
struct Finding {
  Verdict verdict = Verdict::kGood;
  std::string text;
  std::string cure;
};

Finding Good(std::string text) { return {Verdict::kGood, std::move(text), ""}; }

Finding Unknown(const Error& error) {
  const bool needs_root = error.kind == ErrorKind::kPermission;
  return Finding{
      Verdict::kUnknown, error.message,
      needs_root ? "run zprov doctor as root" : "mend that, then run zprov doctor again"};
}

Result<bool> Exists(const Patient& patient, const std::string& path) {
  ZPROV_ASSIGN(const auto status, patient.system.files.Status(path));
  return status.has_value();
}

// Nothing when there is no such file.
Result<std::optional<std::string>> ReadIfThere(const Patient& patient, const std::string& path) {
  constexpr uint64_t kMostOfAList =
      16 << 20;  // bytes; the largest, Debian's modules.dep, has half a MB
  auto text = patient.system.files.Read(path, kMostOfAList);
  if (!text && text.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!text) return tl::make_unexpected(std::move(text).error());
  return std::move(*text);
}

// The store, or the nearest directory above it that is there.
Result<os::Filesystem> StoreFilesystem(const Patient& patient) {
  std::string path = patient.spec.storage.store;
  while (true) {
    auto filesystem = patient.system.trees.FilesystemOf(path);
    if (filesystem || filesystem.error().kind != ErrorKind::kNotFound || path == "/") {
      return filesystem;
    }
    path = ParentOf(path);
  }
}

Result<Finding> StoreRow(const Patient& patient) {
  const std::string& store = patient.spec.storage.store;
  ZPROV_ASSIGN(const os::Filesystem filesystem, StoreFilesystem(patient));
  if (filesystem.type != "btrfs") {
    return Finding{
        Verdict::kBad, fmt::format("{} is on {}", store, filesystem.type),
        "mount a btrfs file system there (mkfs.btrfs), or name another store under [storage]"};
  }
  if (filesystem.read_only) {
    return Finding{Verdict::kBad, store + " is mounted read-only",
                   "dmesg says why; then mount -o remount,rw " + filesystem.mount_point};
  }
  ZPROV_ASSIGN(const bool is_there, Exists(patient, store));
  if (!is_there) {
    return Finding{Verdict::kWarning, store + " does not exist yet, its place is on btrfs",
                   "zprov apply makes it"};
  }
  return Good(store + " is on btrfs");
}

Finding NoStoreYet(const Patient& patient) {
  return Finding{Verdict::kUnknown, patient.spec.storage.store + " does not exist yet",
                 "mend the row store first"};
}

Result<Finding> MetadataRow(const Patient& patient) {
  ZPROV_ASSIGN(const bool has_store, Exists(patient, patient.spec.storage.store));
  if (!has_store) return NoStoreYet(patient);
  const auto usage = patient.system.btrfs.Usage(patient.spec.storage.store);
  if (!usage && usage.error().kind == ErrorKind::kNotSupported) {
    return Finding{Verdict::kUnknown, "only btrfs has it", "mend the row store first"};
  }
  if (!usage) return tl::make_unexpected(usage.error());
  const double part = MetadataUsed(*usage);
  const std::string finding =
      fmt::format("{:.0f} % of the btrfs metadata space is used", part * 100);
  if (part < kNearlyFull) return Good(finding);
  return Finding{Verdict::kBad, finding,
                 fmt::format("delete old snapshots, or btrfs balance start -dusage=50 {}",
                             patient.spec.storage.store)};
}

Result<Finding> MountOptions(const Patient& patient) {
  const std::string& store = patient.spec.storage.store;
  ZPROV_ASSIGN(const bool has_store, Exists(patient, store));
  if (!has_store) return NoStoreYet(patient);
  const std::string state = plan::StateDirectory(patient.spec);
  ZPROV_ASSIGN(const bool has_state, Exists(patient, state));
  const std::string& place = has_state ? state : store;
  ZPROV_ASSIGN(const os::Filesystem filesystem, patient.system.trees.FilesystemOf(place));
  if (filesystem.nosuid && filesystem.nodev) {
    return Good(place + " is mounted nosuid,nodev");
  }
  return Finding{
      Verdict::kWarning,
      place + " is not mounted nosuid,nodev: a node's setuid files and devices work on the host",
      fmt::format("mount the subvolume {} on itself with nosuid,nodev (an fstab line with "
                  "subvol= and these options)",
                  state)};
}

// The worst of it; `zprov check` has the rest.
Finding WorstOf(const lint::Findings& findings) {
  if (findings.empty()) return Good("each node finds what it needs to boot");
  const auto error =
      std::ranges::find(findings, lint::Finding::Severity::kError, &lint::Finding::severity);
  const lint::Finding& worst = error == findings.end() ? findings.front() : *error;
  const std::string more =
      findings.size() == 1 ? "" : fmt::format(" (and {} more: zprov check)", findings.size() - 1);
  return Finding{error == findings.end() ? Verdict::kWarning : Verdict::kBad,
                 fmt::format("{}: {}{}", worst.where, worst.what, more), worst.cure};
}

Result<Finding> BootFilesRow(const Patient& patient) {
  ZPROV_ASSIGN(const auto findings, LintCurrent(patient.system, patient.spec));
  if (findings) return WorstOf(*findings);
  return Good("no node has a generation yet");
}

Result<Finding> NfsInstalled(const Patient& patient) {
  for (const char* place : {"/usr/sbin/exportfs", "/sbin/exportfs"}) {
    ZPROV_ASSIGN(const bool is_there, Exists(patient, place));
    if (is_there) return Good("exportfs is there");
  }
  return Finding{Verdict::kBad, "there is no exportfs", "apt-get install nfs-kernel-server"};
}

Result<Finding> NfsRunning(const Patient& patient) {
  ZPROV_ASSIGN(const auto threads, ReadIfThere(patient, "/proc/fs/nfsd/threads"));
  const auto count = threads ? ParseNumber(Trim(*threads), 100000) : std::nullopt;
  if (count && *count > 0) return Good(fmt::format("{} server threads", *count));
  return Finding{Verdict::kBad, "no NFS server threads run",
                 "systemctl enable --now nfs-kernel-server"};
}

Result<Finding> Rpiboot(const Patient& patient) {
  ZPROV_ASSIGN(const auto running, patient.system.live->process_table.Named("rpiboot"));
  const bool is_wanted = LeavesBootingToRpiboot(patient.spec);
  if (is_wanted && running.empty()) {
    return Finding{Verdict::kWarning, "rpiboot does not run, so no node can boot",
                   "reboot the host (rc.local starts it), or start it as /etc/rc.local does"};
  }
  if (!is_wanted && !running.empty()) {
    return Finding{
        Verdict::kBad,
        fmt::format("rpiboot runs as pid {} and would take the boards away from zprov",
                    running.front().pid),
        fmt::format("kill {}; see that nothing starts it again (rc.local)", running.front().pid)};
  }
  return Good(is_wanted ? "rpiboot runs" : "rpiboot does not run");
}

// Somebody listens on its socket; `boot` in the foreground does not.
Result<Finding> ServiceRow(const Patient& patient) {
  if (LeavesBootingToRpiboot(patient.spec)) return Good("none is needed: rpiboot boots the nodes");
  os::Control& control = patient.system.live->control;
  const auto connection = control.Connect(kControlPath);
  if (connection) {
    control.Close(*connection);
    return Good("zprov serve runs");
  }
  if (connection.error().kind != ErrorKind::kNotFound) {
    return tl::make_unexpected(connection.error());
  }
  return Finding{Verdict::kWarning, "zprov serve does not run: a board that appears is not booted",
                 "systemctl enable --now zprov (journalctl -u zprov says why it ended)"};
}

// A program that would give the cluster's own links addresses of its own, and where it is told not
// to.
struct Meddler {
  const char* program;
  const char* file;
  const char* cure;       // {}: the links
  const char* separator;  // between them
};

constexpr Meddler kMeddlers[] = {
    {"dhcpcd", "/etc/dhcpcd.conf", "zprov apply writes it", " "},
    {"NetworkManager", "/etc/NetworkManager/conf.d/zprov.conf", "zprov apply writes it", " "},
    {"systemd-networkd", "/etc/systemd/network/10-zprov-unmanaged.network",
     "write it: [Match] Name={} [Link] Unmanaged=yes; then networkctl reload", " "},
    {"connmand", "/etc/connman/main.conf",
     "write into it, below [General]: NetworkInterfaceBlacklist={}; then systemctl restart connman",
     ","},
};

// Every link is a word of the file, comments apart. How the words must stand differs from program
// to program, and who names the links there means them.
Result<bool> IsTold(const Patient& patient, const Meddler& meddler) {
  ZPROV_ASSIGN(const auto text, ReadIfThere(patient, meddler.file));
  if (!text) return false;
  std::set<std::string, std::less<>> words;
  for (const std::string_view line : LinesWithEndings(*text)) {
    std::string spaced(Trim(line));
    if (spaced.starts_with('#')) continue;
    std::ranges::replace_if(
        spaced, [](char c) { return c == ';' || c == ':' || c == ',' || c == '='; }, ' ');
    for (const std::string_view word : Words(spaced)) words.emplace(word);
  }
  return std::ranges::all_of(render::OwnLinks(patient.spec),
                             [&](const std::string& link) { return words.contains(link); });
}

Result<Finding> NetworkManager(const Patient& patient) {
  std::vector<std::string> told;
  for (const Meddler& meddler : kMeddlers) {
    ZPROV_ASSIGN(const auto running, patient.system.live->process_table.Named(meddler.program));
    if (running.empty()) continue;
    ZPROV_ASSIGN(const bool is_told, IsTold(patient, meddler));
    if (!is_told) {
      return Finding{Verdict::kWarning,
                     fmt::format("{} runs, and {} does not keep it off the cluster's links",
                                 meddler.program, meddler.file),
                     fmt::format(fmt::runtime(meddler.cure),
                                 Join(render::OwnLinks(patient.spec), meddler.separator))};
    }
    told.emplace_back(meddler.program);
  }
  if (told.empty()) return Good("none runs");
  return Good(Join(told, ", ") + " is told to keep off the cluster's links");
}

// The names of modules in modules.dep and modules.builtin ("kernel/net/bridge/bridge.ko.xz: …"), as
// the kernel writes them: file names may have '-' where it has '_'.
void AddModules(std::string_view list, std::set<std::string>& modules) {
  for (const std::string_view line : LinesWithEndings(list)) {
    const std::string_view path = line.substr(0, line.find_first_of(":\n"));
    const std::string_view file = path.substr(path.rfind('/') + 1);
    std::string name(file.substr(0, file.find(".ko")));
    std::ranges::replace(name, '-', '_');
    modules.insert(std::move(name));
  }
}

// Built in, or there to be loaded. Nothing: this kernel has no lists.
Result<std::optional<std::set<std::string>>> KnownModules(const Patient& patient,
                                                          const std::string& kernel) {
  std::optional<std::set<std::string>> modules;
  for (const char* list : {"modules.builtin", "modules.dep"}) {
    ZPROV_ASSIGN(const auto text,
                 ReadIfThere(patient, fmt::format("/lib/modules/{}/{}", kernel, list)));
    if (!text) continue;
    if (!modules) modules.emplace();
    AddModules(*text, *modules);
  }
  return modules;
}

Result<Finding> ModulesRow(const Patient& patient) {
  constexpr char kRelease[] = "/proc/sys/kernel/osrelease";
  ZPROV_ASSIGN(const auto release, ReadIfThere(patient, kRelease));
  if (!release) {
    return Finding{Verdict::kUnknown, fmt::format("there is no {}", kRelease),
                   "mount /proc, then run zprov doctor again"};
  }
  const std::string kernel(Trim(*release));
  ZPROV_ASSIGN(const auto known, KnownModules(patient, kernel));
  std::vector<std::string> missing;
  // cdc_subset carries jumbo frames, cdc_ether the rest (fixtures/kernels/README.md, MTU).
  for (const char* module : {"bridge", "btrfs", "usbnet", "cdc_ether", "cdc_subset", "nfsd"}) {
    ZPROV_ASSIGN(const bool is_loaded, Exists(patient, fmt::format("/sys/module/{}", module)));
    const bool is_listed = known && known->contains(module);
    if (!is_listed && !is_loaded) missing.emplace_back(module);
  }
  if (missing.empty()) {
    return Good("kernel " + kernel + " has all that are needed");
  }
  if (!known) {
    return Finding{Verdict::kUnknown,
                   fmt::format("there are no lists in /lib/modules/{}; not loaded: {}", kernel,
                               Join(missing, ", ")),
                   "after a kernel update, reboot; else install the modules of this kernel"};
  }
  return Finding{
      Verdict::kBad, fmt::format("kernel {} lacks {}", kernel, Join(missing, ", ")),
      "install the distribution's full kernel package; after a kernel update, reboot first"};
}

// libusb, as Debian builds it, hears of arrivals from udev and from nobody else.
Result<Finding> Hotplug(const Patient& patient) {
  ZPROV_ASSIGN(const bool runs, Exists(patient, "/run/udev/control"));
  if (runs) return Good("udev runs");
  return Finding{Verdict::kBad,
                 "udev does not run: a board that shows its next stage is not seen, and a boot "
                 "ends after the first",
                 "systemctl start systemd-udevd"};
}

// The host has no battery clock: before NTP answers it may be years behind its own files.
Result<Finding> ClockRow(const Patient& patient) {
  ZPROV_ASSIGN(const auto hosts, patient.system.files.Status("/etc/hosts"));
  const int64_t now = patient.system.clock.WallTime().count();
  if (hosts && now < hosts->modified_ns) {
    return Finding{Verdict::kBad, "the clock is behind the time /etc/hosts was last changed",
                   "set it: timedatectl set-ntp true, or date -s"};
  }
  return Good("the clock is not behind the files");
}

struct Prerequisite {
  const char* name;
  Result<Finding> (*examine)(const Patient&);
};

constexpr Prerequisite kOfTrees[] = {
    {"store", StoreRow},          {"metadata", MetadataRow},       {"mount options", MountOptions},
    {"boot files", BootFilesRow}, {"nfs installed", NfsInstalled},
};

constexpr Prerequisite kOfHosts[] = {
    {"nfs running", NfsRunning}, {"rpiboot", Rpiboot},
    {"service", ServiceRow},     {"network manager", NetworkManager},
    {"hot-plug", Hotplug},       {"kernel modules", ModulesRow},
    {"clock", ClockRow},
};

DoctorRow RowOf(const Prerequisite& prerequisite, const Patient& patient) {
  auto found = prerequisite.examine(patient);
  Finding finding = found ? std::move(*found) : Unknown(found.error());
  return {prerequisite.name, finding.verdict, std::move(finding.text), std::move(finding.cure)};
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
  const Patient patient{system, spec};
  std::vector<DoctorRow> rows;
  for (const Prerequisite& row : kOfTrees) rows.push_back(RowOf(row, patient));
  if (system.live == nullptr) return rows;
  for (const Prerequisite& row : kOfHosts) rows.push_back(RowOf(row, patient));
  return rows;
}

}  // namespace zprov::engine
