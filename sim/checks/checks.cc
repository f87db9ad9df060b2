#include "sim/checks/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/disk/walk.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::run {
namespace {

using sim::zero::Stage;
using Broken = std::optional<std::string>;

constexpr std::string_view kReport = "/var/lib/zprov/boot.json";
constexpr std::string_view kReports = "/var/lib/zprov";
constexpr std::string_view kHome = "/home";
constexpr std::string_view kStore = "/x/.zprov";
constexpr std::string_view kGenerations = "/x/.zprov/gen/";
constexpr std::chrono::minutes kLongest{6};  // no stage, and no step against a failure, is longer

const sim::NfsMount* MountOf(const BoardAt& board) {
  const auto& node = board.zero->node();
  return node && node->mount() ? &*node->mount() : nullptr;
}

const sim::Inode& OtherTree() {
  static const sim::Inode directory = [] {
    sim::Inode made;
    made.type = os::FileType::kDirectory;
    return made;
  }();
  return directory;
}

using Files = std::map<std::string, const sim::Inode*>;  // by path in a root

// Everything below a directory of a root; a node's own reports are left out. What is no part of its
// tree is there, and nobody looks into it.
void AddBelow(const sim::Table<sim::Inode>& tree, uint64_t directory, const std::string& path,
              Files& files) {
  for (const auto& [name, entry] : tree.Find(directory)->names) {
    const std::string below = JoinPath(path, name);
    if (below == kReports) continue;
    files.emplace(below, entry.subvolume == 0 ? tree.Find(entry.inode) : &OtherTree());
    if (entry.subvolume == 0) AddBelow(tree, entry.inode, below, files);
  }
}

Files FilesOf(const RootInUse& root) {
  Files files;
  AddBelow(root.inodes, root.mount.root.inode, "/", files);
  return files;
}

bool IsSame(const sim::Inode& one, const sim::Inode& other) {
  const bool has_same_bytes = one.content == other.content ||
                              (one.content && other.content && *one.content == *other.content);
  return has_same_bytes && one.type == other.type && one.mode == other.mode &&
         one.uid == other.uid && one.gid == other.gid && one.xattrs == other.xattrs;
}

// The inodes of a node's own reports, their directory's too.
void AddReports(const RootInUse& root, std::set<uint64_t>& inodes) {
  uint64_t at = root.mount.root.inode;
  for (const std::string_view name : Split(kReports.substr(1), '/')) {
    const auto& names = root.inodes.Find(at)->names;
    const auto found = names.find(name);
    if (found == names.end() || found->second.subvolume != 0) return;
    at = found->second.inode;
  }
  inodes.insert(at);
  for (const auto& [name, entry] : root.inodes.Find(at)->names) inodes.insert(entry.inode);
}

// Quicker than to compare files, since most inodes are shared.
bool OnlyReportsDiffer(const RootInUse& before, const RootInUse& now) {
  std::set<uint64_t> reports;
  AddReports(before, reports);
  AddReports(now, reports);
  bool only = true;
  sim::Table<sim::Inode>::ForEachDifference(
      before.inodes, now.inodes,
      [&](uint64_t number, const sim::Inode* had, const sim::Inode* has) {
        const bool is_same_directory = had != nullptr && has != nullptr &&
                                       had->names == has->names && IsSame(*had, *has) &&
                                       has->type == os::FileType::kDirectory;
        only = only && (is_same_directory || reports.contains(number));
      });
  return only;
}

// What these names lead to from a directory, one after another; symlinks and mounts lead nowhere.
std::optional<sim::Node> Below(const sim::Disk& disk, std::optional<sim::Node> at,
                               std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (at) at = disk.Child(*at, name);
  }
  return at;
}

// The same by a path of the host, along symlinks.
std::optional<sim::Node> At(sim::Disk& disk, std::string_view path) {
  const auto found = sim::View(disk).NodeAt(path, sim::Last::kFollow);
  return found ? std::optional(*found) : std::nullopt;
}

bool IsWholeRoot(const sim::Disk& disk, std::optional<sim::Node> root) {
  return Below(disk, root, {"etc", "hostname"}) && Below(disk, root, {"etc", "machine-id"});
}

// Where a node's pointer leads.
struct Pointer {
  std::string_view generation;  // "2"; "0": what a hand made before zprov came
  std::string_view node;
};

// Nothing: it does not say "../gen/2/s0".
std::optional<Pointer> PointerAt(const sim::Inode& inode) {
  if (inode.type != os::FileType::kSymlink) return std::nullopt;
  const auto parts = Split(*inode.content, '/');
  if (parts.size() != 4 || parts[0] != ".." || parts[1] != "gen") return std::nullopt;
  return Pointer{parts[2], parts[3]};
}

// Nothing: it has none, or that names no generation.
std::optional<Pointer> PointerOf(const sim::Disk& disk, const std::optional<sim::Node>& store,
                                 std::string_view node) {
  const auto link = Below(disk, store, {"current", node});
  return link ? PointerAt(disk.Get(*link)) : std::nullopt;
}

// ---- files

Broken NoRootInUseIsDeleted(const Seen& seen) {
  for (const BoardAt& board : seen.boards) {
    const sim::NfsMount* const mount = MountOf(board);
    if (mount == nullptr || seen.world.disk().Exists(mount->root)) continue;
    return fmt::format("{} runs from {}, which is gone", board.name,
                       board.zero->node()->orders().root);
  }
  return {};
}

Broken NoRootInUseGoesStale(const Seen& seen) {
  for (const BoardAt& board : seen.boards) {
    const sim::NfsMount* const mount = MountOf(board);
    if (mount == nullptr || !seen.world.nfs().IsStale(*mount)) continue;
    return fmt::format("{} runs from {}, which is not exported any more", board.name,
                       board.zero->node()->orders().root);
  }
  return {};
}

// But for the reports, in which the host puts its orders.
Broken NoRootInUseIsWritten(const Seen& seen) {
  for (const BoardAt& board : seen.boards) {
    const auto before = seen.in_use.find(board.name);
    const auto now = RootOf(seen.world, board);
    if (before == seen.in_use.end() || !now || now->mount != before->second.mount) continue;
    if (OnlyReportsDiffer(before->second, *now)) continue;
    const Files had = FilesOf(before->second), has = FilesOf(*now);
    for (const auto& [path, inode] : had) {
      const auto found = has.find(path);
      if (found == has.end()) return board.name + " runs, and lost its " + path;
      if (!IsSame(*inode, *found->second))
        return board.name + " runs, and its " + path + " changed";
    }
    for (const auto& [path, inode] : has) {
      if (!had.contains(path)) return board.name + " runs, and was given " + path;
    }
  }
  return {};
}

Broken PointersNameFinishedGenerations(const Seen& seen) {
  const sim::Disk& disk = seen.world.disk();
  const auto store = At(seen.world.disk(), kStore);
  for (const BoardAt& board : seen.boards) {
    const auto link = Below(disk, store, {"current", board.name});
    if (!link) continue;
    const auto pointer = PointerAt(disk.Get(*link));
    if (!pointer) return "the pointer of " + board.name + " names no generation";
    if (pointer->generation == "0") continue;  // made by hand
    const auto generation = Below(disk, store, {"gen", pointer->generation});
    const auto node = Below(disk, generation, {pointer->node});
    const auto broken = [&](std::string_view how) {
      return fmt::format("the pointer of {} names {}/{}, {}", board.name, pointer->generation,
                         pointer->node, how);
    };
    if (!Below(disk, generation, {"record.json"})) return broken("which has no record");
    if (!IsWholeRoot(disk, Below(disk, node, {"root"}))) return broken("which has no whole root");
    const std::string boot_set =
        fmt::format("{}{}/{}/boot/", kGenerations, pointer->generation, pointer->node);
    if (!At(seen.world.disk(), boot_set + "kernel.img")) return broken("which has no boot set");
  }
  return {};
}

Broken ExportsNameWholeRootsOfOneNodeEach(const Seen& seen) {
  std::map<std::string, std::string> clients;
  for (const sim::NfsExport& one : seen.world.nfs().exports()) {
    if (!one.path.starts_with(kGenerations)) continue;
    if (!IsWholeRoot(seen.world.disk(), At(seen.world.disk(), one.path)))
      return one.path + " is exported and no root";
    const auto [at, is_new] = clients.emplace(one.path, one.client);
    if (!is_new && at->second != one.client) {
      return fmt::format("{} is exported to {} and {}", one.path, at->second, one.client);
    }
  }
  return {};
}

Broken HomeIsAllThere(const Seen& seen) {
  const auto at = At(seen.world.disk(), kHome);
  if (!at) return "/home leads nowhere";
  const bool is_untouched =
      at == seen.home.at && seen.world.disk().InodesBeside(*at).IsOneWith(seen.home.inodes);
  if (is_untouched || HomeOf(seen.world).dump == seen.home.dump) return {};
  return "the home directories are not what they were";
}

// ---- who is who

Broken NoTwoNodesShareAnything(const Seen& seen) {
  std::map<std::string, std::string> owners;
  const auto claim = [&owners](const std::string& what, const std::string& node) -> Broken {
    const auto [at, is_new] = owners.emplace(what, node);
    if (is_new || at->second == node) return {};
    return fmt::format("{} and {} share {}", at->second, node, what);
  };
  const sim::Disk& disk = seen.world.disk();
  const auto store = At(seen.world.disk(), kStore);
  for (const BoardAt& board : seen.boards) {
    // The procedure gives every root the host's own id, and what it made is kept as it is.
    const auto pointer = PointerOf(disk, store, board.name);
    if (pointer && pointer->generation != "0") {
      const auto etc =
          Below(disk, store, {"gen", pointer->generation, pointer->node, "root", "etc"});
      const std::pair<std::string_view, std::string> files[] = {{"machine-id", "machine-id "},
                                                                {"hostname", "name "}};
      for (const auto& [file, what] : files) {
        const auto found = Below(disk, etc, {file});
        if (!found) continue;
        const std::string content(Trim(*disk.Get(*found).content));
        if (auto shared = claim(what + content, board.name)) return shared;
      }
    }
    const sim::NfsMount* const mount = MountOf(board);
    if (mount == nullptr) continue;
    const auto& orders = board.zero->node()->orders();
    if (auto shared = claim("root " + orders.root, board.name)) return shared;
    if (auto shared = claim("address " + mount->client.ToString(), board.name)) return shared;
    if (!orders.own_mac) continue;
    if (auto shared = claim("MAC " + orders.own_mac->ToString(), board.name)) return shared;
  }
  return {};
}

Broken BridgePortsCarryTheirNodesNames(const Seen& seen) {
  if (!seen.are_links_left_alone || seen.claims.empty()) return {};
  sim::Network& network = seen.world.network();
  const auto links = network.Links();
  if (!links) return {};
  std::map<PortPath, const BoardAt*> boards;
  for (const BoardAt& board : seen.boards) boards.emplace(board.port, &board);
  for (const Link& link : *links) {
    if (link.master.empty() || !link.usb) continue;
    const Link* const bridge = network.LinkNamed(link.master);
    if (bridge != nullptr && bridge->mtu != link.mtu) {
      return fmt::format("{} has an MTU of {} in a bridge with {}", link.name, link.mtu,
                         bridge->mtu);
    }
    const auto found = boards.find(*link.usb);
    if (found == boards.end()) continue;
    const BoardAt& board = *found->second;
    if (link.name != board.name) {
      return link.name + " is in the bridge at the port of " + board.name;
    }
    const auto& node = board.zero->node();
    if (!node || !node->orders().own_mac) continue;
    // src/node: the host's end has the next number.
    if (link.mac.Number() == node->orders().own_mac->Number() + 1) continue;
    return fmt::format("{} has the MAC {} in the bridge", link.name, link.mac.ToString());
  }
  return {};
}

// ---- what serve says

Broken HealthyNodesWereReallyBooted(const Seen& seen) {
  const os::Moment now = seen.world.clock().Now();
  for (const auto& [name, claim] : seen.claims) {
    if (claim.since != now || claim.state != "healthy") continue;  // dead since?
    const auto found = std::ranges::find(seen.boards, name, &BoardAt::name);
    if (found == seen.boards.end()) continue;
    const BoardAt& board = *found;
    if (board.zero->stage() != Stage::kHealthy) return board.name + " is called healthy and is not";
    const auto& orders = board.zero->node()->orders();
    const auto report = seen.world.nfs().Read(*board.zero->node()->mount(), kReport);
    if (report && report->find(orders.nonce) != std::string::npos) continue;
    return board.name + " is called healthy without a report of this boot";
  }
  return {};
}

// An old root that is still there can be booted and reports like any other.
Broken HealthyNodesHaveTheirCurrentRoot(const Seen& seen) {
  const os::Moment now = seen.world.clock().Now();
  for (const auto& [name, claim] : seen.claims) {
    if (claim.since != now || claim.state != "healthy") continue;
    const auto board = std::ranges::find(seen.boards, name, &BoardAt::name);
    const sim::NfsMount* const mount = board == seen.boards.end() ? nullptr : MountOf(*board);
    if (mount == nullptr) continue;
    const auto named = seen.named.find(name);
    if (named != seen.named.end() && named->second.contains(mount->root)) continue;
    return fmt::format(
        "{} is called healthy from {}, which its pointer has not named since its "
        "board came into the boot ROM",
        name, board->zero->node()->orders().root);
  }
  return {};
}

Broken NobodyWaitsPastItsDeadline(const Seen& seen) {
  static const std::set<std::string, std::less<>> kOnTheWay = {
      "first stage sent", "serving", "served",    "gadget", "link",
      "mounted",          "halting", "recovering"};
  for (const auto& [node, claim] : seen.claims) {
    if (seen.world.clock().Now() - claim.since <= kLongest) continue;
    if (!kOnTheWay.contains(claim.state)) continue;
    return fmt::format(
        "{} is \"{}\" since {} s", node, claim.state,
        std::chrono::duration_cast<std::chrono::seconds>(seen.world.clock().Now() - claim.since)
            .count());
  }
  return {};
}

Broken NobodysPowerIsCutWhereOthersHangOnIt(const Seen& seen) {
  for (const auto& [node, said] : seen.cut) {
    if (seen.power == sim::BoardPower::kGanged) {
      return "the power of the port of " + node + " was cut, and it is ganged";
    }
    if (said == "recovering") continue;
    return fmt::format("the power of {} was cut while it was called \"{}\"", node, said);
  }
  return {};
}

using When = Check::When;

constexpr Check kChecks[] = {
    {"no root in use is deleted", When::kChanged, NoRootInUseIsDeleted},
    {"no root in use goes stale", When::kAlways, NoRootInUseGoesStale},
    {"no root in use is written", When::kChanged, NoRootInUseIsWritten},
    {"pointers name finished generations", When::kChanged, PointersNameFinishedGenerations},
    {"every export names a whole root, and each root has one client", When::kChanged,
     ExportsNameWholeRootsOfOneNodeEach},
    {"the bytes of home are all there", When::kChanged, HomeIsAllThere},
    {"no two nodes share a name, a MAC, an address, a machine-id or a root", When::kChanged,
     NoTwoNodesShareAnything},
    {"a link in the bridge carries its node's name and MAC, and the bridge's MTU", When::kLinks,
     BridgePortsCarryTheirNodesNames},
    {"a node that is called healthy really is", When::kAlways, HealthyNodesWereReallyBooted},
    {"a node that is called healthy has the root that its pointer names", When::kAlways,
     HealthyNodesHaveTheirCurrentRoot},
    {"nobody waits past its deadline", When::kAlways, NobodyWaitsPastItsDeadline},
    {"no recovery of one node cuts another's power", When::kAlways,
     NobodysPowerIsCutWhereOthersHangOnIt},
};

}  // namespace

std::optional<RootInUse> RootOf(sim::World& world, const BoardAt& board) {
  const sim::NfsMount* const mount = MountOf(board);
  if (mount == nullptr || !world.disk().Exists(mount->root)) return std::nullopt;
  return RootInUse{*mount, world.disk().InodesBeside(mount->root)};
}

void NoteCurrentRoots(sim::World& world, std::span<const BoardAt> boards, RootsNamed& named) {
  sim::Disk& disk = world.disk();
  const auto store = At(disk, kStore);
  for (const BoardAt& board : boards) {
    const auto pointer = PointerOf(disk, store, board.name);
    if (!pointer) continue;
    // A root that a hand made may still be where the hand put it, behind a symlink.
    const auto root = pointer->generation == "0"
                          ? At(disk, fmt::format("{}0/{}/root", kGenerations, pointer->node))
                          : Below(disk, store, {"gen", pointer->generation, pointer->node, "root"});
    if (root) named[board.name].insert(*root);
  }
}

Home HomeOf(sim::World& world) {
  const auto found = sim::View(world.disk()).Directory(kHome, sim::Last::kFollow);
  if (!found) return {};
  Home home{*found->node, world.disk().InodesBeside(*found->node), ""};
  const std::string dump = world.Dump(found->path);
  for (const std::string_view line : LinesWithEndings(dump)) {
    const size_t at = line.find(found->path);
    if (at == std::string_view::npos) continue;
    const std::string_view below = line.substr(at + found->path.size());
    if (!below.starts_with('/')) continue;  // the directory itself: a subvolume since the move
    home.dump += line.substr(0, at);
    home.dump += below;
  }
  return home;
}

std::span<const Check> AllChecks() { return kChecks; }

}  // namespace zprov::run
