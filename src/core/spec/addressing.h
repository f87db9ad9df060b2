// The procedure's arithmetic of addresses and MACs (fixtures/kernels/README.md, Addresses), as
// integers that carry. No checks: what collides is found in checks.h.
#pragma once

#include <cstdint>
#include <optional>

#include "util/net.h"

namespace zprov::spec {

constexpr uint32_t kProcedureHost = 0xc0a80702;     // 192.168.7.2
constexpr uint32_t kProcedureFirst = 0xc0a80721;    // 192.168.7.33
constexpr int64_t kProcedureStride = 4;             // what /30 links left behind
constexpr int64_t kMaxStride = 65536;               // a /16: no two nodes are further apart
constexpr uint64_t kProcedureMac = 0x0234333c5000;  // of 192.168.7.0, were it a node's

// The host-side MAC that belongs to `address`: in the host's own /24 its last byte is the address's
// last byte + 1; beyond, both carry.
Mac HostMacFor(Ipv4 address, const InterfaceAddress& host);

// `mac` + `by`; nothing outside of 48 bits.
std::optional<Mac> Moved(const Mac& mac, int64_t by);

// `address` + `by`; nothing outside of 32 bits.
std::optional<Ipv4> Moved(Ipv4 address, int64_t by);

// `host` in the longest prefix, but at most `max_prefix`, whose network holds `host` and all
// addresses from `first` to `last` as host addresses.
InterfaceAddress SmallestNetwork(Ipv4 host, Ipv4 first, Ipv4 last, int max_prefix);

}  // namespace zprov::spec
