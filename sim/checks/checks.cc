#include "sim/checks/checks.h"

#include <fmt/format.h>

#include <set>

#include "util/path.h"
#include "util/strings.h"

namespace zprov::run {
namespace {

using sim::zero::Stage;
using Broken = std::optional<std::string>;

constexpr std::string_view kReport = "/var/lib/zprov/boot.json";
constexpr std::string_view kReports = "/var/lib/zprov";
constexpr std::string_view kGenerations = "/x/.zprov/gen/";
constexpr std::chrono::minutes kLongest{6};  // no stage, and no step against a failure, is longer

const sim::NfsMount* MountOf(const BoardAt& board) {
  const auto& node = board.zero->node();
  return node && node->mount() ? &*node->mount() : nullptr;
}

// Everything below `at` by its path; a node's own reports are left out.
void AddBelow(const sim::Disk& disk, const sim::Node& at, const std::string& path,
              std::map<std::string, sim::Inode>& files) {
  for (const auto& [name, entry] : disk.Get(at).names) {
    const std::string below = path + "/" + name;
    const auto node = disk.Child(at, name);
    if (below == kReports || !node || !disk.Exists(*node)) continue;
    files.emplace(below, disk.Get(*node));
    AddBelow(disk, *node, below, files);
  }
}

bool IsSame(const sim::Inode& one, const sim::Inode& other) {
  const bool has_same_bytes = one.content == other.content ||
                              (one.content && other.content && *one.content == *other.content);
  return has_same_bytes && one.type == other.type && one.mode == other.mode &&
         one.uid == other.uid && one.gid == other.gid && one.xattrs == other.xattrs;
}

bool IsWholeRoot(const sim::Scene& scene, const std::string& root) {
  return scene.Has(root + "/etc/hostname") && scene.Has(root + "/etc/machine-id");
}

// ---- files

// Whether the node's pointer names what a hand made before zprov came.
bool IsByHand(sim::World& world, const std::string& pointer) {
  const auto target = world.system().files.ReadSymlink(pointer);
  return target && target->starts_with("../gen/0/");
}

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
    for (const auto& [path, inode] : before->second.files) {
      const auto found = now->files.find(path);
      if (found == now->files.end()) return board.name + " runs, and lost its " + path;
      if (!IsSame(inode, found->second)) return board.name + " runs, and its " + path + " changed";
    }
    for (const auto& [path, inode] : now->files) {
      if (!before->second.files.contains(path)) return board.name + " runs, and was given " + path;
    }
  }
  return {};
}

Broken PointersNameFinishedGenerations(const Seen& seen) {
  const sim::Scene& scene = seen.world.scene();
  for (const BoardAt& board : seen.boards) {
    const std::string pointer = "/x/.zprov/current/" + board.name;
    if (!scene.Has(pointer)) continue;
    const auto target = seen.world.system().files.ReadSymlink(pointer);
    if (!target) return pointer + " is no symlink";
    const std::string node = "/x/.zprov/" + target->substr(target->find("gen/"));
    const std::string number = NameOf(ParentOf(node));
    if (number == "0") continue;  // made by hand
    if (!scene.Has(ParentOf(node) + "/record.json")) return pointer + " names one without a record";
    if (!IsWholeRoot(scene, node + "/root")) return pointer + " names one without a whole root";
    if (!scene.Has(node + "/boot/kernel.img")) return pointer + " names one without a boot set";
  }
  return {};
}

Broken ExportsNameWholeRootsOfOneNodeEach(const Seen& seen) {
  std::map<std::string, std::string> clients;
  for (const sim::NfsExport& one : seen.world.nfs().exports()) {
    if (!one.path.starts_with(kGenerations)) continue;
    if (!IsWholeRoot(seen.world.scene(), one.path)) return one.path + " is exported and no root";
    const auto [at, is_new] = clients.emplace(one.path, one.client);
    if (!is_new && at->second != one.client) {
      return fmt::format("{} is exported to {} and {}", one.path, at->second, one.client);
    }
  }
  return {};
}

Broken HomeIsAllThere(const Seen& seen) {
  if (HomeOf(seen.world) == seen.home) return {};
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
  for (const BoardAt& board : seen.boards) {
    const std::string pointer = "/x/.zprov/current/" + board.name;
    const std::string id = pointer + "/root/etc/machine-id";
    // The procedure gives every root the host's own id, and what it made is kept as it is.
    const bool is_ours = seen.world.scene().Has(id) && !IsByHand(seen.world, pointer);
    if (is_ours) {
      if (auto shared = claim("machine-id " + seen.world.scene().Content(id), board.name)) {
        return shared;
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
  const auto links = seen.world.network().Links();
  if (!links) return {};
  for (const Link& link : *links) {
    if (link.master.empty() || !link.usb) continue;
    for (const BoardAt& board : seen.boards) {
      if (board.port != *link.usb) continue;
      if (link.name != board.name) {
        return link.name + " is in the bridge at the port of " + board.name;
      }
      const auto& node = board.zero->node();
      if (!node || !node->orders().own_mac) continue;
      // src/node: the host's end has the next number.
      if (link.mac.Number() == node->orders().own_mac->Number() + 1) continue;
      return fmt::format("{} has the MAC {} in the bridge", link.name, link.mac.ToString());
    }
    for (const Link& bridge : *links) {
      if (bridge.name != link.master || bridge.mtu == link.mtu) continue;
      return fmt::format("{} has an MTU of {} in a bridge with {}", link.name, link.mtu,
                         bridge.mtu);
    }
  }
  return {};
}

// ---- what serve says

Broken HealthyNodesWereReallyBooted(const Seen& seen) {
  const os::Moment now = seen.world.clock().Now();
  for (const BoardAt& board : seen.boards) {
    const auto claim = seen.claims.find(board.name);
    if (claim == seen.claims.end()) continue;
    if (claim->second.since != now || claim->second.state != "healthy") continue;  // dead since?
    if (board.zero->stage() != Stage::kHealthy) return board.name + " is called healthy and is not";
    const auto& orders = board.zero->node()->orders();
    const auto report = seen.world.nfs().Read(*board.zero->node()->mount(), kReport);
    if (report && report->find(orders.nonce) != std::string::npos) continue;
    return board.name + " is called healthy without a report of this boot";
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
  for (const BoardAt& board : seen.boards) {
    if (seen.world.usb().PowerCuts(board.port) == 0) continue;
    return "the power of the port of " + board.name + " was cut, and it is ganged";
  }
  return {};
}

using When = Check::When;

constexpr Check kChecks[] = {
    {"no root in use is deleted", When::kChanged, NoRootInUseIsDeleted},
    {"no root in use goes stale", When::kAfterAction, NoRootInUseGoesStale},
    {"no root in use is written", When::kAfterAction, NoRootInUseIsWritten},
    {"pointers name finished generations", When::kChanged, PointersNameFinishedGenerations},
    {"every export names a whole root, and each root has one client", When::kAfterAction,
     ExportsNameWholeRootsOfOneNodeEach},
    {"the bytes of home are all there", When::kAfterAction, HomeIsAllThere},
    {"no two nodes share a MAC, an address, a machine-id or a root", When::kChanged,
     NoTwoNodesShareAnything},
    {"a link in the bridge carries its node's name and MAC, and the bridge's MTU", When::kLinks,
     BridgePortsCarryTheirNodesNames},
    {"a node that is called healthy really is", When::kAlways, HealthyNodesWereReallyBooted},
    {"nobody waits past its deadline", When::kAlways, NobodyWaitsPastItsDeadline},
    {"no recovery of one node cuts another's power", When::kAlways,
     NobodysPowerIsCutWhereOthersHangOnIt},
};

}  // namespace

std::optional<RootInUse> RootOf(sim::World& world, const BoardAt& board) {
  const sim::NfsMount* const mount = MountOf(board);
  if (mount == nullptr || !world.disk().Exists(mount->root)) return std::nullopt;
  RootInUse root{.mount = *mount, .files = {}};
  AddBelow(world.disk(), mount->root, "", root.files);
  return root;
}

std::string HomeOf(const sim::World& world) {
  const std::string home = world.scene().Has("/x/snaa/pi") ? "/x/snaa" : "/home";
  const std::string dump = world.Dump(home);
  std::string relative;
  for (const std::string_view line : LinesWithEndings(dump)) {
    const size_t at = line.find(home);
    if (at == std::string_view::npos) continue;
    const std::string_view below = line.substr(at + home.size());
    if (!below.starts_with('/')) continue;  // the directory itself: a subvolume since the move
    relative += line.substr(0, at);
    relative += below;
  }
  return relative;
}

std::span<const Check> AllChecks() { return kChecks; }

}  // namespace zprov::run
