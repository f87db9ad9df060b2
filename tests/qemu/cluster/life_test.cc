// What happens to a node in its life that nobody asked for.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "qemu/cluster/cluster.h"

namespace zprov::tests {
namespace {

using nlohmann::json;
using std::chrono::seconds;

class Life : public Cluster {
 protected:
  // The service says on its own that this node has come to `stage`.
  void WaitForStage(const std::string& stage) {
    // bash, to end the watch once it has said so: it would notice only when it has more to say.
    constexpr const char* kWatch =
        "timeout 200 bash -c 'exec 3< <(exec zprov --json status --watch); "
        R"(grep -qm1 "\"stage\":\"{}\"" <&3 && kill $!')";
    Expect(fmt::format(kWatch, stage), seconds(240));
  }
};

TEST_F(Life, APowerCutAndARebootOfTheHostAreGotOverWithoutAHand) {
  ASSERT_NO_FATAL_FAILURE(PowerOn(1));
  Expect("zprov apply && systemctl start zprov", seconds(240));
  ASSERT_FALSE(HasFailure());
  WaitForStage("healthy");
  const std::string first = WordOfZero(1, "zprov.boot=");

  ASSERT_TRUE(CableOf(1).CutPower().has_value());
  EXPECT_EQ(CableOf(1).Stage(), "off");
  WaitForStage("absent");
  EXPECT_THAT(Expect("zprov status", seconds(60)), testing::HasSubstr("1 down"));

  ASSERT_TRUE(CableOf(1).GivePower().has_value());
  WaitForStage("healthy");
  const std::string second = WordOfZero(1, "zprov.boot=");
  EXPECT_NE(second, first);
  EXPECT_EQ(Expect("cat /x/s0/var/lib/zprov/mounted", seconds(30)), second + "\n");

  // The node has its power, and waits for its root; the host knows it again, and is obeyed.
  ASSERT_NO_FATAL_FAILURE(RebootHost());
  Expect("systemctl is-system-running --wait", seconds(240));
  WaitForStage("healthy");
  EXPECT_EQ(CableOf(1).Stage(), "gadget");
  EXPECT_EQ(WordOfZero(1, "zprov.boot="), second);
  Expect("zprov reboot s0", seconds(240));
  const std::string third = WordOfZero(1, "zprov.boot=");
  EXPECT_NE(third, second);
  EXPECT_EQ(Expect("cat /x/s0/var/lib/zprov/mounted", seconds(30)), third + "\n");
}

}  // namespace
}  // namespace zprov::tests
