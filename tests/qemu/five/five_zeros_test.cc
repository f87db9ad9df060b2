// As many Zeros as the procedure has: what three show in every run (qemu/cluster) holds for five.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

#include "qemu/stories/story.h"

namespace zprov::tests {
namespace {

using std::chrono::seconds;

constexpr seconds kFiveBoots{1800};
constexpr int kFive = 5;

class FiveZeros : public Story {
 protected:
  void EachIsItselfIn(int generation) {
    std::set<std::string> machines;
    for (int node = 0; node < kFive; ++node) {
      EXPECT_EQ(OnNode(AddressOf(node), "hostname; cat /etc/zprov/generation"),
                fmt::format("s{}\n{}\n", node, generation));
      machines.insert(OnNode(AddressOf(node), "cat /etc/machine-id"));
      EXPECT_EQ(ReportOf(node)["nonce"], WordOfZero(node + 1, "zprov.boot="));
    }
    EXPECT_EQ(machines.size(), kFive);
  }
};

TEST_F(FiveZeros, ComeUpWithTheirHostAloneAndAreUpdated) {
  ASSERT_NO_FATAL_FAILURE(PowerOnAndApply(kFive));
  ASSERT_NO_FATAL_FAILURE(
      Chapter("a reboot of the host, and nobody's hand: five nodes are healthy"));
  ASSERT_NO_FATAL_FAILURE(RebootHost());
  Await(kFive, "healthy");
  EachIsItselfIn(1);
  ASSERT_NO_FATAL_FAILURE(Chapter("packets of full size between nodes"));
  EXPECT_THAT(OnNode(AddressOf(0), "ping -q -c 3 -s 7000 " + AddressOf(kFive - 1)),
              ::testing::HasSubstr("3 packets received"));
  ASSERT_NO_FATAL_FAILURE(Chapter("update --reboot"));
  Expect("zprov update --reboot", kFiveBoots);
  Await(kFive, "healthy");
  EachIsItselfIn(2);
  ASSERT_NO_FATAL_FAILURE(Chapter(""));
}

}  // namespace
}  // namespace zprov::tests
