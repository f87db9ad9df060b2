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
constexpr const char* kModules = "/lib/modules";

// The tree that a boot set is made from.
class SourceTree {
 public:
  static Result<SourceTree> Open(os::System& system, const spec::ClusterSpec& spec,
                                 const std::string& base) {
    SourceTree tree;
    ZPROV_ASSIGN(tree.base_, system.roots.Open(base));
    ZPROV_ASSIGN(tree.source_, system.roots.Open(spec.storage.source));
    ZPROV_ASSIGN(const auto root, tree.source_->files().Status("/"));
    if (root) tree.filesystem_ = root->filesystem;
    return tree;
  }

  // What the nodes will have.
  os::InsideRoot& Base() { return *base_; }

  // Where `path` is to be read: in the base, unless another file system (a FAT /boot) or subvolume
  // holds it, which is in no snapshot.
  Result<os::InsideRoot*> Holding(const std::string& path) {
    ZPROV_ASSIGN(const auto resolved, RealPath(*source_, path));
    if (!resolved) return base_.get();
    ZPROV_ASSIGN(const auto status, source_->files().Status(*resolved));
    const bool is_elsewhere = status && status->filesystem != filesystem_;
    return is_elsewhere ? source_.get() : base_.get();
  }

 private:
  std::unique_ptr<os::InsideRoot> base_;
  std::unique_ptr<os::InsideRoot> source_;
  uint64_t filesystem_ = 0;
};

// What is at the end of `path`'s symlinks; nothing when nothing is.
Result<std::optional<os::FileStatus>> StatusBehind(os::InsideRoot& root, const std::string& path) {
  ZPROV_ASSIGN(const auto resolved, RealPath(root, path));
  if (!resolved) return std::nullopt;
  return root.files().Status(*resolved);
}

Result<std::vector<std::string>> NamesIn(os::InsideRoot& root, const std::string& path) {
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
  ZPROV_ASSIGN(os::InsideRoot* const root, tree.Holding(path));
  ZPROV_ASSIGN(const auto names, NamesIn(*root, path));
  std::set<std::string> servable;
  for (const std::string& name : names) {
    ZPROV_ASSIGN(const auto status, StatusBehind(*root, JoinPath(path, name)));
    if (IsServable(status)) servable.insert(name);
  }
  return servable;
}

Result<std::set<std::string>> ModulesIn(os::InsideRoot& base) {
  ZPROV_ASSIGN(const auto names, NamesIn(base, kModules));
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

Result<std::string> ReadFrom(SourceTree& tree, const std::string& path) {
  ZPROV_ASSIGN(os::InsideRoot* const root, tree.Holding(ParentOf(path)));
  return root->files().Read(path, kMostBytes);
}

// The newest kernel that the boards can run, and all that goes with it.
Result<bootset::Choice> ChooseIn(SourceTree& tree, const spec::ClusterSpec& spec) {
  ZPROV_ASSIGN(const bootset::Available available, Observe(tree, spec));
  const bootset::Kernels kernels = bootset::KernelsIn(available, spec.boot_arch);
  std::vector<bootset::Rejected> rejected;
  for (const bootset::Kernel& kernel : kernels.usable) {
    ZPROV_ASSIGN(const std::string content, ReadFrom(tree, kernel.path));
    const bootset::KernelImage image = bootset::ImageOf(content);
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
  ZPROV_ASSIGN(os::InsideRoot* const root, tree.Holding(ParentOf(path)));
  ZPROV_ASSIGN(const auto status, StatusBehind(*root, path));
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
    ZPROV_ASSIGN(const std::string initramfs, Initramfs(tree, choice.version));
    ZPROV_TRY(system_.btrfs.Create(order_.to, 0755));
    if (auto filled = Fill(tree, choice, initramfs); !filled) {
      // What is half made would be taken for a boot set; the first error is the one that counts.
      (void)system_.btrfs.Delete(order_.to);
      return While("make the boot set " + order_.to, std::move(filled).error());
    }
    return choice.version;
  }

 private:
  Result<std::string> Initramfs(SourceTree& tree, const std::string& version) const {
    ZPROV_ASSIGN(const bool can_make, CanMakeInitramfs(tree));
    if (!can_make) return ReadFrom(tree, spec_.boot_initramfs);
    auto made = MakeInitramfs(system_, {order_.base, ScratchPath(order_.to), version}, notice_);
    if (made || made.error().kind != ErrorKind::kNotSupported) return made;
    if (!spec_.boot_initramfs.empty()) return ReadFrom(tree, spec_.boot_initramfs);
    return Fail(ErrorKind::kRefused,
                fmt::format("the source's mkinitramfs does not run on this machine ({}): install "
                            "qemu-user-static here, or name a ready-made file in boot.initramfs",
                            made.error().message));
  }

  Result<void> Fill(SourceTree& tree, const bootset::Choice& choice,
                    const std::string& initramfs) const {
    notice_({Notice::Kind::kProgress, fmt::format("boot set with kernel {}", choice.version)});
    ZPROV_TRY(system_.trees.MakeDirectory(JoinPath(order_.to, "overlays"), 0755));
    for (const bootset::ServedFile& file : choice.files) {
      ZPROV_ASSIGN(const std::string content, ReadFrom(tree, file.from));
      ZPROV_TRY(system_.files.WriteDraft(JoinPath(order_.to, file.name), content, 0644));
    }
    ZPROV_TRY(
        system_.files.WriteDraft(JoinPath(order_.to, bootset::kInitramfsName), initramfs, 0644));
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
