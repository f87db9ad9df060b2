// ClusterSpec → a commented cluster.toml, and the original procedure's cluster for N nodes.
#pragma once

#include <string>

#include "core/spec/cluster_spec.h"
#include "util/result.h"

namespace zprov::spec {

// The procedure's addressing for `nodes` nodes (fixtures/kernels/README.md, Addresses):
// 192.168.7.(33+4i) and host-side MAC 02:34:33:3c:50:(22 hex + 4i), both as integers that carry, in
// the smallest network that holds them. kInvalid: 0 nodes, or more than a /16 holds.
Result<ClusterSpec> ProcedureSpec(int nodes, Mode mode);

// A file a person can edit: every key with a comment, nodes as one range where they are one.
// ParseSpec(FormatSpec(s)) gives `s` again for every spec that ParseSpec accepts, with the same
// warnings (nodes without a usb path, settings for tests) and no errors.
std::string FormatSpec(const ClusterSpec& spec);

}  // namespace zprov::spec
