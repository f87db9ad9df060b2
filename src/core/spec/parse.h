// cluster.toml → ClusterSpec, with every problem of a well-formed file, each at its line.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "util/net.h"

namespace zprov::spec {

struct Problem {
  enum class Severity { kError, kWarning };
  int line = 1;  // from 1
  Severity severity = Severity::kError;
  std::string message;  // what is wrong, and what to do

  bool operator==(const Problem&) const = default;
};

struct ParsedSpec {
  std::optional<ClusterSpec> spec;  // only when no problem is an error
  std::vector<Problem> problems;    // by line; a syntax error stands alone
  std::vector<int> node_lines;      // where spec->nodes[i] was written

  bool operator==(const ParsedSpec&) const = default;
};

// Never fails: whatever is wrong with `text` is among the problems.
ParsedSpec ParseSpec(std::string_view text);

// Nodes whose name a link of this host has that is no USB gadget ("eth0"): errors at their lines.
std::vector<Problem> CheckAgainstLinks(const ParsedSpec& parsed, std::span<const Link> links);

// How a problem is shown: "cluster.toml:7: what, and what to do".
std::string Describe(std::string_view file, const Problem& problem);

}  // namespace zprov::spec
