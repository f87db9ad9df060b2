// The product's own tests of what it decides (core, util), on the processor of a B+.
#include "qemu/bplus/packages.h"

namespace zprov::tests {
namespace {

using BplusProgram = BplusPackages;

TEST_F(BplusProgram, PassesTheUnitTestsOfWhatItDecides) {
  ASSERT_EQ(RunShell(ZPROV_SOURCE_DIR "/src/package/build --tests").exit_code, 0);
  const Ran ran = RunShell(
      "cd " ZPROV_SOURCE_DIR
      " && ctest --preset rpi --parallel \"$(nproc)\" --timeout 300 --no-tests=error 2>&1");
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
}

}  // namespace
}  // namespace zprov::tests
