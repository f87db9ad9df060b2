#include "engine/lint.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/bootset/kernel_image.h"
#include "core/generations/layout.h"
#include "core/lint/config_txt.h"
#include "core/lint/module_names.h"
#include "core/render/renderers.h"
#include "engine/generations.h"
#include "engine/inside_root.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

constexpr uint64_t kMostText = 64 << 10;                // bytes of config.txt or cmdline.txt
constexpr uint64_t kMostList = 16 << 20;                // of modules.dep; Debian's has half a MB
constexpr uint64_t kMostOfAFile = uint64_t{512} << 20;  // of a file: a Zero's whole memory
constexpr uint64_t kKernelHead = 4096;                  // of a kernel: more than its header
// A Zero's memory again, with room for a listing of what it could not unpack.
constexpr os::ArchiveLimits kInitramfs{.entries = 200'000, .bytes = uint64_t{1} << 30};

using Files = std::map<std::string, lint::Served>;

template <typename T>
Result<std::optional<T>> IfThere(Result<T> result) {
  if (result) return std::move(*result);
  const bool is_absent = result.error().kind == ErrorKind::kNotFound ||
                         result.error().kind == ErrorKind::kNotDirectory;
  if (is_absent) return std::nullopt;
  return tl::make_unexpected(std::move(result).error());
}

Result<std::optional<gadget::KernelVersion>> HostKernel(os::System& system) {
  if (system.live == nullptr) return std::nullopt;
  ZPROV_ASSIGN(const auto text, IfThere(system.files.Read("/proc/version", kMostText)));
  if (!text) return std::nullopt;
  return gadget::UpstreamVersion(*text);
}

Result<std::set<std::string>> ModulesIn(os::InsideRoot& root, const std::string& path) {
  ZPROV_ASSIGN(const auto text, IfThere(root.files().Read(path, kMostList)));
  return text ? lint::ModulesListed(*text) : std::set<std::string>();
}

// Nothing when the root has no lib/modules/VERSION.
Result<std::optional<lint::Modules>> ModulesOf(os::System& system, const std::string& root_path,
                                               const std::string& version) {
  ZPROV_ASSIGN(const auto root, system.roots.Open(root_path));
  const std::string directory = JoinPath("/lib/modules", version);
  ZPROV_ASSIGN(const auto resolved, RealPath(*root, directory));
  if (!resolved) return std::nullopt;
  lint::Modules modules;
  ZPROV_ASSIGN(modules.built_in, ModulesIn(*root, JoinPath(directory, "modules.builtin")));
  ZPROV_ASSIGN(modules.loadable, ModulesIn(*root, JoinPath(directory, "modules.dep")));
  return modules;
}

// Reads one generation; what nodes share is read once.
class Linting {
 public:
  Linting(os::System& system, const spec::ClusterSpec& spec, const LintOrder& order)
      : system_(system), spec_(spec), order_(order) {}

  Result<lint::Facts> Run() {
    facts_.kernel = order_.kernel;
    ZPROV_ASSIGN(facts_.host_kernel, HostKernel(system_));
    if (!order_.kernel.empty()) {
      ZPROV_ASSIGN(facts_.modules,
                   ModulesOf(system_, generations::BasePath(spec_, order_.number), order_.kernel));
    }
    for (const std::string& name : order_.nodes) {
      const auto node = std::ranges::find(spec_.nodes, name, &spec::Node::name);
      if (node != spec_.nodes.end()) ZPROV_TRY(Add(*node));
    }
    return std::move(facts_);
  }

 private:
  Result<void> Add(const spec::Node& node) {
    const std::string own = generations::BootOf(spec_, order_.number, node.name);
    ZPROV_ASSIGN(const auto directory, IfThere(system_.files.Resolve(own)));
    if (!directory) return {};  // made by hand, without a port: nobody knows where
    lint::NodeBoot boot;
    boot.node = node.name;
    boot.place = *directory;
    ZPROV_ASSIGN(boot.files, FilesIn(*directory));
    ZPROV_TRY(AddOverlay(node, boot));
    boot.roots = {generations::RootOf(spec_, order_.number, node.name),
                  generations::StablePath(spec_, node.name)};
    if (spec_.mode == spec::Mode::kCompatible) std::ranges::reverse(boot.roots);
    ZPROV_ASSIGN(boot.cmdline,
                 TextOf(boot, "cmdline.txt", render::Cmdline(spec_, node, boot.roots.front())));
    ZPROV_ASSIGN(boot.config, TextOf(boot, "config.txt", render::Config(spec_, node)));
    // Made alike for all nodes: what is wrong with it is said once.
    if (!boot.files->contains("config.txt")) boot.config.where = "config.txt";
    ZPROV_TRY(ReadInitramfs(boot));
    ZPROV_TRY(ReadKernel(boot));
    facts_.nodes.push_back(std::move(boot));
    return {};
  }

  // Its own file, or what zprov makes when the board asks.
  Result<lint::Text> TextOf(const lint::NodeBoot& boot, const std::string& name,
                            const render::ManagedFile& made) {
    const auto own = boot.files->find(name);
    if (own == boot.files->end()) return lint::Text{made.name, render::PlainContent(made)};
    ZPROV_ASSIGN(std::string content, system_.files.Read(own->second.path, kMostText));
    return lint::Text{own->second.path, std::move(content)};
  }

  // The directory of generation 0 is the procedure's own /x/sboot, ports and all, until the node
  // gets a later one.
  Result<bool> IsByHand(const spec::Node& node) {
    ZPROV_ASSIGN(const auto nought,
                 IfThere(system_.files.Resolve(generations::BootOf(spec_, 0, node.name))));
    ZPROV_ASSIGN(const auto procedures, IfThere(system_.files.Resolve(spec_.storage.boot)));
    return nought && nought == procedures;
  }

  // What is in /x/sboot/PORT comes before the boot set: the operator's natively, and the hand's.
  Result<void> AddOverlay(const spec::Node& node, lint::NodeBoot& boot) {
    if (!node.usb) return {};
    const bool is_native = spec_.mode == spec::Mode::kNative;
    ZPROV_ASSIGN(const bool is_by_hand, IsByHand(node));
    const bool counts = is_by_hand ? order_.number == 0 : is_native;
    const std::string path = JoinPath(spec_.storage.boot, node.usb->ToString());
    ZPROV_ASSIGN(const auto overlay, IfThere(system_.files.Resolve(path)));
    if (!counts || !overlay) return {};
    ZPROV_ASSIGN(Files files, FilesIn(*overlay));
    if (files.empty()) return {};
    boot.place = *overlay + " and " + boot.place;
    for (auto& [name, served] : files) (*boot.files)[name] = std::move(served);
    return {};
  }

  Result<Files> FilesIn(const std::string& directory) {
    const auto known = directories_.find(directory);
    if (known != directories_.end()) return known->second;
    Files files;
    for (const char* below : {"", "overlays"}) {
      const std::string path = *below == '\0' ? directory : JoinPath(directory, below);
      ZPROV_ASSIGN(const auto names, IfThere(system_.trees.List(path)));
      for (const std::string& name : names.value_or(std::vector<std::string>())) {
        const std::string served = *below == '\0' ? name : JoinPath(below, name);
        ZPROV_TRY(AddFile(JoinPath(path, name), served, files));
      }
    }
    directories_[directory] = files;
    return files;
  }

  Result<void> AddFile(const std::string& path, const std::string& name, Files& files) {
    ZPROV_ASSIGN(const auto resolved, IfThere(system_.files.Resolve(path)));
    if (!resolved) return {};
    ZPROV_ASSIGN(const auto status, system_.files.Status(*resolved));
    if (!status || status->type != os::FileType::kRegular) return {};
    ZPROV_ASSIGN(std::string shared, TheSame(name, {*resolved, *status}));
    files[name] = {std::move(shared), status->size};
    return {};
  }

  struct Found {
    std::string path;
    os::FileStatus status;
  };

  // Compatibly each node has a snapshot of the one boot set: what is in it unchanged counts as the
  // boot set's own, and is read once. What replaced a file has a later inode.
  Result<std::string> TheSame(const std::string& name, const Found& found) {
    const std::string original = JoinPath(generations::BootPath(spec_, order_.number), name);
    if (order_.number == 0 || !IsBelow(found.path, generations::Directory(spec_, order_.number))) {
      return found.path;
    }
    ZPROV_ASSIGN(const auto status, system_.files.Status(original));
    const bool is_same = status && status->inode == found.status.inode &&
                         status->size == found.status.size &&
                         status->changed_ns == found.status.changed_ns;
    return is_same ? original : found.path;
  }

  Result<void> ReadInitramfs(const lint::NodeBoot& boot) {
    for (const std::string& name : lint::ParseConfigTxt(boot.config.content).initramfs) {
      const auto served = boot.files->find(name);
      if (served == boot.files->end() || facts_.initramfs.contains(served->second.path)) continue;
      ZPROV_ASSIGN(facts_.initramfs[served->second.path], ListingOf(served->second.path));
    }
    return {};
  }

  // What it says of itself, for its first bytes.
  Result<void> ReadKernel(const lint::NodeBoot& boot) {
    const auto served = boot.files->find(lint::ParseConfigTxt(boot.config.content).kernel);
    if (served == boot.files->end() || kernels_.contains(served->second.path)) return {};
    kernels_.insert(served->second.path);
    ZPROV_ASSIGN(const std::string head, system_.files.ReadStart(served->second.path, kKernelHead));
    const auto stated = bootset::StatedSize(head);
    if (stated) facts_.kernel_sizes[served->second.path] = *stated;
    return {};
  }

  Result<lint::Initramfs> ListingOf(const std::string& path) {
    ZPROV_ASSIGN(const std::string content, system_.files.Read(path, kMostOfAFile));
    auto listed = system_.archives.List(content, kInitramfs);
    lint::Initramfs initramfs;
    if (!listed) {
      const ErrorKind kind = listed.error().kind;
      const bool is_its_own = kind == ErrorKind::kInvalid || kind == ErrorKind::kTooLarge;
      if (!is_its_own) return While("list " + path, std::move(listed).error());
      initramfs.unreadable = listed.error().message;
      return initramfs;
    }
    for (os::ArchiveEntry& entry : *listed) initramfs.names.insert(std::move(entry.name));
    return initramfs;
  }

  os::System& system_;
  const spec::ClusterSpec& spec_;
  const LintOrder& order_;
  lint::Facts facts_;
  std::map<std::string, Files> directories_;
  std::set<std::string> kernels_;  // whose head was read
};

}  // namespace

Result<lint::Findings> LintSpec(os::System& system, const spec::ClusterSpec& spec) {
  lint::Facts facts;
  ZPROV_ASSIGN(facts.host_kernel, HostKernel(system));
  for (const spec::Node& node : spec.nodes) {
    lint::NodeBoot boot;
    boot.node = node.name;
    boot.place = "cluster.toml";
    boot.roots = {render::RootPath(spec, node)};
    const render::ManagedFile cmdline = render::Cmdline(spec, node);
    boot.cmdline = {cmdline.name, render::PlainContent(cmdline)};
    facts.nodes.push_back(std::move(boot));
  }
  return lint::Lint(spec, facts);
}

Result<lint::Findings> LintGeneration(os::System& system, const spec::ClusterSpec& spec,
                                      const LintOrder& order) {
  ZPROV_ASSIGN(const lint::Facts facts, Linting(system, spec, order).Run());
  return lint::Lint(spec, facts);
}

Result<std::optional<lint::Findings>> LintCurrent(os::System& system,
                                                  const spec::ClusterSpec& spec) {
  ZPROV_ASSIGN(const generations::Store store, ObserveGenerations(system, spec));
  std::map<int, LintOrder> orders;
  for (const auto& [node, number] : store.current) {
    const auto generation = store.generations.find(number);
    if (generation == store.generations.end()) continue;
    LintOrder& order = orders[number];
    order.number = number;
    order.kernel = generation->second.record.kernel;
    order.nodes.push_back(node);
  }
  if (orders.empty()) return std::nullopt;
  lint::Findings all;
  for (const auto& [number, order] : orders) {
    ZPROV_ASSIGN(lint::Findings findings, LintGeneration(system, spec, order));
    all.insert(all.end(), findings.begin(), findings.end());
  }
  return all;
}

}  // namespace zprov::engine
