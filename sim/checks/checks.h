// What must hold in a simulated cluster whatever happens to it: one function for each sentence, and
// each looks at the world from outside, never at what the engine thinks of it but for what serve
// says aloud. No numbers of the product's: a slip must not pass on both sides.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/disk/inode.h"
#include "sim/nfs.h"
#include "sim/scenarios/scenario.h"
#include "sim/world.h"
#include "sim/zero/zero.h"

namespace zprov::run {

struct BoardAt {
  std::string name;  // of its node
  PortPath port;
  std::shared_ptr<sim::zero::Zero> zero;
};

// What serve said of a node last.
struct Claim {
  std::string state;  // "healthy", "first stage sent"
  os::Moment since{0};
  bool has_failed = false;  // since it was healthy
  // While it recovers:
  bool was_there = false;   // its board, when serve said so last
  bool was_helped = false;  // by a reset, or by its power
};

// A root as it was when its node had mounted it.
struct RootInUse {
  sim::NfsMount mount;
  sim::Table<sim::Inode> inodes;  // of its tree
};

// All home directories, wherever /home leads.
struct Home {
  std::optional<sim::Node> at;    // nothing: it leads nowhere
  sim::Table<sim::Inode> inodes;  // of the tree that it lies in
  std::string dump;               // every byte, owner and attribute
};

Home HomeOf(sim::World& world);

// Nothing: no node runs from it.
std::optional<RootInUse> RootOf(sim::World& world, const BoardAt& board);

// By node, the roots that its pointer led to since its board came into the boot ROM, or lost its
// power, last: which of them a boot takes is serve's to say, but none that was replaced before.
using RootsNamed = std::map<std::string, std::set<sim::Node>>;

// Adds where the pointers of these boards' nodes lead now, whether update made the root or a hand
// did.
void NoteCurrentRoots(sim::World& world, std::span<const BoardAt> boards, RootsNamed& named);

struct Seen {
  sim::World& world;
  const std::vector<BoardAt>& boards;
  const std::map<std::string, Claim>& claims;      // by node; empty while no serve runs
  const Home& home;                                // as HomeOf told before the run
  const std::map<std::string, RootInUse>& in_use;  // by node, as RootOf told when it had mounted
  const RootsNamed& named;
  bool are_links_left_alone = true;  // nobody meddled with them for a while
  sim::BoardPower power = sim::BoardPower::kGanged;
  // By node, what serve said of it when its board's power was cut by a switch; since the last look.
  std::map<std::string, std::string> cut = {};
};

struct Check {
  enum class When {
    kAlways,   // after every event
    kChanged,  // after every event that changed a file, the exports or a board's stage
    kLinks,    // after every event about a link
  };
  std::string_view sentence;
  When when = When::kAlways;
  // What breaks it; nothing: it holds.
  std::optional<std::string> (*look)(const Seen& seen) = nullptr;
};

std::span<const Check> AllChecks();

}  // namespace zprov::run
