// A node's name against the links that the host already has.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/spec/parse.h"
#include "unit/core/spec/spec_text.h"

namespace zprov::spec {
namespace {

using ::testing::IsEmpty;

Link LinkOf(std::string name, std::string_view mac, std::optional<PortPath> usb) {
  Link link;
  link.name = std::move(name);
  link.mac = *Mac::Parse(mac);
  link.usb = std::move(usb);
  return link;
}

const std::string kEth0 =
    TwoNodesAnd("[[node]]\nname = \"eth0\"\naddress = \"192.168.7.9\"\nusb = \"1-1.4\"\n");

std::vector<Problem> Against(const std::string& text, const Link& link) {
  return CheckAgainstLinks(ParseSpec(text),
                           std::vector<Link>{LinkOf("lo", "00:00:00:00:00:00", {}), link});
}

TEST(SpecLinks, ANodeCannotTakeTheNameOfALinkThatIsNoGadget) {
  const auto problems =
      Against(kEth0, LinkOf("eth0", "b8:27:eb:0b:0d:c2", PortPath::Parse("1-1.1")));
  ASSERT_EQ(problems.size(), 1u) << "the B+'s own Ethernet is a USB device, too";
  EXPECT_EQ(
      Describe("c", problems[0]),
      "c:5: node name \"eth0\" is a link of this host already, and no gadget's: choose another "
      "name for the node");
  EXPECT_EQ(Against(kEth0, LinkOf("eth0", "02:00:00:00:00:01", {})).size(), 1u);
}

TEST(SpecLinks, TheNodesOwnLinkIsNoProblem) {
  const std::string text(kTwoNodes);
  EXPECT_THAT(Against(text, LinkOf("s0", "02:34:33:3c:50:22", PortPath::Parse("1-1.2"))),
              IsEmpty());
  EXPECT_THAT(Against(text, LinkOf("s0", "02:aa:bb:cc:dd:ee", PortPath::Parse("1-1.4"))), IsEmpty())
      << "geth has a random MAC, and cables are swapped";
  EXPECT_THAT(Against(text, LinkOf("s0", "02:34:33:3c:50:22", {})), IsEmpty());
  EXPECT_THAT(Against(text, LinkOf("eth0", "b8:27:eb:0b:0d:c2", {})), IsEmpty());
}

TEST(SpecLinks, ASpecThatIsNoneIsNotComparedAtAll) {
  EXPECT_THAT(Against("[nodes]\n", LinkOf("s0", "b8:27:eb:0b:0d:c2", {})), IsEmpty());
}

}  // namespace
}  // namespace zprov::spec
