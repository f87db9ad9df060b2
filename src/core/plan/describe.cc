#include "core/plan/describe.h"

#include <fmt/format.h>

#include "core/plan/text_diff.h"
#include "util/strings.h"

namespace zprov::plan {
namespace {

struct Kinds {
  std::string_view operator()(const MakeDirectory&) const { return "make-directory"; }
  std::string_view operator()(const MakeSubvolume&) const { return "make-subvolume"; }
  std::string_view operator()(const WriteFile&) const { return "write-file"; }
  std::string_view operator()(const RetireFile&) const { return "retire-file"; }
  std::string_view operator()(const MakeSymlink&) const { return "make-symlink"; }
  std::string_view operator()(const MoveHome&) const { return "move-home"; }
  std::string_view operator()(const DropOldHome&) const { return "drop-old-home"; }
  std::string_view operator()(const AdoptRoot&) const { return "adopt-root"; }
  std::string_view operator()(const MakeGeneration&) const { return "make-generation"; }
  std::string_view operator()(const SetUpBridge&) const { return "set-up-bridge"; }
  std::string_view operator()(const SetUpLink&) const { return "set-up-link"; }
  std::string_view operator()(const RunProgram&) const { return "run-program"; }
};

constexpr size_t kMostNamed = 6;  // more nodes than that are counted

std::string NamesOf(const std::vector<std::string>& nodes) {
  if (nodes.size() <= kMostNamed) return Join(nodes, ", ");
  return fmt::format("{} nodes, {} to {}", nodes.size(), nodes.front(), nodes.back());
}

struct Titles {
  std::string operator()(const MakeDirectory& step) const { return "make directory " + step.path; }
  std::string operator()(const MakeSubvolume& step) const { return "make subvolume " + step.path; }
  std::string operator()(const WriteFile& step) const {
    return (step.before ? "change " : "write ") + step.path;
  }
  std::string operator()(const RetireFile& step) const {
    return fmt::format("retire {} (a copy stays below {})", step.path, step.keep_below);
  }
  std::string operator()(const MakeSymlink& step) const {
    return fmt::format("make symlink {} -> {}", step.path, step.target);
  }
  std::string operator()(const MoveHome& step) const {
    return fmt::format("move {} into subvolume {}", step.from, step.to);
  }
  std::string operator()(const DropOldHome& step) const { return "remove " + step.move.parked; }
  std::string operator()(const AdoptRoot& step) const {
    return fmt::format("adopt {} as generation 0 of {}", step.root, step.node);
  }
  std::string operator()(const MakeGeneration& step) const {
    return fmt::format("make generation {} of {} for {}", step.number, step.source,
                       NamesOf(step.nodes));
  }
  std::string operator()(const SetUpBridge& step) const {
    return fmt::format("set up bridge {} with {}", step.name, step.address.ToString());
  }
  std::string operator()(const SetUpLink& step) const {
    if (step.link == step.name) return "set up link " + step.name;
    return fmt::format("set up link {} as {}", step.link, step.name);
  }
  std::string operator()(const RunProgram& step) const { return "run " + Join(step.argv, " "); }
};

std::string Settings(const std::optional<Mac>& mac, const std::optional<uint32_t>& mtu) {
  std::string text;
  if (mac) text += fmt::format("  mac {}\n", mac->ToString());
  if (mtu) text += fmt::format("  mtu {}\n", *mtu);
  return text;
}

struct Details {
  std::string operator()(const MakeDirectory&) const { return {}; }
  std::string operator()(const MakeSubvolume&) const { return {}; }
  std::string operator()(const WriteFile& step) const {
    return UnifiedDiff(step.before.value_or(""), step.after);
  }
  std::string operator()(const RetireFile&) const { return {}; }
  std::string operator()(const MakeSymlink&) const { return {}; }
  std::string operator()(const MoveHome&) const { return {}; }
  std::string operator()(const DropOldHome&) const { return {}; }
  std::string operator()(const AdoptRoot&) const { return {}; }
  std::string operator()(const MakeGeneration& step) const {
    return fmt::format("  kernel {}\n", step.kernel);
  }
  std::string operator()(const SetUpBridge& step) const { return Settings(step.mac, step.mtu); }
  std::string operator()(const SetUpLink& step) const {
    return Settings(step.mac, step.mtu) + fmt::format("  master {}\n", step.master) +
           (step.isolated.value_or(false) ? "  isolated from other nodes\n" : "");
  }
  std::string operator()(const RunProgram&) const { return {}; }
};

}  // namespace

std::string_view Name(Risk risk) {
  switch (risk) {
    case Risk::kLiveSafe:
      return "live-safe";
    case Risk::kNextBoot:
      return "at next boot";
    case Risk::kNodeDown:
      return "needs the node down";
  }
  return "unknown";
}

std::string_view KindOf(const Action& action) { return std::visit(Kinds{}, action); }
std::string Title(const Action& action) { return std::visit(Titles{}, action); }
std::string Detail(const Action& action) { return std::visit(Details{}, action); }

}  // namespace zprov::plan
