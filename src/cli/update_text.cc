#include "cli/update_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "cli/text.h"
#include "util/strings.h"

namespace zprov::cli {
namespace {

using generations::Move;
using generations::NodeGeneration;

std::string MoveTable(const std::vector<Move>& moves) {
  if (moves.empty()) return {};
  std::vector<std::vector<std::string>> rows = {{"NODE", "WAS", "NOW"}};
  for (const Move& move : moves) {
    rows.push_back(
        {move.node, move.from < 0 ? "-" : std::to_string(move.from), std::to_string(move.to)});
  }
  return Table(rows);
}

// Who of those that moved does not run what the table says; `which` is what they run instead.
std::string KeepRunning(const std::vector<std::string>& nodes, size_t moved,
                        std::string_view which) {
  if (nodes.empty()) return {};
  if (nodes.size() == 1) {
    return fmt::format("{} keeps running its {} generation until it reboots\n", nodes[0], which);
  }
  const std::string who =
      nodes.size() == moved ? fmt::format("all {} nodes", moved) : Join(nodes, ", ");
  return fmt::format("{} keep running their {} generation until they reboot\n", who, which);
}

std::string Skipped(const std::vector<std::string>& nodes) {
  std::string text;
  for (const std::string& node : nodes) text += fmt::format("skipped: {}\n", Printable(node));
  return text;
}

std::vector<int> NumbersOf(const std::vector<NodeGeneration>& roots) {
  std::set<int> numbers;
  for (const NodeGeneration& root : roots) numbers.insert(root.number);
  return {numbers.begin(), numbers.end()};
}

std::string Pruned(const std::vector<NodeGeneration>& roots) {
  if (roots.empty()) return {};
  return fmt::format("pruned {} of {}\n", Count(roots.size(), "old root"),
                     Generations(NumbersOf(roots)));
}

// "generation 2: s0, s1", and whether anything of it is left.
std::string Removed(const generations::Pruning& pruning) {
  std::map<int, std::vector<std::string>> by_number;
  for (const int number : pruning.emptied) by_number[number];
  for (const NodeGeneration& root : pruning.remove) by_number[root.number].push_back(root.node);
  std::string text;
  for (const auto& [number, nodes] : by_number) {
    const auto& emptied = pruning.emptied;
    const bool is_gone = std::find(emptied.begin(), emptied.end(), number) != emptied.end();
    if (nodes.empty()) {
      text += fmt::format("removed generation {}: unfinished or empty\n", number);
    } else {
      text += fmt::format("removed {}generation {}: {}\n", is_gone ? "" : "from ", number,
                          Join(nodes, ", "));
    }
  }
  return text;
}

// One line per node and reason.
std::string Held(const std::vector<generations::Held>& held) {
  std::vector<std::pair<const generations::Held*, std::vector<int>>> groups;
  for (const generations::Held& one : held) {
    const auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& known) {
      return known.first->what.node == one.what.node && known.first->why == one.why;
    });
    if (group == groups.end()) {
      groups.emplace_back(&one, std::vector<int>{one.what.number});
    } else {
      group->second.push_back(one.what.number);
    }
  }
  std::string text;
  for (const auto& [one, numbers] : groups) {
    text += fmt::format("held {} of {}: {}\n", Generations(numbers), one->what.node,
                        Printable(one->why));
  }
  return text;
}

std::string HowToFree(const std::vector<generations::Held>& held) {
  std::vector<std::string> nodes;
  for (const generations::Held& one : held) {
    if (std::find(nodes.begin(), nodes.end(), one.what.node) == nodes.end()) {
      nodes.push_back(one.what.node);
    }
  }
  if (nodes.empty()) return {};
  return fmt::format(
      "to free them: shut {} down and prune again; --assume-down NODE if you know that it is off\n",
      Join(nodes, ", "));
}

}  // namespace

std::string UpdateText(const engine::Updated& updated) {
  const std::string skipped = Skipped(updated.skipped);
  if (updated.number == 0) {
    return skipped + Pruned(updated.pruned) +
           (updated.skipped.empty() ? "nothing to do: the content is what the nodes have already\n"
                                    : "no generation was made\n");
  }
  return MoveTable(updated.moved) + skipped + Pruned(updated.pruned) +
         KeepRunning(updated.at_next_boot, updated.moved.size(), "old") +
         fmt::format("generation {} made for {}, kernel {}\n", updated.number,
                     Count(updated.moved.size(), "node"), Printable(updated.kernel));
}

std::string RollbackText(const engine::RolledBack& rolled_back) {
  const auto& moved = rolled_back.moved;
  if (moved.empty()) return "nothing to do: no node has a generation to go back from\n";
  const bool is_same = std::all_of(moved.begin(), moved.end(), [&](const Move& move) {
    return move.from == moved[0].from && move.to == moved[0].to;
  });
  return MoveTable(moved) + KeepRunning(rolled_back.at_next_boot, moved.size(), "present") +
         (is_same ? fmt::format("{} back from generation {} to {}\n", Count(moved.size(), "node"),
                                moved[0].from, moved[0].to)
                  : fmt::format("{} back to the generation before\n", Count(moved.size(), "node")));
}

std::string PruneText(const generations::Pruning& pruning) {
  const std::string text = Removed(pruning) + Held(pruning.held) + HowToFree(pruning.held);
  if (text.empty()) return "nothing to remove\n";
  const std::string removed = !pruning.remove.empty() ? Count(pruning.remove.size(), "root")
                              : !pruning.emptied.empty()
                                  ? Count(pruning.emptied.size(), "generation")
                                  : "nothing";
  const std::string held =
      pruning.held.empty() ? "" : fmt::format(", {} held", pruning.held.size());
  return text + fmt::format("{} removed{}\n", removed, held);
}

}  // namespace zprov::cli
