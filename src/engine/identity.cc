#include "engine/identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include "core/generations/layout.h"
#include "engine/make_directories.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::engine {
namespace {

constexpr uint64_t kMostOfAKey = 16384;  // an RSA key of 16384 bits has 13 KB as text

constexpr std::array kHostKeyFiles = {
    HostKeyFile{os::HostKeyKind::kRsa, "ssh_host_rsa_key"},
    HostKeyFile{os::HostKeyKind::kEcdsa, "ssh_host_ecdsa_key"},
    HostKeyFile{os::HostKeyKind::kEd25519, "ssh_host_ed25519_key"}};

// One node's directory in the store.
struct Keeper {
  os::System& system;
  std::string directory;
  std::string node;

  Result<std::optional<std::string>> Find(const std::string& name) const {
    auto content = system.files.Read(JoinPath(directory, name), kMostOfAKey);
    if (content) return std::optional(std::move(*content));
    if (content.error().kind == ErrorKind::kNotFound) return std::optional<std::string>();
    return tl::make_unexpected(std::move(content).error());
  }

  // On disk when it returns, name and all, but for the directory's own name.
  Result<void> Keep(const std::string& name, const std::string& content, uint32_t mode) const {
    ZPROV_TRY(MakeDirectories(system, ParentOf(directory), 0700));
    ZPROV_TRY(MakeDirectories(system, directory, 0700));
    ZPROV_TRY(system.files.Write(JoinPath(directory, name), content, mode));
    return system.files.SyncDirectory(directory);
  }
};

bool IsMachineId(std::string_view text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<std::string> MachineIdOf(const Keeper& keeper) {
  ZPROV_ASSIGN(auto kept, keeper.Find("machine-id"));
  if (!kept) {
    ZPROV_ASSIGN(const std::string made, keeper.system.identities.NewMachineId());
    ZPROV_TRY(keeper.Keep("machine-id", made + "\n", 0644));
    return made + "\n";
  }
  if (IsMachineId(Trim(*kept))) return std::move(*kept);
  return Fail(ErrorKind::kInvalid,
              fmt::format("{}/machine-id is no machine-id (32 hex digits): remove it, and {} gets "
                          "a new one",
                          keeper.directory, keeper.node));
}

// The private half is written last: where it is, the pair is whole. Without it nobody has used the
// public half, so both are made anew.
Result<os::HostKey> MakeKey(const Keeper& keeper, const HostKeyFile& file) {
  ZPROV_ASSIGN(os::HostKey key, keeper.system.identities.NewHostKey(file.kind));
  key.public_key += fmt::format(" root@{}\n", keeper.node);
  ZPROV_TRY(keeper.Keep(fmt::format("{}.pub", file.name), key.public_key, 0644));
  ZPROV_TRY(keeper.Keep(file.name, key.private_key, 0600));
  return key;
}

Result<os::HostKey> KeyOf(const Keeper& keeper, const HostKeyFile& file) {
  ZPROV_ASSIGN(auto private_key, keeper.Find(file.name));
  if (!private_key) return MakeKey(keeper, file);
  ZPROV_ASSIGN(auto public_key, keeper.Find(fmt::format("{}.pub", file.name)));
  if (public_key) return os::HostKey{std::move(*private_key), std::move(*public_key)};
  return Fail(ErrorKind::kInvalid,
              fmt::format("{0}/{1} has lost its public half: `ssh-keygen -y -f {0}/{1} "
                          ">{0}/{1}.pub` makes it again",
                          keeper.directory, file.name));
}

Result<std::vector<std::string>> PublicKeysOf(const Keeper& keeper) {
  std::vector<std::string> lines;
  for (const HostKeyFile& file : kHostKeyFiles) {
    ZPROV_ASSIGN(const auto private_key,
                 keeper.system.files.Status(JoinPath(keeper.directory, file.name)));
    ZPROV_ASSIGN(const auto text, keeper.Find(fmt::format("{}.pub", file.name)));
    if (!private_key || !text) continue;
    const auto words = Words(Trim(*text));
    if (words.size() >= 2) lines.push_back(fmt::format("{} {}", words[0], words[1]));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace

std::span<const HostKeyFile> HostKeyFiles() { return kHostKeyFiles; }

std::string PathOf(const HostKeyFile& file) { return fmt::format("/etc/ssh/{}", file.name); }

Result<Identity> EnsureIdentity(os::System& system, const spec::ClusterSpec& spec,
                                const std::string& node, const std::set<os::HostKeyKind>& kinds) {
  const Keeper keeper{system, generations::IdentityPath(spec, node), node};
  Identity identity;
  ZPROV_ASSIGN(const std::string machine_id, MachineIdOf(keeper));
  identity.files.push_back({kMachineIdPath, machine_id, 0444});
  for (const HostKeyFile& file : kHostKeyFiles) {
    if (!kinds.contains(file.kind)) continue;
    ZPROV_ASSIGN(os::HostKey key, KeyOf(keeper, file));
    identity.files.push_back({PathOf(file), std::move(key.private_key), 0600});
    identity.files.push_back({PathOf(file) + ".pub", std::move(key.public_key), 0644});
  }
  return identity;
}

Result<std::map<std::string, std::vector<std::string>>> PublicHostKeys(
    os::System& system, const spec::ClusterSpec& spec) {
  std::map<std::string, std::vector<std::string>> keys;
  for (const spec::Node& node : spec.nodes) {
    const Keeper keeper{system, generations::IdentityPath(spec, node.name), node.name};
    ZPROV_ASSIGN(auto lines, PublicKeysOf(keeper));
    if (!lines.empty()) keys[node.name] = std::move(lines);
  }
  return keys;
}

}  // namespace zprov::engine
