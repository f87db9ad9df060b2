// That OpenSSH reads the keys as what they should be.
#include "adapters/libssh.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace zprov::adapters {
namespace {

std::string Printed(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  std::string text;
  char chunk[4096];
  while (const size_t got = std::fread(chunk, 1, sizeof chunk, pipe)) text.append(chunk, got);
  EXPECT_EQ(::pclose(pipe), 0) << command;
  return text;
}

class Libssh : public testing::TestWithParam<std::pair<os::HostKeyKind, std::string>> {
 protected:
  void SetUp() override {
    char name[] = "/tmp/libssh_test.XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string directory_;
};

TEST_P(Libssh, SshKeygenFindsThePublicKeyOfThatSizeInThePrivateOne) {
  const auto key = MakeLibssh()->NewHostKey(GetParam().first);
  ASSERT_TRUE(key.has_value());
  const std::string file = directory_ + "/key";
  std::ofstream(file) << key->private_key;
  ::chmod(file.c_str(), 0600);
  std::ofstream(file + ".pub") << key->public_key << "\n";
  const std::string derived = Printed("ssh-keygen -y -P '' -f " + file);
  EXPECT_EQ(derived.substr(0, key->public_key.size()), key->public_key);
  const std::string described = Printed("ssh-keygen -l -f " + file + ".pub");
  EXPECT_TRUE(described.starts_with(GetParam().second + " SHA256:")) << described;
}

INSTANTIATE_TEST_SUITE_P(Kinds, Libssh,
                         testing::Values(std::pair(os::HostKeyKind::kRsa, "3072"),
                                         std::pair(os::HostKeyKind::kEcdsa, "256"),
                                         std::pair(os::HostKeyKind::kEd25519, "256")));

}  // namespace
}  // namespace zprov::adapters
