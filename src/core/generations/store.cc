#include "core/generations/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "util/strings.h"

namespace zprov::generations {
namespace {

std::optional<int> CurrentOf(const Store& store, const std::string& node) {
  const auto current = store.current.find(node);
  return current == store.current.end() ? std::nullopt : std::optional(current->second);
}

// The latest of `node`'s finished generations that is older than `number`.
std::optional<int> Before(const Store& store, const std::string& node, int number) {
  std::optional<int> before;
  for (const int candidate : GenerationsOf(store, node)) {
    if (candidate < number) before = candidate;
  }
  return before;
}

// What pruning leaves of one node, whether or not the node runs something else.
std::set<int> KeptOf(const Store& store, const std::string& node, int keep) {
  const std::vector<int> all = GenerationsOf(store, node);
  const auto count = std::min(all.size(), static_cast<size_t>(std::max(keep, 1)));
  std::set<int> kept(all.end() - static_cast<ptrdiff_t>(count), all.end());
  if (const auto current = CurrentOf(store, node)) {
    kept.insert(*current);
    if (const auto before = Before(store, node, *current)) kept.insert(*before);
  }
  return kept;
}

std::set<std::string> NodesOf(const Store& store) {
  std::set<std::string> nodes;
  for (const auto& [number, generation] : store.generations) {
    if (generation.is_finished) nodes.insert(generation.nodes.begin(), generation.nodes.end());
  }
  return nodes;
}

std::set<int> PointedAt(const Store& store) {
  std::set<int> numbers;
  for (const auto& [node, number] : store.current) numbers.insert(number);
  return numbers;
}

std::optional<int> LatestFinished(const Store& store) {
  std::optional<int> latest;
  for (const auto& [number, generation] : store.generations) {
    if (generation.is_finished) latest = number;
  }
  return latest;
}

std::vector<int> Emptied(const Store& store, const std::vector<NodeGeneration>& remove) {
  std::map<int, size_t> removed;
  for (const NodeGeneration& gone : remove) ++removed[gone.number];
  const std::set<int> pointed_at = PointedAt(store);
  const std::optional<int> latest = LatestFinished(store);
  std::vector<int> emptied;
  for (const auto& [number, generation] : store.generations) {
    const bool is_empty = generation.nodes.size() == removed[number] && number != latest;
    if (pointed_at.contains(number)) continue;
    if (is_empty || !generation.is_finished) emptied.push_back(number);
  }
  return emptied;
}

std::string WhyNotBack(const Store& store, const std::string& node) {
  const auto current = CurrentOf(store, node);
  if (!current) {
    return fmt::format("{0} has no generation yet: `zprov update {0}` makes its first", node);
  }
  return fmt::format(
      "{0} has no generation before {1}, its current one: `zprov update {0}` makes a newer one",
      node, *current);
}

}  // namespace

int NextNumber(const Store& store) {
  int latest = 0;
  if (!store.generations.empty()) latest = std::max(latest, store.generations.rbegin()->first);
  for (const auto& [node, number] : store.current) latest = std::max(latest, number);
  return latest + 1;
}

std::vector<int> GenerationsOf(const Store& store, const std::string& node) {
  std::vector<int> numbers;
  for (const auto& [number, generation] : store.generations) {
    if (generation.is_finished && generation.nodes.contains(node)) numbers.push_back(number);
  }
  return numbers;
}

Result<std::vector<Move>> RollbackMoves(const Store& store, const std::vector<std::string>& nodes) {
  std::vector<Move> moves;
  std::vector<std::string> faults;
  std::set<std::string> seen;
  for (const std::string& node : nodes) {
    if (!seen.insert(node).second) continue;
    const auto current = CurrentOf(store, node);
    const auto before = current ? Before(store, node, *current) : std::nullopt;
    if (before) {
      moves.push_back({node, *current, *before});
    } else {
      faults.push_back(WhyNotBack(store, node));
    }
  }
  if (!faults.empty()) return Fail(ErrorKind::kRefused, Join(faults, "; "));
  return moves;
}

Pruning ToPrune(const Store& store, int keep, const std::map<std::string, std::string>& may_run) {
  std::map<std::string, std::set<int>> kept;
  for (const std::string& node : NodesOf(store)) kept[node] = KeptOf(store, node, keep);
  Pruning pruning;
  for (const auto& [number, generation] : store.generations) {
    if (!generation.is_finished) continue;
    for (const std::string& node : generation.nodes) {
      if (kept[node].contains(number)) continue;
      const auto reason = may_run.find(node);
      if (reason == may_run.end()) {
        pruning.remove.push_back({node, number});
      } else {
        pruning.held.push_back({{node, number}, reason->second});
      }
    }
  }
  pruning.emptied = Emptied(store, pruning.remove);
  return pruning;
}

}  // namespace zprov::generations
