// The generations of a store as values, and what follows from them. Pure: engine/generations.h
// reads them from a disk.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "util/result.h"

namespace zprov::generations {

// What a generation's record.json says.
struct Record {
  int number = 0;
  int64_t made_ns = 0;  // wall time, since 1970
  std::string source;   // "/"
  std::string kernel;   // version of kernel.img; empty: generation 0

  bool operator==(const Record&) const = default;
};

struct Generation {
  Record record;
  bool is_finished = false;     // has its record; generation 0 always is
  std::set<std::string> nodes;  // that have a root in it

  bool operator==(const Generation&) const = default;
};

struct Store {
  std::map<int, Generation> generations;  // by number
  std::map<std::string, int> current;     // by node: what its pointer names

  bool operator==(const Store&) const = default;
};

// One more than the number of every generation that is there, finished or not, and that a pointer
// names; never 0. A number is given again only when nothing of its generation is left and no
// pointer names it.
int NextNumber(const Store& store);

// Finished generations in which `node` has a root, ascending.
std::vector<int> GenerationsOf(const Store& store, const std::string& node);

struct Move {
  std::string node;
  int from = -1;  // -1: the node had no pointer
  int to = 0;

  bool operator==(const Move&) const = default;
};

// Each node, named once or more, back to the latest finished generation of its own before the
// current one. kRefused, for all of them, when one has none or no pointer; the message names each
// such node and what to do.
Result<std::vector<Move>> RollbackMoves(const Store& store, const std::vector<std::string>& nodes);

// A node's generation: one root with its boot set.
struct NodeGeneration {
  std::string node;
  int number = 0;

  bool operator==(const NodeGeneration&) const = default;
};

struct Held {
  NodeGeneration what;
  std::string why;  // "s0 is up and may still run it"

  bool operator==(const Held&) const = default;
};

struct Pruning {
  std::vector<NodeGeneration> remove;  // by number, then node; of finished generations
  std::vector<Held> held;              // would go, but must not now; by number, then node
  std::vector<int> emptied;            // that go as a whole when `remove` is done; ascending

  bool operator==(const Pruning&) const = default;
};

// Of each node of the store, in the spec or not, the `keep` (at least 1) latest finished
// generations stay, the current one, and the one before the current one (rollback must have
// somewhere to go). `may_run` holds back: node → why it may still run an old one; all its
// generations then stay.
//
// Emptied are generations in which no node is left, and unfinished ones, whatever is in them. Not
// emptied: what a pointer names (a record that got lost), and the latest finished generation, whose
// number would else be given to another.
Pruning ToPrune(const Store& store, int keep, const std::map<std::string, std::string>& may_run);

}  // namespace zprov::generations
