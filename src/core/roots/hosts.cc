// /etc/hosts of a base: the cluster's block as on the host, and loopback lines that do not call a
// node by the host's name.
#include <algorithm>
#include <optional>
#include <vector>

#include "core/render/block.h"
#include "core/render/pieces.h"
#include "core/render/renderers.h"
#include "core/roots/shared_files.h"
#include "util/strings.h"

namespace zprov::roots {
namespace {

constexpr std::string_view kDebiansOwn = "127.0.1.1";  // of the machine's own name (hosts(5))

std::string Lower(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool Names(std::string_view word, const std::string& host) {
  const std::string name = Lower(word);
  return name == host || name.starts_with(host + ".");
}

// A loopback line that calls the machine by the host's name, taken apart.
struct OwnLine {
  std::string address;
  std::vector<std::string> others;  // names that stay
  std::string rest;                 // comment and line ending
};

std::optional<OwnLine> ReadOwnLine(std::string_view line, const std::string& host) {
  const size_t end = std::min(line.find_first_of("#\r\n"), line.size());
  const auto words = Words(line.substr(0, end));
  if (words.empty() || !(words[0].starts_with("127.") || words[0] == "::1")) return std::nullopt;
  OwnLine own{std::string(words[0]), {}, std::string(line.substr(end))};
  for (const std::string_view word : std::vector(words.begin() + 1, words.end())) {
    if (!Names(word, host)) own.others.emplace_back(word);
  }
  if (own.others.size() + 1 == words.size()) return std::nullopt;
  if (own.rest.starts_with('#')) own.rest.insert(0, " ");
  return own;
}

// Adds the line as the nodes have it.
void AddOwnLine(const OwnLine& own, NodesHosts& hosts) {
  const std::string others = Join(own.others, " ");
  if (own.address == kDebiansOwn) {
    hosts.parts.back() += own.address + "\t";
    hosts.parts.push_back((others.empty() ? "" : " " + others) + own.rest);
  } else if (!others.empty()) {
    hosts.parts.back() += own.address + "\t" + others + own.rest;
  }
}

}  // namespace

std::string NodesHosts::Of(const std::string& node) const { return Join(parts, node); }

Result<NodesHosts> HostsOfNodes(std::string_view hosts, const spec::ClusterSpec& spec) {
  const auto cluster = std::get<render::BlockFile>(render::Hosts(spec).body);
  const std::string_view before = hosts.empty() ? cluster.new_file : hosts;
  ZPROV_ASSIGN(const std::string text, render::WithBlocks(before, cluster));
  ZPROV_ASSIGN(const auto pieces, render::TakeApart(text));
  NodesHosts nodes{{""}};
  for (const render::Piece& piece : pieces) {
    const auto own = piece.IsBlock() ? std::nullopt : ReadOwnLine(piece.text, spec.host);
    if (own) {
      AddOwnLine(*own, nodes);
    } else {
      nodes.parts.back() += piece.text;
    }
  }
  return nodes;
}

}  // namespace zprov::roots
