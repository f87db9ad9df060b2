#include "sim/os/identities.h"

#include <fmt/format.h>

namespace zprov::sim {

namespace {

// splitmix64: every argument gives another number.
uint64_t Mixed(uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

struct KeyName {
  std::string_view type;    // RFC 4253, 5656, 8709
  std::string_view begins;  // the same in base64, as each public key of that kind begins
};

KeyName KeyNameOf(os::HostKeyKind kind) {
  switch (kind) {
    case os::HostKeyKind::kRsa:
      return {"ssh-rsa", "AAAAB3NzaC1yc2EAAAADAQAB"};
    case os::HostKeyKind::kEcdsa:
      return {"ecdsa-sha2-nistp256", "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYA"};
    case os::HostKeyKind::kEd25519:
      return {"ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAA"};
  }
  return {};
}

// Letters of base64 only, and as many as base64 has.
std::string Plain(std::string text) {
  constexpr size_t kGroup = 4;
  text.append((kGroup - text.size() % kGroup) % kGroup, '/');
  return text;
}

}  // namespace

Result<std::string> Identities::NewMachineId() {
  const uint64_t count = ++made_;
  // The two halves of a version 4 UUID: version 4 in the 13th digit, variant 10 in the 17th.
  const uint64_t first = (Mixed(seed_ ^ count << 32) & ~uint64_t{0xf000}) | 0x4000;
  const uint64_t second = (Mixed(first ^ seed_) & ~(uint64_t{3} << 62)) | uint64_t{1} << 63;
  return fmt::format("{:016x}{:016x}", first, second);
}

Result<os::HostKey> Identities::NewHostKey(os::HostKeyKind kind) {
  const KeyName name = KeyNameOf(kind);
  const std::string which = fmt::format("/key/{}/of/seed/{}/", ++made_, seed_);
  return os::HostKey{fmt::format("-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n"
                                 "-----END OPENSSH PRIVATE KEY-----\n",
                                 Plain("simulated/private" + which)),
                     fmt::format("{} {}{}", name.type, name.begins, Plain("simulated" + which))};
}

}  // namespace zprov::sim
