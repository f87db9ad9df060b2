#include "adapters/tree_compare.h"

#include <map>
#include <optional>
#include <string>

#include "adapters/attributes.h"
#include "adapters/directory.h"
#include "adapters/entry.h"

namespace zprov::adapters {
namespace {

using Kind = os::Difference::Kind;

constexpr size_t kMostDifferences = 100000;  // os::Comparison

class TreeComparison {
 public:
  Result<os::Comparison> Run(const Fd& first, const Fd& second) {
    ZPROV_ASSIGN(const Entry a, LookAt(first, "."));
    ZPROV_ASSIGN(const Entry b, LookAt(second, "."));
    ++comparison_.entries;
    first_top_ = a.status;
    second_top_ = b.status;
    ZPROV_ASSIGN(const auto kind, CompareEntries(a, b, &comparison_.bytes));
    if (kind) Note(*kind, "", &a, &b);
    ZPROV_TRY(Directories(first, second, ""));
    return std::move(comparison_);
  }

 private:
  // Goes through the names of both in step, as a merge does.
  Result<void> Directories(const Fd& first, const Fd& second, const std::string& path) {
    ZPROV_ASSIGN(const auto names_a, NamesIn(first));
    ZPROV_ASSIGN(const auto names_b, NamesIn(second));
    auto a = names_a.begin();
    auto b = names_b.begin();
    while (a != names_a.end() || b != names_b.end()) {
      if (b == names_b.end() || (a != names_a.end() && *a < *b)) {
        ZPROV_ASSIGN(const Entry entry, LookAt(first, *a));
        OnlyOne(Kind::kMissing, PathBelow(path, *a++), &entry, nullptr);
      } else if (a == names_a.end() || *b < *a) {
        ZPROV_ASSIGN(const Entry entry, LookAt(second, *b));
        OnlyOne(Kind::kExtra, PathBelow(path, *b++), nullptr, &entry);
      } else {
        ZPROV_TRY(Both(first, second, path, *a));
        ++a;
        ++b;
      }
    }
    return {};
  }

  Result<void> Both(const Fd& first, const Fd& second, const std::string& path,
                    const std::string& name) {
    const std::string at = PathBelow(path, name);
    auto entered = Here(first, second, at, name);
    if (!entered) return While(at, entered.error());
    if (!*entered) return {};
    ZPROV_ASSIGN(const Fd below_a, OpenDirectory(first.number(), name));
    ZPROV_ASSIGN(const Fd below_b, OpenDirectory(second.number(), name));
    return Directories(below_a, below_b, at);
  }

  // Compares the two entries `name`; says whether both are directories to be entered.
  Result<bool> Here(const Fd& first, const Fd& second, const std::string& at,
                    const std::string& name) {
    ZPROV_ASSIGN(const Entry a, LookAt(first, name));
    ZPROV_ASSIGN(const Entry b, LookAt(second, name));
    ++comparison_.entries;
    ZPROV_ASSIGN(const auto kind, CompareEntries(a, b, &comparison_.bytes));
    if (kind) Note(*kind, at, &a, &b);
    if (!LinkedAlike(a, b)) Note(Kind::kLinks, at, &a, &b);
    return IsDirectory(a.status) && IsDirectory(b.status) && SameFilesystem(a.status, first_top_) &&
           SameFilesystem(b.status, second_top_);
  }

  // False when an earlier name of `first`'s file is another file than `second` in its tree.
  bool LinkedAlike(const Entry& first, const Entry& second) {
    if (IsDirectory(first.status) || first.status.stx_nlink < 2) return true;
    const auto [it, fresh] = partners_.emplace(IdOf(first), IdOf(second));
    return fresh || it->second == IdOf(second);
  }

  void OnlyOne(Kind kind, std::string path, const Entry* first, const Entry* second) {
    ++comparison_.entries;
    Note(kind, std::move(path), first, second);
  }

  void Note(Kind kind, std::string path, const Entry* first, const Entry* second) {
    ++comparison_.count;
    if (comparison_.differences.size() >= kMostDifferences) return;
    os::Difference difference{kind, std::move(path), 0, 0, 0};
    if (first != nullptr) {
      difference.first_modified_ns = Nanoseconds(first->status.stx_mtime);
      difference.first_changed_ns = Nanoseconds(first->status.stx_ctime);
    }
    if (second != nullptr) {
      difference.second_modified_ns = Nanoseconds(second->status.stx_mtime);
    }
    comparison_.differences.push_back(std::move(difference));
  }

  os::Comparison comparison_;
  struct statx first_top_ = {};
  struct statx second_top_ = {};
  std::map<FileId, FileId> partners_;  // a file of the first tree with several names → its partner
};

}  // namespace

Result<os::Comparison> CompareTrees(const Fd& first, const Fd& second) {
  return TreeComparison().Run(first, second);
}

}  // namespace zprov::adapters
