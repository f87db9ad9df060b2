// Boots that go wrong in the middle, on the real USB stack: each Zero ends healthy, and nobody
// lends a hand but the one that did the damage.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "qemu/stories/story.h"

namespace zprov::tests {
namespace {

using nlohmann::json;

class Troubles : public Story {};

TEST_F(Troubles, EndInHealthWithoutAHand) {
  constexpr int kZeros = 3;
  ASSERT_NO_FATAL_FAILURE(PowerOnAndApply(kZeros, {{1, {"fault vanishes-in-bulk 1"}},
                                                   {2, {"fault returns-as-rom 1"}},
                                                   {3, {"fault shows-itself-again 1"}}}));
  ASSERT_NO_FATAL_FAILURE(Chapter("one leaves within start.elf, one is a ROM again after it"));
  Expect("systemctl start zprov", kLong);
  Await(kZeros, "healthy");
  for (int node = 0; node < kZeros; ++node) {
    EXPECT_EQ(ReportOf(node)["nonce"], WordOfZero(node + 1, "zprov.boot="));
  }

  // Its firmware waits for a server that hangs; when that one goes on, the board is deaf.
  ASSERT_NO_FATAL_FAILURE(Chapter("a second stage goes deaf while serve hangs"));
  ASSERT_TRUE(CableOf(1).Break(sim::zero::Fault::kImpatient, 1).has_value());
  Expect(
      "(zprov reboot s0 >/tmp/reboot.log 2>&1 &) ; "
      "until grep -q 2764 /sys/bus/usb/devices/1-1/idProduct; do :; done; "
      "systemctl kill -s STOP zprov; sleep 3; systemctl kill -s CONT zprov",
      kLong);
  Await(kZeros, "healthy");
  EXPECT_EQ(ReportOf(0)["nonce"], WordOfZero(1, "zprov.boot="));

  ASSERT_NO_FATAL_FAILURE(Chapter("a plug is pulled while its node runs, and put back"));
  const json before = ReportOf(1);
  ASSERT_TRUE(CableOf(2).Unplug().has_value());
  Await(1, "absent");
  ASSERT_TRUE(CableOf(2).Plug().has_value());
  Await(kZeros, "healthy");
  // One with a supply of its own: the same Linux goes on, and so does its root.
  EXPECT_EQ(ReportOf(1), before);
  EXPECT_EQ(OnNode(AddressOf(1), "cat /etc/hostname"), "s1\n");

  ASSERT_NO_FATAL_FAILURE(Chapter("the power of two is cut while they boot, and comes back"));
  Expect("(zprov reboot s1 s2 >/tmp/reboot.log 2>&1 &)", kShort);
  Await(1, "serving|served");
  for (const int zero : {2, 3}) ASSERT_TRUE(CableOf(zero).CutPower().has_value());
  Expect("for d in 1-2 1-3; do until [ ! -e /sys/bus/usb/devices/$d ]; do sleep 0.2; done; done",
         kShort);
  for (const int zero : {2, 3}) ASSERT_TRUE(CableOf(zero).GivePower().has_value());
  Await(kZeros, "healthy");
  ASSERT_NO_FATAL_FAILURE(Chapter(""));
}

}  // namespace
}  // namespace zprov::tests
