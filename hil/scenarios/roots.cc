// What the nodes' roots say: whose they are, and who in them might take the link away. A node can
// write anything there.
#include <fmt/format.h>

#include <map>
#include <optional>

#include "core/generations/layout.h"
#include "core/roots/shared_files.h"
#include "engine/identity.h"
#include "hil/node_look.h"
#include "hil/scenarios/scenarios.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

// Nothing: there is no such file. A root that holds something odd in its place has none either.
Result<std::optional<std::string>> ReadIn(const Rig& rig, const std::string& root,
                                          std::string_view path) {
  auto text = rig.system.files.ReadConfined(root, path.substr(1));
  if (text) return std::optional(std::string(Trim(*text)));
  switch (text.error().kind) {
    case ErrorKind::kNotFound:
    case ErrorKind::kEscapes:
    case ErrorKind::kInvalid:
    case ErrorKind::kTooLarge:
    case ErrorKind::kNotDirectory:
      return std::nullopt;
    default:
      return tl::make_unexpected(std::move(text).error());
  }
}

std::string NewRoot(const std::string& node) {
  return fmt::format("zprov update {0}, then zprov reboot {0}", node);
}

// Who showed a text first; what another shows again is shared.
class Owners {
 public:
  std::optional<std::string> OtherThan(const std::string& text, const std::string& who) {
    const auto [found, is_new] = first_.emplace(text, who);
    if (is_new || found->second == who) return std::nullopt;
    return found->second;
  }

 private:
  std::map<std::string, std::string> first_;
};

struct Seal {
  const char* path;
  const char* what;
  const char* kept;  // in the node's identity directory
};
constexpr Seal kSeals[] = {
    {engine::kMachineIdPath, "machine-id", "machine-id"},
    {"/etc/ssh/ssh_host_rsa_key.pub", "ssh host key", "ssh_host_rsa_key"},
    {"/etc/ssh/ssh_host_ecdsa_key.pub", "ssh host key", "ssh_host_ecdsa_key"},
    {"/etc/ssh/ssh_host_ed25519_key.pub", "ssh host key", "ssh_host_ed25519_key"},
};

Finding Shared(const Rig& rig, const Seal& seal, const std::string& node,
               const std::string& other) {
  return {Grade::kBad, node, fmt::format("has the same {} as {} ({})", seal.what, other, seal.path),
          fmt::format("rm {}/{}*, then {}", generations::IdentityPath(rig.spec, node), seal.kept,
                      NewRoot(node))};
}

Result<void> JudgeName(const Rig& rig, const NodeLook& look, const std::string& root, Seen& seen) {
  const std::string& node = look.node->name;
  ZPROV_ASSIGN(const auto name, ReadIn(rig, root, engine::kHostnamePath));
  if (name && *name == node) return {};
  seen.findings.push_back(
      {Grade::kBad, node,
       name ? fmt::format("its root calls it {}", *name) : "its root has no name for it",
       NewRoot(node)});
  return {};
}

Result<Owners> SealOfHost(const Rig& rig, const Seal& seal) {
  Owners owners;
  ZPROV_ASSIGN(const auto own, ReadIn(rig, "/", seal.path));
  if (own && !own->empty()) owners.OtherThan(*own, rig.spec.host);
  return owners;
}

using Roots = std::vector<std::pair<NodeLook, std::string>>;

Result<Roots> RootsOf(const Rig& rig) {
  ZPROV_ASSIGN(const auto looks, LookAtNodes(rig));
  Roots roots;
  for (const NodeLook& look : looks) {
    ZPROV_ASSIGN(auto root, RootOf(rig, look));
    if (root) roots.emplace_back(look, std::move(*root));
  }
  return roots;
}

Result<void> JudgeSeal(const Rig& rig, const Seal& seal, const Roots& roots, Seen& seen) {
  ZPROV_ASSIGN(Owners owners, SealOfHost(rig, seal));
  for (const auto& [look, root] : roots) {
    const std::string& node = look.node->name;
    ZPROV_ASSIGN(const auto text, ReadIn(rig, root, seal.path));
    if (!text || text->empty()) continue;  // systemd makes its own machine-id at each boot then
    const auto other = owners.OtherThan(*text, node);
    if (other) seen.findings.push_back(Shared(rig, seal, node, *other));
  }
  return {};
}

Finding Meddling(const std::string& node, std::string_view who, std::string_view file) {
  return {Grade::kBad, node,
          fmt::format("{} in its root is not told to leave usb0 alone ({}), and would take the "
                      "root with it",
                      who, file),
          NewRoot(node)};
}

constexpr uint64_t kMostOfAMeddlersFile = 1 << 20;
constexpr char kDhcpcd[] = "/etc/dhcpcd.conf";

Result<void> JudgeMeddlers(const Rig& rig, const std::string& node, os::InsideRoot& root,
                           Seen& seen) {
  for (const roots::LinkGuard& guard : roots::LinkGuards()) {
    ZPROV_ASSIGN(const auto program, root.files().Status(guard.of));
    if (!program) continue;
    const auto text = root.files().Read(guard.path, kMostOfAMeddlersFile);
    if (text && *text == guard.content) continue;
    seen.findings.push_back(Meddling(node, guard.of.substr(guard.of.rfind('/') + 1), guard.path));
  }
  const auto dhcpcd = root.files().Read(kDhcpcd, kMostOfAMeddlersFile);
  if (!dhcpcd) return {};
  const auto told = roots::WithoutUsb0(*dhcpcd, rig.spec);
  if (!told || *told != *dhcpcd) seen.findings.push_back(Meddling(node, "dhcpcd", kDhcpcd));
  return {};
}

}  // namespace

Result<Ended> IdentitiesAreUnique(const Rig& rig) {
  ZPROV_ASSIGN(const Roots roots, RootsOf(rig));
  if (roots.empty()) return Skipped{"no node has a root yet: zprov apply makes the first"};
  Seen seen{.summary = fmt::format("{} roots compared", roots.size())};
  for (const auto& [look, root] : roots) ZPROV_TRY(JudgeName(rig, look, root, seen));
  for (const Seal& seal : kSeals) ZPROV_TRY(JudgeSeal(rig, seal, roots, seen));
  return seen;
}

Result<Ended> NodesLeaveTheirLinkAlone(const Rig& rig) {
  ZPROV_ASSIGN(const Roots roots, RootsOf(rig));
  if (roots.empty()) return Skipped{"no node has a root yet: zprov apply makes the first"};
  Seen seen;
  for (const auto& [look, root] : roots) {
    ZPROV_ASSIGN(const auto inside, rig.system.roots.Open(root));
    ZPROV_TRY(JudgeMeddlers(rig, look.node->name, *inside, seen));
  }
  return seen;
}

}  // namespace zprov::hil
