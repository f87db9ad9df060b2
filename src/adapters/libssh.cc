#include "adapters/libssh.h"

#include <fmt/format.h>
#include <libssh/libssh.h>

#include <array>

namespace zprov::adapters {
namespace {

struct FreeKey {
  void operator()(ssh_key key) const { ::ssh_key_free(key); }
};
using Key = std::unique_ptr<ssh_key_struct, FreeKey>;

struct FreeText {
  void operator()(char* text) const { ::ssh_string_free_char(text); }
};
using Text = std::unique_ptr<char, FreeText>;

struct KeyParameters {
  ssh_keytypes_e type;
  int bits;
};

// Sizes: os/identities.h.
KeyParameters ParametersOf(os::HostKeyKind kind) {
  switch (kind) {
    case os::HostKeyKind::kRsa:
      return {SSH_KEYTYPE_RSA, 3072};
    case os::HostKeyKind::kEcdsa:
      return {SSH_KEYTYPE_ECDSA_P256, 256};
    case os::HostKeyKind::kEd25519:
      return {SSH_KEYTYPE_ED25519, 0};
  }
  return {SSH_KEYTYPE_UNKNOWN, 0};
}

tl::unexpected<Error> CannotMake(std::string_view what) {
  return Fail(
      ErrorKind::kIo,
      fmt::format("libssh cannot make {}: is there enough memory, and /dev/urandom?", what));
}

class Libssh final : public os::Identities {
 public:
  Result<std::string> NewMachineId() override {
    std::array<unsigned char, 16> bytes{};
    if (::ssh_get_random(bytes.data(), static_cast<int>(bytes.size()), 1) != 1)
      return CannotMake("random numbers");
    // RFC 4122, as machine-id(5) wants it: version 4, variant 10.
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
    return fmt::format("{:02x}", fmt::join(bytes, ""));
  }

  Result<os::HostKey> NewHostKey(os::HostKeyKind kind) override {
    const KeyParameters parameters = ParametersOf(kind);
    ssh_key made = nullptr;
    if (::ssh_pki_generate(parameters.type, parameters.bits, &made) != SSH_OK)
      return CannotMake("a host key");
    const Key key(made);
    char* exported = nullptr;
    if (::ssh_pki_export_privkey_base64(key.get(), nullptr, nullptr, nullptr, &exported) != SSH_OK)
      return CannotMake("the file of a host key");
    const Text private_key(exported);
    exported = nullptr;
    if (::ssh_pki_export_pubkey_base64(key.get(), &exported) != SSH_OK)
      return CannotMake("a public host key");
    const Text public_key(exported);
    return os::HostKey{
        private_key.get(),
        fmt::format("{} {}", ::ssh_key_type_to_char(parameters.type), public_key.get())};
  }
};

}  // namespace

std::unique_ptr<os::Identities> MakeLibssh() { return std::make_unique<Libssh>(); }

}  // namespace zprov::adapters
