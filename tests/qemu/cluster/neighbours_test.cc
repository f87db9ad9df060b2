// What one node can do to another on the bridge: with its own address it may talk to it (or not,
// with `isolate`), and with the other's it gets neither its packets nor its root, also while that
// one is off (fixtures/kernels/README.md, NFS).
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "qemu/stories/story.h"

namespace zprov::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kVictim = "192.168.7.33";
constexpr const char* kThief = "192.168.7.37";

class Neighbours : public Story {
 protected:
  // What comes of it when s1 takes the address of s0 beside its own, and asks the host for its
  // root as that one. It has the address until it gives it back.
  std::string Steal() {
    return OnNode(
        kThief,
        fmt::format(
            "ip addr add {0}/24 dev usb0 && ip route add 192.168.7.2/32 dev usb0 src {0} && "
            "ip route get 192.168.7.2; mkdir -p /loot; ping -q -c 3 -W 2 192.168.7.2; "
            "timeout 20 mount -t nfs -o vers=3,nolock,soft,timeo=20,retrans=1 "
            "192.168.7.2:/x/.zprov/gen/1/s0/root /loot; cat /loot/etc/hostname; "
            "ip route del 192.168.7.2/32 dev usb0; echo over",
            kVictim));
  }
  void GiveBack() { OnNode(kThief, fmt::format("ip addr del {}/24 dev usb0", kVictim)); }

  void NothingWasStolen(const std::string& said) {
    EXPECT_THAT(said, HasSubstr(fmt::format("src {}", kVictim)));  // it did go out as that one
    EXPECT_THAT(said, HasSubstr(" 0 packets received"));
    EXPECT_THAT(said, Not(HasSubstr("s0\n")));
    EXPECT_THAT(said, HasSubstr("over\n"));
    // The thief is well all the same, with its own address and root.
    EXPECT_EQ(OnNode(kThief, "cat /etc/hostname"), "s1\n");
  }

  std::string Answers(const std::string& address) {
    return Run("ping -q -c 2 -W 2 " + address, kShort).exit_code == 0 ? "yes" : "no";
  }
};

TEST_F(Neighbours, TalkToEachOtherAndGetNothingUnderAForeignAddress) {
  ASSERT_NO_FATAL_FAILURE(PowerOnAndApply(2));
  Expect("systemctl start zprov", kLong);
  Await(2, "healthy");
  ASSERT_NO_FATAL_FAILURE(Chapter("a thief beside a node that is up"));
  NothingWasStolen(Steal());
  EXPECT_EQ(OnNode(kVictim, "cat /etc/hostname"), "s0\n");
  GiveBack();
  EXPECT_THAT(OnNode(kVictim, "ping -q -c 3 -s 7000 " + std::string(kThief)),
              HasSubstr("3 packets received"));

  ASSERT_NO_FATAL_FAILURE(Chapter("a thief beside a node that is off"));
  Expect("zprov halt s0", kLong);
  NothingWasStolen(Steal());
  EXPECT_EQ(Answers(kVictim), "no");  // the thief has that address now, and hears nothing of it
  GiveBack();
  Expect("zprov boot s0", kLong);
  Await(2, "healthy");

  ASSERT_NO_FATAL_FAILURE(Chapter("isolated nodes reach the host alone"));
  Expect(
      "printf '[bridge]\\nisolate = true\\n' >>/etc/zprov/cluster.toml && zprov check && "
      "systemctl reload zprov && until grep -q 1 /sys/class/net/s0/brport/isolated && grep -q 1 "
      "/sys/class/net/s1/brport/isolated; do sleep 0.2; done",
      kShort);
  EXPECT_THAT(OnNode(kVictim, "ping -q -c 3 -W 2 " + std::string(kThief)),
              HasSubstr(" 0 packets received"));
  EXPECT_EQ(Answers(kVictim) + Answers(kThief), "yesyes");
  EXPECT_EQ(OnNode(kVictim, "cat /etc/hostname"), "s0\n");
  ASSERT_NO_FATAL_FAILURE(Chapter(""));
}

}  // namespace
}  // namespace zprov::tests
