#include "sim/nfs.h"

#include <algorithm>

#include "sim/os/files.h"
#include "sim/os/trees.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::sim {

namespace {

constexpr std::chrono::seconds kCacheTime{1800};  // fixtures/kernels/README.md, NFS
constexpr uint64_t kExportsLimit = 1 << 20;       // bytes
constexpr uint64_t kFileLimit = 1 << 24;          // bytes

// "*", or a network.
bool HoldsMany(const std::string& client, Ipv4 address) {
  if (client == "*") return true;
  const auto network = InterfaceAddress::Parse(client);
  return network.has_value() && network->Contains(address);
}

bool IsKnownClient(const std::string& client) {
  return client == "*" || InterfaceAddress::Parse(client).has_value() ||
         Ipv4::Parse(client).has_value();
}

// The clients of one line, "192.168.7.33(rw,async)"; nothing for what is not simulated.
std::optional<std::vector<NfsExport>> ParseLine(std::string_view line) {
  const auto words = Words(line);
  if (words.size() < 2 || !words[0].starts_with('/')) return std::nullopt;
  if (words[0].find_first_of("\\\"") != std::string_view::npos) return std::nullopt;
  std::vector<NfsExport> exports;
  for (size_t i = 1; i < words.size(); ++i) {
    const size_t open = words[i].find('(');
    if (open == std::string_view::npos || !words[i].ends_with(')')) return std::nullopt;
    if (words[i].find("fsid=") != std::string_view::npos) return std::nullopt;
    const std::string client(words[i].substr(0, open));
    if (!IsKnownClient(client)) return std::nullopt;
    exports.push_back({std::string(words[0]), client});
  }
  return exports;
}

tl::unexpected<Error> Stale() {
  return Fail(ErrorKind::kGone, "stale file handle: mount it again");
}

}  // namespace

ProgramRun NfsServer::Exportfs(const std::vector<std::string>& argv) {
  if (argv.size() != 2 || (argv[1] != "-ra" && argv[1] != "-r"))
    return {.error = "exportfs: the simulated one knows only -ra and -r\n", .exit_code = 1};
  ++changes_;
  exports_.clear();
  to_one_.clear();
  to_many_.clear();
  cache_.clear();
  Files files(view_);
  const std::string text = files.Read("/etc/exports", kExportsLimit).value_or("");
  ProgramRun run;
  for (std::string_view whole : Split(text, '\n')) {
    const std::string_view line = Trim(whole.substr(0, whole.find('#')));
    if (line.empty()) continue;
    const auto parsed = ParseLine(line);
    if (!parsed.has_value())
      return {.error = "exportfs: not simulated: " + std::string(line) + "\n", .exit_code = 1};
    for (NfsExport one : *parsed) {
      const auto real = files.Resolve(one.path);
      if (!real.has_value()) run.error += "exportfs: Failed to stat " + one.path + "\n";
      one.path = real.value_or(one.path);
      const auto address = Ipv4::Parse(one.client);
      (address.has_value() ? to_one_[*address] : to_many_).push_back(exports_.size());
      exports_.push_back(std::move(one));
    }
  }
  return run;
}

std::vector<const NfsExport*> NfsServer::ExportsTo(Ipv4 client) const {
  std::vector<const NfsExport*> exports;
  if (const auto own = to_one_.find(client); own != to_one_.end()) {
    for (const size_t place : own->second) exports.push_back(&exports_[place]);
  }
  for (const size_t place : to_many_) {
    if (HoldsMany(exports_[place].client, client)) exports.push_back(&exports_[place]);
  }
  return exports;
}

std::optional<Node> NfsServer::ExportOf(Ipv4 client, std::string_view real) const {
  std::optional<Node> nearest;
  size_t longest = 0;
  for (const NfsExport* const one : ExportsTo(client)) {
    if (!IsBelow(real, one->path)) continue;
    if (nearest.has_value() && one->path.size() <= longest) continue;
    const auto found = view_.Directory(one->path, Last::kKeep);
    if (!found.has_value()) continue;
    nearest = found->node;
    longest = one->path.size();
  }
  return nearest;
}

Result<NfsMount> NfsServer::Mount(NfsVersion version, Ipv4 client, std::string_view path) {
  ZPROV_ASSIGN(const Found found, view_.Existing(path, Last::kFollow));
  if (version == NfsVersion::k4 && found.path != path)
    return Fail(ErrorKind::kNotFound, std::string(path) + ": version 4 follows no symlink on the " +
                                          "server: mount " + found.path);
  ZPROV_ASSIGN(const Found directory, view_.Directory(found.path, Last::kKeep));
  const auto exported = ExportOf(client, directory.path);
  if (!exported.has_value())
    return Fail(version == NfsVersion::k3 ? ErrorKind::kPermission : ErrorKind::kNotFound,
                directory.path + ": not exported to " + client.ToString());
  NfsMount mount{client, *exported, *directory.node};
  ZPROV_TRY(Serve(mount));
  return mount;
}

// Is any export of that client this directory, whatever it is called now?
bool NfsServer::IsExported(Ipv4 client, const Node& exported) const {
  return std::ranges::any_of(ExportsTo(client), [&](const NfsExport* one) {
    const auto found = view_.NodeAt(one->path, Last::kKeep);
    return found.has_value() && *found == exported;
  });
}

bool NfsServer::IsStale(const NfsMount& mount) const {
  const Disk& disk = view_.disk();
  if (!disk.Exists(mount.exported) || !disk.Exists(mount.root)) return true;
  const auto known = cache_.find({mount.client.number, mount.exported});
  if (known != cache_.end() && disk.clock().Now() < known->second) return false;
  return !IsExported(mount.client, mount.exported);
}

// What the kernel knows already, or learns by asking mountd.
bool NfsServer::MayReach(Ipv4 client, const Node& exported) {
  const os::Moment now = view_.disk().clock().Now();
  const Key key{client.number, exported};
  const auto known = cache_.find(key);
  if (known != cache_.end() && now < known->second) return true;
  cache_.erase(key);
  const bool is_exported = IsExported(client, exported);
  if (is_exported) cache_[key] = now + kCacheTime;
  return is_exported;
}

Result<View> NfsServer::Serve(const NfsMount& mount) {
  const Disk& disk = view_.disk();
  if (!disk.Exists(mount.exported) || !disk.Exists(mount.root)) return Stale();
  if (!MayReach(mount.client, mount.exported)) return Stale();
  Found root;
  root.node = mount.root;
  root.path = "/";
  return view_.Inside(root);
}

Result<std::string> NfsServer::Read(const NfsMount& mount, std::string_view path) {
  ZPROV_ASSIGN(const View view, Serve(mount));
  return Files(view).Read(path, kFileLimit);
}

Result<void> NfsServer::Write(const NfsMount& mount, std::string_view path,
                              std::string_view content) {
  ZPROV_ASSIGN(const View view, Serve(mount));
  for (size_t at = path.find('/', 1); at != std::string_view::npos; at = path.find('/', at + 1)) {
    const auto made = Trees(view).MakeDirectory(path.substr(0, at), 0755);
    if (!made.has_value() && made.error().kind != ErrorKind::kExists) {
      return tl::make_unexpected(made.error());
    }
  }
  return Files(view).Write(path, content, 0644);
}

Result<void> NfsServer::Remove(const NfsMount& mount, std::string_view path) {
  ZPROV_ASSIGN(const View view, Serve(mount));
  return Trees(view).Remove(path);
}

}  // namespace zprov::sim
