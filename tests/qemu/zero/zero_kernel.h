// A Zero alone, on its own kernel, whose first program is the test's.
#pragma once

#include <gtest/gtest.h>

#include <string>

namespace zprov::tests {

class ZeroKernel : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // What it printed until it rebooted. `files` come into its root beside the modules of a USB
  // controller, the first of them starts it.
  std::string Boot(const std::string& files, const std::string& words);
  // A command line as the product renders it.
  static std::string Words(const std::string& gadget);

  static constexpr char kDirectory[] = ZPROV_BUILD_DIR "/../vm/zero";

 private:
  std::string initramfs_ = std::string(kDirectory) + "/test-" +
                           ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".img";
};

}  // namespace zprov::tests
