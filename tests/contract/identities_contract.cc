// os::Identities. That OpenSSH takes the real keys: unit/adapters/libssh_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <set>

#include "adapters/libssh.h"
#include "sim/os/identities.h"

namespace zprov::tests {
namespace {

struct Row {
  std::string name;
  std::unique_ptr<os::Identities> (*make)();
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

std::unique_ptr<os::Identities> MakeSim() { return std::make_unique<sim::Identities>(1); }

class IdentitiesContract : public testing::TestWithParam<Row> {
 protected:
  os::HostKey Key(os::HostKeyKind kind) {
    const auto key = identities_->NewHostKey(kind);
    EXPECT_TRUE(key.has_value());
    return key.value_or(os::HostKey{});
  }

  std::unique_ptr<os::Identities> identities_ = GetParam().make();
};

TEST_P(IdentitiesContract, AMachineIdIsARandomUuidWithoutItsHyphens) {
  for (int i = 0; i < 100; ++i) {
    const auto id = identities_->NewMachineId();
    ASSERT_TRUE(id.has_value());
    EXPECT_THAT(*id, testing::MatchesRegex("[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}"));
  }
}

TEST_P(IdentitiesContract, NoMachineIdComesTwice) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(*identities_->NewMachineId()).second) << i;
}

TEST_P(IdentitiesContract, AKeyHasTheFormOfItsKind) {
  const std::pair<os::HostKeyKind, std::string> kinds[] = {
      {os::HostKeyKind::kRsa, "ssh-rsa AAAAB3NzaC1yc2E[A-Za-z0-9+/]*={0,2}"},
      {os::HostKeyKind::kEcdsa, "ecdsa-sha2-nistp256 AAAAE2VjZHNh[A-Za-z0-9+/]*={0,2}"},
      {os::HostKeyKind::kEd25519, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5[A-Za-z0-9+/]*={0,2}"}};
  for (const auto& [kind, form] : kinds) {
    const os::HostKey key = Key(kind);
    EXPECT_THAT(key.public_key, testing::MatchesRegex(form));
    EXPECT_THAT(key.private_key, testing::StartsWith("-----BEGIN "));
    EXPECT_THAT(key.private_key, testing::EndsWith(" PRIVATE KEY-----\n"));
  }
}

TEST_P(IdentitiesContract, NoKeyComesTwice) {
  const os::HostKey first = Key(os::HostKeyKind::kEd25519);
  const os::HostKey second = Key(os::HostKeyKind::kEd25519);
  EXPECT_NE(first.public_key, second.public_key);
  EXPECT_NE(first.private_key, second.private_key);
}

INSTANTIATE_TEST_SUITE_P(World, IdentitiesContract,
                         testing::Values(Row{"Sim", MakeSim}, Row{"Real", adapters::MakeLibssh}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace zprov::tests
