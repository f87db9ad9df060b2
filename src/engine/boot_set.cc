#include "engine/boot_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "core/bootset/boot_set.h"
#include "engine/initramfs.h"
#include "engine/inside_root.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

constexpr uint64_t kMostBytes = uint64_t{512} << 20;  // of one file: a Zero's whole memory
constexpr uint64_t kHeadBytes = 4096;                 // of a kernel, with all that tells its kind
constexpr const char* kModules = "/lib/modules";

// A root, and where it lies.
struct Tree {
  std::string path;
  std::unique_ptr<os::InsideRoot> inside;
};

// The tree that a boot set is made from.
class SourceTree {
 public:
  static Result<SourceTree> Open(os::System& system, const spec::ClusterSpec& spec,
                                 const std::string& base) {
    SourceTree tree;
    tree.base_.path = base;
    tree.source_.path = spec.storage.source;
    ZPROV_ASSIGN(tree.base_.inside, system.roots.Open(tree.base_.path));
    ZPROV_ASSIGN(tree.source_.inside, system.roots.Open(tree.source_.path));
    ZPROV_ASSIGN(const auto root, tree.source_.inside->files().Status("/"));
    if (root) tree.filesystem_ = root->filesystem;
    return tree;
  }

  // What the nodes will have.
  os::InsideRoot& Base() { return *base_.inside; }

  // Where `path` is to be read: in the base, unless another file system (a FAT /boot) or subvolume
  // holds it, which is in no snapshot.
  Result<const Tree*> Holding(const std::string& path) const {
    ZPROV_ASSIGN(const auto resolved, RealPath(*source_.inside, path));
    if (!resolved) return &base_;
    ZPROV_ASSIGN(const auto status, source_.inside->files().Status(*resolved));
    const bool is_elsewhere = status && status->filesystem != filesystem_;
    return is_elsewhere ? &source_ : &base_;
  }

 private:
  Tree base_;
  Tree source_;
  uint64_t filesystem_ = 0;
};

// What is at the end of `path`'s symlinks; nothing when nothing is.
Result<std::optional<os::FileStatus>> StatusBehind(os::InsideRoot& root, const std::string& path) {
  ZPROV_ASSIGN(const auto resolved, RealPath(root, path));
  if (!resolved) return std::nullopt;
  return root.files().Status(*resolved);
}

Result<std::vector<std::string>> NamesAt(os::InsideRoot& root, const std::string& path) {
  auto names = root.trees().List(path);
  const bool is_absent = !names && (names.error().kind == ErrorKind::kNotFound ||
                                    names.error().kind == ErrorKind::kNotDirectory);
  if (is_absent) return std::vector<std::string>{};
  return names;
}

bool IsServable(const std::optional<os::FileStatus>& status) {
  return status && status->type == os::FileType::kRegular && status->size > 0;
}

Result<std::set<std::string>> ServableIn(SourceTree& tree, const std::string& path) {
  ZPROV_ASSIGN(const Tree* const held, tree.Holding(path));
  ZPROV_ASSIGN(const auto names, NamesAt(*held->inside, path));
  std::set<std::string> servable;
  for (const std::string& name : names) {
    ZPROV_ASSIGN(const auto status, StatusBehind(*held->inside, JoinPath(path, name)));
    if (IsServable(status)) servable.insert(name);
  }
  return servable;
}

Result<std::set<std::string>> ModulesIn(os::InsideRoot& base) {
  ZPROV_ASSIGN(const auto names, NamesAt(base, kModules));
  std::set<std::string> modules;
  for (const std::string& name : names) {
    ZPROV_ASSIGN(const auto status, StatusBehind(base, JoinPath(kModules, name)));
    if (status && status->type == os::FileType::kDirectory) modules.insert(name);
  }
  return modules;
}

Result<bootset::Available> Observe(SourceTree& tree, const spec::ClusterSpec& spec) {
  bootset::Available available;
  available.from = spec.boot_from;
  ZPROV_ASSIGN(available.modules, ModulesIn(tree.Base()));
  for (const std::string& path : bootset::PlacesFor(spec.boot_from, available.modules)) {
    bootset::Place place{path, {}, {}};
    ZPROV_ASSIGN(place.files, ServableIn(tree, path));
    ZPROV_ASSIGN(place.overlays, ServableIn(tree, JoinPath(path, "overlays")));
    available.places.push_back(std::move(place));
  }
  return available;
}

Result<std::string> HeadOf(SourceTree& tree, const std::string& path) {
  ZPROV_ASSIGN(const Tree* const held, tree.Holding(ParentOf(path)));
  return held->inside->files().ReadStart(path, kHeadBytes);
}

// The newest kernel that the boards can run, and all that goes with it.
Result<bootset::Choice> ChooseIn(SourceTree& tree, const spec::ClusterSpec& spec) {
  ZPROV_ASSIGN(const bootset::Available available, Observe(tree, spec));
  const bootset::Kernels kernels = bootset::KernelsIn(available, spec.boot_arch);
  std::vector<bootset::Rejected> rejected;
  for (const bootset::Kernel& kernel : kernels.usable) {
    ZPROV_ASSIGN(const std::string head, HeadOf(tree, kernel.path));
    const bootset::KernelImage image = bootset::ImageOf(head);
    if (!bootset::CanBoot(image, spec.boot_arch)) {
      rejected.push_back({kernel, image});
      continue;
    }
    ZPROV_ASSIGN(bootset::Choice choice, bootset::Choose(available, spec, kernel));
    const auto passed = bootset::PassedOver(kernels, rejected, kernel);
    choice.warnings.insert(choice.warnings.begin(), passed.begin(), passed.end());
    return choice;
  }
  return tl::make_unexpected(bootset::NoKernel(available, kernels, rejected));
}

Result<bool> CanMakeInitramfs(SourceTree& tree) {
  ZPROV_ASSIGN(const auto status, StatusBehind(tree.Base(), kMkinitramfs));
  return IsServable(status);
}

Result<void> CheckReadyMade(SourceTree& tree, const std::string& path) {
  ZPROV_ASSIGN(const Tree* const held, tree.Holding(ParentOf(path)));
  ZPROV_ASSIGN(const auto status, StatusBehind(*held->inside, path));
  if (IsServable(status)) return {};
  return Fail(
      ErrorKind::kRefused,
      fmt::format("boot.initramfs: {} is missing in the source, or empty: put the initramfs "
                  "there, or name another",
                  path));
}

Result<void> CheckInitramfs(SourceTree& tree, const spec::ClusterSpec& spec) {
  if (!spec.boot_initramfs.empty()) return CheckReadyMade(tree, spec.boot_initramfs);
  ZPROV_ASSIGN(const bool can_make, CanMakeInitramfs(tree));
  if (can_make) return {};
  return Fail(
      ErrorKind::kRefused,
      fmt::format("nothing to make an initramfs with: no {} in the source: install it there "
                  "(apt install initramfs-tools), or name a ready-made file in "
                  "boot.initramfs",
                  kMkinitramfs));
}

// One run of MakeBootSet.
class Making {
 public:
  Making(os::System& system, const spec::ClusterSpec& spec, const BootSetOrder& order,
         const OnNotice& notice)
      : system_(system), spec_(spec), order_(order), notice_(notice) {}

  Result<std::string> Run() const {
    ZPROV_ASSIGN(SourceTree tree, SourceTree::Open(system_, spec_, order_.base));
    ZPROV_ASSIGN(const bootset::Choice choice, ChooseIn(tree, spec_));
    ZPROV_TRY(CheckInitramfs(tree, spec_));
    for (const std::string& warning : choice.warnings) {
      notice_({Notice::Kind::kWarning, warning});
    }
    ZPROV_TRY(system_.btrfs.Create(order_.to, 0755));
    if (auto filled = Fill(tree, choice); !filled) {
      // What is half made would be taken for a boot set; the first error is the one that counts.
      (void)system_.btrfs.Delete(order_.to);
      return While("make the boot set " + order_.to, std::move(filled).error());
    }
    return choice.version;
  }

 private:
  // Nothing of it goes through memory: a boot set has tens of megabytes, and a reflink costs none.
  Result<void> Serve(SourceTree& tree, const bootset::ServedFile& file) const {
    ZPROV_ASSIGN(const Tree* const held, tree.Holding(ParentOf(file.from)));
    ZPROV_ASSIGN(const std::string real, held->inside->files().Resolve(file.from));
    ZPROV_ASSIGN(const auto status, held->inside->files().Status(real));
    if (status && status->size > kMostBytes) {
      return Fail(ErrorKind::kTooLarge, file.from + " is larger than a board's memory");
    }
    return system_.trees.CopyFile(JoinPath(held->path, real.substr(1)),
                                  JoinPath(order_.to, file.name), 0644);
  }

  Result<void> ServeInitramfs(SourceTree& tree, const std::string& version) const {
    const bootset::ServedFile ready_made{spec_.boot_initramfs, bootset::kInitramfsName};
    ZPROV_ASSIGN(const bool can_make, CanMakeInitramfs(tree));
    if (!can_make) return Serve(tree, ready_made);
    const InitramfsOrder order{order_.base, ScratchPath(order_.to), version,
                               JoinPath(order_.to, bootset::kInitramfsName)};
    auto made = MakeInitramfs(system_, order, notice_);
    if (made || made.error().kind != ErrorKind::kNotSupported) return made;
    if (!spec_.boot_initramfs.empty()) return Serve(tree, ready_made);
    return Fail(ErrorKind::kRefused,
                fmt::format("the source's mkinitramfs does not run on this machine ({}): install "
                            "qemu-user-static here, or name a ready-made file in boot.initramfs",
                            made.error().message));
  }

  Result<void> Fill(SourceTree& tree, const bootset::Choice& choice) const {
    ZPROV_TRY(ServeInitramfs(tree, choice.version));
    notice_({Notice::Kind::kProgress, fmt::format("boot set with kernel {}", choice.version)});
    ZPROV_TRY(system_.trees.MakeDirectory(JoinPath(order_.to, "overlays"), 0755));
    for (const bootset::ServedFile& file : choice.files) ZPROV_TRY(Serve(tree, file));
    return system_.btrfs.SetAccess(order_.to, os::Access::kReadOnly);
  }

  os::System& system_;
  const spec::ClusterSpec& spec_;
  const BootSetOrder& order_;
  const OnNotice& notice_;
};

}  // namespace

std::string ScratchPath(const std::string& to) { return to + ".making"; }

Result<std::string> FindKernel(os::System& system, const spec::ClusterSpec& spec,
                               const std::string& source) {
  ZPROV_ASSIGN(SourceTree tree, SourceTree::Open(system, spec, source));
  ZPROV_ASSIGN(bootset::Choice choice, ChooseIn(tree, spec));
  ZPROV_TRY(CheckInitramfs(tree, spec));
  return std::move(choice.version);
}

Result<std::string> MakeBootSet(os::System& system, const spec::ClusterSpec& spec,
                                const BootSetOrder& order, const OnNotice& notice) {
  return Making(system, spec, order, notice).Run();
}

}  // namespace zprov::engine
