// What a B+ installs, cross-built by src/package/build, and trees to install it in. The programs
// run under qemu-user, with the processor of a B+ and this machine's kernel.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "support/shell.h"

namespace zprov::tests {

class BplusPackages : public ::testing::Test {
 protected:
  // Builds them. Skips by the name of what this machine lacks.
  void SetUp() override;
  void TearDown() override;

  // In `tree`, which is all that the command can see: chroot, with /proc.
  static Ran RunIn(const std::string& tree, const std::string& command);
  // It must succeed; what it said on stdout and stderr.
  static std::string ExpectIn(const std::string& tree, const std::string& command);

  // That the operator's first commands do what they should, with the program of that tree.
  static void ExpectItWorksIn(const std::string& tree);

  std::string package_;
  std::string tarball_;
  std::string directory_;  // of this test alone
};

}  // namespace zprov::tests
