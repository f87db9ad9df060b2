// The nodes' part of a cluster.toml: one [nodes] range and what differs from it, or [[node]] each.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/spec/cluster_spec.h"

namespace zprov::spec {

std::string FormatNodes(const ClusterSpec& spec);

// A TOML basic string, quotes included.
std::string TomlText(std::string_view text);

// A TOML list of texts, a long one over several lines.
std::string TomlList(std::span<const std::string> texts);

}  // namespace zprov::spec
