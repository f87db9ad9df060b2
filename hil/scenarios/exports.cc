// Who may mount what: /etc/exports, and what exportfs made of it.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/generations/layout.h"
#include "hil/node_look.h"
#include "hil/scenarios/scenarios.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

constexpr char kConfigured[] = "/etc/exports";
constexpr char kInForce[] = "/var/lib/nfs/etab";  // exportfs(8)
constexpr uint64_t kLongestExports = 4 << 20;  // 5000 nodes with a few generations each take 2 MB

// One client of one line of exports(5).
struct Export {
  std::string file = {};
  size_t line = 0;
  std::string path = {};
  std::string client = {};
};

void ReadLine(std::string_view line, const Export& at, std::vector<Export>& exports) {
  const auto words = Words(line.substr(0, line.find('#')));
  if (words.empty() || !words[0].starts_with('/')) return;
  for (size_t i = 1; i < words.size(); ++i) {
    if (words[i].starts_with('-')) continue;  // options for all that follow
    Export one = at;
    one.path = words[0];
    one.client = words[i].substr(0, words[i].find('('));
    if (one.client.empty()) one.client = "*";
    exports.push_back(std::move(one));
  }
}

// Nothing: there is no such file.
Result<std::optional<std::vector<Export>>> ReadExports(const Rig& rig, const std::string& file) {
  auto text = rig.system.files.Read(file, kLongestExports);
  if (!text && text.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!text) return tl::make_unexpected(std::move(text).error());
  std::vector<Export> exports;
  size_t number = 0;
  for (const std::string_view line : Split(*text, '\n')) {
    ReadLine(line, {.file = file, .line = ++number}, exports);
  }
  return exports;
}

// The node whose root, of any generation, the path is or lies in.
const spec::Node* OwnerOf(const Rig& rig, const std::string& path) {
  for (const spec::Node& node : rig.spec.nodes) {
    if (IsBelow(path, generations::StablePath(rig.spec, node.name))) return &node;
    const std::string all = generations::GenerationsDirectory(rig.spec) + "/";
    if (!path.starts_with(all)) continue;
    const auto parts = Split(std::string_view(path).substr(all.size()), '/');
    if (parts.size() >= 2 && parts[1] == node.name) return &node;
  }
  return nullptr;
}

bool IsANodes(const Rig& rig, const std::string& client) {
  return std::ranges::any_of(rig.spec.nodes, [&](const spec::Node& node) {
    return node.address.ToString() == client || node.name == client;
  });
}

std::string Place(const Export& one) {
  return one.file == kConfigured ? fmt::format("{}:{}", one.file, one.line) : one.file;
}

std::string CureOf(const Export& one) {
  if (one.file != kConfigured) return "exportfs -ra";
  return fmt::format("take {} out of line {} of {}, then exportfs -ra", one.client, one.line,
                     one.file);
}

// What is wrong with it, if it is one of the cluster's.
std::optional<Finding> JudgeExport(const Rig& rig, const Export& one) {
  if (!IsBelow(one.path, rig.spec.storage.store)) return std::nullopt;
  const spec::Node* owner = OwnerOf(rig, one.path);
  if (owner == nullptr && IsANodes(rig, one.client)) return std::nullopt;
  if (owner != nullptr && (one.client == owner->address.ToString() || one.client == owner->name)) {
    return std::nullopt;
  }
  const std::string whose =
      owner == nullptr ? "which no node has"
                       : fmt::format("and {} has {}", owner->name, owner->address.ToString());
  return Finding{Grade::kBad, owner == nullptr ? rig.spec.host : owner->name,
                 fmt::format("{} gives {} to {}, {}", Place(one), one.path, one.client, whose),
                 CureOf(one)};
}

bool Gives(const std::vector<Export>& exports, const std::string& root, const spec::Node& node) {
  return std::ranges::any_of(exports, [&](const Export& one) {
    return one.path == root && (one.client == node.address.ToString() || one.client == node.name);
  });
}

// Natively the real path is exported, compatibly the fixed one.
std::string ExportedRoot(const Rig& rig, const NodeLook& look, const std::string& root) {
  switch (rig.spec.mode) {
    case spec::Mode::kNative:
      return root;
    case spec::Mode::kCompatible:
      break;
  }
  return generations::StablePath(rig.spec, look.node->name);
}

Result<void> JudgeFile(const Rig& rig, const std::string& file, Seen& seen) {
  ZPROV_ASSIGN(const auto exports, ReadExports(rig, file));
  if (!exports) return {};
  for (const Export& one : *exports) {
    if (auto finding = JudgeExport(rig, one)) seen.findings.push_back(std::move(*finding));
  }
  ZPROV_ASSIGN(const auto looks, LookAtNodes(rig));
  for (const NodeLook& look : looks) {
    ZPROV_ASSIGN(const auto root, RootOf(rig, look));
    if (!root) continue;  // the scenario "generations" says so
    const std::string exported = ExportedRoot(rig, look, *root);
    if (Gives(*exports, exported, *look.node)) continue;
    seen.findings.push_back(
        {Grade::kBad, look.node->name,
         fmt::format("{} does not give {} to {}", file, exported, look.node->address.ToString()),
         file == kConfigured ? "zprov apply" : "exportfs -ra"});
  }
  return {};
}

}  // namespace

Result<Ended> ExportsAreForTheirNodes(const Rig& rig) {
  Seen seen;
  for (const char* file : {kConfigured, kInForce}) ZPROV_TRY(JudgeFile(rig, file, seen));
  return seen;
}

}  // namespace zprov::hil
