#include "sim/os/compare.h"

#include <map>
#include <set>

#include "sim/os/copy.h"

namespace zprov::sim {

namespace {

using Kind = os::Difference::Kind;

constexpr size_t kMaxDifferences = 100000;  // from os/trees.h

class TreeComparison {
 public:
  explicit TreeComparison(const Disk& disk) : disk_(disk) {}

  // What is at `path` in both, and what is below.
  void Pair(const Node& first, const Node& second, const std::string& path) {
    const Inode& a = disk_.Get(first);
    const Inode& b = disk_.Get(second);
    Here(first, second, path);
    if (a.type == os::FileType::kDirectory && b.type == os::FileType::kDirectory)
      Below(first, second, path);
  }

  os::Comparison Take() { return std::move(result_); }

 private:
  void Below(const Node& first, const Node& second, const std::string& path) {
    std::set<std::string, std::less<>> names;
    for (const auto& [name, entry] : disk_.Get(first).names) names.insert(name);
    for (const auto& [name, entry] : disk_.Get(second).names) names.insert(name);
    for (const std::string& name : names) {
      std::string below = path;
      if (!below.empty()) below += '/';
      below += name;
      const auto a = disk_.Child(first, name);
      const auto b = disk_.Child(second, name);
      if (a.has_value() && b.has_value()) {
        if (Entered(first, *a) && Entered(second, *b)) {
          Pair(*a, *b, below);
        } else {
          Here(Seen(*a), Seen(*b), below);
        }
      } else {
        ++result_.entries;
        Report(a.has_value() ? Kind::kMissing : Kind::kExtra, below,
               a.has_value() ? &disk_.Get(*a) : nullptr, b.has_value() ? &disk_.Get(*b) : nullptr);
      }
    }
  }

  bool Entered(const Node& parent, const Node& child) const {
    return child.tree == parent.tree && disk_.MountOver(child) == nullptr;
  }

  // With what is mounted there.
  Node Seen(const Node& node) const {
    const Mount* over = disk_.MountOver(node);
    return over == nullptr ? node : over->root;
  }

  void Here(const Node& first, const Node& second, const std::string& path) {
    const Inode& a = disk_.Get(first);
    const Inode& b = disk_.Get(second);
    ++result_.entries;
    if (!SameContent(a, b)) {
      Report(Kind::kContent, path, &a, &b);
    } else {
      if (a.type == os::FileType::kRegular) result_.bytes += a.content->size();
      if (!SameAttributes(a, b)) Report(Kind::kAttributes, path, &a, &b);
    }
    if (a.type == os::FileType::kDirectory) return;
    if (twins_.emplace(first, second).first->second != second) Report(Kind::kLinks, path, &a, &b);
  }

  void Report(Kind kind, const std::string& path, const Inode* first, const Inode* second) {
    ++result_.count;
    if (result_.differences.size() >= kMaxDifferences) return;
    os::Difference difference;
    difference.kind = kind;
    difference.path = path;
    if (first != nullptr) difference.first_modified_ns = first->modified_ns;
    if (first != nullptr) difference.first_changed_ns = first->changed_ns;
    if (second != nullptr) difference.second_modified_ns = second->modified_ns;
    result_.differences.push_back(std::move(difference));
  }

  const Disk& disk_;
  os::Comparison result_;
  std::map<Node, Node> twins_;  // files of the first tree and what they are in the second
};

}  // namespace

os::Comparison CompareTrees(const Disk& disk, const Node& first, const Node& second) {
  TreeComparison comparison(disk);
  comparison.Pair(first, second, "");
  return comparison.Take();
}

}  // namespace zprov::sim
