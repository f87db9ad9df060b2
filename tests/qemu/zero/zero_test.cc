// The node's own side on the kernel that a Zero runs: Debian's for armel, on QEMU's raspi0.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "qemu/zero/zero_kernel.h"

namespace zprov::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kLook[] = ZPROV_SOURCE_DIR "/tests/qemu/zero/look";

TEST_F(ZeroKernel, OffersTheGadgetThatCarriesJumboFramesWithItsMacAndMtu) {
  EXPECT_THAT(
      Boot(kLook, Words("geth")),
      AllOf(HasSubstr("look: link 02:34:33:3c:50:21 7418"), HasSubstr("look: ids 0x0525 0xa4a2"),
            HasSubstr("look: function geth.usb0 02:34:33:3c:50:21 02:34:33:3c:50:22")));
}

TEST_F(ZeroKernel, OffersCdcEthernetWhenTheCommandLineNamesIt) {
  EXPECT_THAT(
      Boot(kLook, Words("ecm")),
      AllOf(HasSubstr("look: link 02:34:33:3c:50:21 7418"), HasSubstr("look: ids 0x0525 0xa4a1"),
            HasSubstr("look: function ecm.usb0 02:34:33:3c:50:21 02:34:33:3c:50:22")));
}

TEST_F(ZeroKernel, NamesAWordItDoesNotKnowAndOffersNothing) {
  const std::string console = Boot(kLook, Words("geth") + " zprov.colour=red");
  EXPECT_THAT(console, HasSubstr("zprov: the command line has zprov.colour=red"));
  EXPECT_THAT(console, Not(HasSubstr("look: function geth.usb0")));
}

}  // namespace
}  // namespace zprov::tests
