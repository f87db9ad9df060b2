#include "core/spec/addressing.h"

namespace zprov::spec {
namespace {

bool HoldsAsHost(const InterfaceAddress& network, Ipv4 address) {
  return network.Contains(address) && address != network.NetworkAddress() &&
         address != network.Broadcast();
}

}  // namespace

Mac HostMacFor(Ipv4 address, const InterfaceAddress& host) {
  const int64_t base = host.address.number & ~uint32_t{0xff};
  // Less than 2^32 from 0x0234333c5000: always within 48 bits, and unicast.
  return *Moved(*Mac::FromNumber(kProcedureMac), int64_t{address.number} - base + 1);
}

std::optional<Mac> Moved(const Mac& mac, int64_t by) {
  const int64_t number = static_cast<int64_t>(mac.Number()) + by;
  if (number < 0) return std::nullopt;
  return Mac::FromNumber(static_cast<uint64_t>(number));
}

std::optional<Ipv4> Moved(Ipv4 address, int64_t by) {
  const int64_t number = int64_t{address.number} + by;
  if (number < 0 || number > UINT32_MAX) return std::nullopt;
  return Ipv4{static_cast<uint32_t>(number)};
}

InterfaceAddress SmallestNetwork(Ipv4 host, Ipv4 first, Ipv4 last, int max_prefix) {
  InterfaceAddress network{host, max_prefix};
  while (network.prefix > 1 && !(HoldsAsHost(network, host) && HoldsAsHost(network, first) &&
                                 HoldsAsHost(network, last))) {
    --network.prefix;
  }
  return network;
}

}  // namespace zprov::spec
