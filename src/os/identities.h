// What makes a machine itself: made once for each node, never twice the same.
#pragma once

#include <string>

#include "util/result.h"

namespace zprov::os {

enum class HostKeyKind { kRsa, kEcdsa, kEd25519 };

struct HostKey {
  std::string private_key;  // the file's text, as ssh-keygen writes it (OpenSSH or PEM)
  std::string public_key;   // "ssh-ed25519 AAAA…", one line without newline or comment

  bool operator==(const HostKey&) const = default;
};

class Identities {
 public:
  virtual ~Identities() = default;

  // 32 lower-case hex digits, as machine-id(5) wants a random (version 4) one; no newline.
  virtual Result<std::string> NewMachineId() = 0;

  // RSA with 3072 bits, ECDSA on nistp256 (ssh-keygen's defaults); ed25519.
  virtual Result<HostKey> NewHostKey(HostKeyKind kind) = 0;
};

}  // namespace zprov::os
