// The acceptance suite on the smallest rig: a B+ and one Zero with a relay, a plug and a console.
// What takes longer, two nodes or a reboot of the host is in qemu/hil.
#include "qemu/stories/acceptance.h"

#include <fmt/format.h>

namespace zprov::tests {
namespace {

class OneNode : public AcceptanceStory {};

TEST_F(OneNode, PassesTheAcceptanceSuite) {
  ASSERT_NO_FATAL_FAILURE(PowerOnAndApply(1));
  Expect("systemctl start zprov", kShort);
  Await(1, "healthy");
  DescribeTheRig();
  NameTheConsoles();
  const std::string serial = ReportOf(0)["serial"];
  Describe(fmt::format("[[node]]\nname = \"s0\"\nserial = \"{}\"\n{}\n", serial, ConsoleLine(0)));
  Describe(
      "[[quarantine]]\nscenario = \"update-cut\"\nreason = \"it takes as long as four others\"\n"
      "until = \"2999-12-31\"\n");
  ASSERT_NO_FATAL_FAILURE(Chapter("zprov --hil --level full"));
  Accept("full", {{"exchange", {"skip", "it takes two to be exchanged"}},
                  {"host-reboot", {"skip", "no run rebooted the host"}},
                  {"update-cut", {"quarantined", "it takes as long as four others"}},
                  {"thief", {"skip", "it takes two nodes"}}});
  EXPECT_EQ(Expect("ls /x/.zprov/gen", kShort), "1\n");
  EXPECT_EQ(ReportOf(0)["generation"], 1);
  ASSERT_NO_FATAL_FAILURE(Chapter(""));
}

}  // namespace
}  // namespace zprov::tests
