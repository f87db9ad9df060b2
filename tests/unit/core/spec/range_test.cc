// The generated range: its arithmetic, where it ends, and that a fault in it is said once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "core/spec/parse.h"
#include "unit/core/spec/spec_text.h"

namespace zprov::spec {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::vector<std::string> Errors(const std::string& text) {
  std::vector<std::string> errors;
  for (std::string& said : Said(text)) {
    if (said.find(": warning: ") == std::string::npos) errors.push_back(std::move(said));
  }
  return errors;
}

// A range in lines 1 to 4, what `more` says from line 5 on.
std::string RangeOf(int count, const std::string& first_address, int stride,
                    const std::string& more = "") {
  return "[nodes]\ncount = " + std::to_string(count) + "\nfirst_address = \"" + first_address +
         "\"\nstride = " + std::to_string(stride) + "\n" + more;
}

TEST(SpecRange, CountsNamesFromFirstAndAddsTheStride) {
  const ParsedSpec parsed =
      ParseSpec(RangeOf(3, "192.168.7.254", 2,
                        "prefix = \"n-\"\nfirst = 9\nhost_mac = \"02:00:00:ff:ff:fe\"\n"
                        "node_mac = \"02:01:00:00:00:ff\"\n"
                        "[bridge]\naddress = \"192.168.7.2/20\"\n"));
  ASSERT_TRUE(parsed.spec);
  ASSERT_THAT(parsed.spec->nodes, SizeIs(3));
  const Node& last = parsed.spec->nodes[2];
  EXPECT_EQ(last.name, "n-11");
  EXPECT_EQ(last.address.ToString(), "192.168.8.2");
  EXPECT_EQ(last.host_mac.ToString(), "02:00:01:00:00:02");
  EXPECT_EQ(last.node_mac.ToString(), "02:01:00:00:01:03");
}

TEST(SpecRange, ThatLeavesTheNetworkIsSaidOnceForTheFirstNodeOutside) {
  EXPECT_THAT(Errors(RangeOf(5000, "192.168.7.33", 4)),
              ElementsAre("3: address 192.168.8.1 of s56 lies outside the bridge's network "
                          "192.168.7.0/24: begin elsewhere, lower nodes.count, or give "
                          "bridge.address a larger network"));
}

TEST(SpecRange, ThatMeetsTheHostIsSaid) {
  EXPECT_THAT(
      Errors(RangeOf(3, "192.168.7.1", 1,
                     "host_mac = \"02:00:00:00:00:00\"\nnode_mac = \"02:01:00:00:00:00\"\n")),
      ElementsAre(HasSubstr("address 192.168.7.2 of s1 is the host's own")));
}

TEST(SpecRange, ThatRunsOutOfAddressesOrMacsIsSaidOnce) {
  EXPECT_THAT(
      Errors("[bridge]\naddress = \"223.255.255.2/1\"\n" + RangeOf(4, "255.255.255.250", 2)),
      ElementsAre(StartsWith("5: the range runs over: the address after 255.255.255.254")));
  EXPECT_THAT(Errors(RangeOf(5, "192.168.7.33", 4,
                             "host_mac = \"fe:ff:ff:ff:ff:fa\"\n"
                             "node_mac = \"fe:00:00:00:00:00\"\n")),
              SizeIs(1));
  EXPECT_THAT(Errors(RangeOf(5, "192.168.7.33", 4, "node_mac = \"ff:ff:ff:ff:ff:fa\"\n")),
              Contains(StartsWith("5: the range runs over: the node_mac after ff:ff:ff:ff:ff:fe")));
}

TEST(SpecRange, WhoseTwoSidesMeetIsSaidOnce) {
  EXPECT_THAT(Errors(RangeOf(200, "192.168.7.33", 1)),
              ElementsAre(StartsWith(
                  "3: MAC 02:34:33:3c:50:22 as s1's node_mac is already s0's host_mac")));
  EXPECT_THAT(
      Errors(RangeOf(50, "192.168.7.33", 4,
                     "host_mac = \"02:00:00:00:00:00\"\n"
                     "node_mac = \"02:00:00:00:00:28\"\n")),
      ElementsAre(HasSubstr("MAC 02:00:00:00:00:28 as s10's host_mac is already s0's node_mac")));
}

TEST(SpecRange, WhoseNamesGrowTooLongIsSaidOnce) {
  EXPECT_THAT(Errors(RangeOf(40, "192.168.7.33", 4, "prefix = \"abcdefghijklm\"\nfirst = 95\n")),
              ElementsAre(StartsWith("5: node name \"abcdefghijklm100\" is longer than 15 bytes")));
}

TEST(SpecRange, NeedsCountAndFirstAddress) {
  EXPECT_THAT(Errors("[nodes]\n"), ElementsAre(StartsWith("1: nodes has no count"),
                                               StartsWith("1: nodes has no first_address")));
}

TEST(SpecRange, RefusesNumbersOutOfRange) {
  EXPECT_THAT(Errors(RangeOf(2, "192.168.7.33", 0)),
              ElementsAre(StartsWith("4: nodes.stride = 0")));
  EXPECT_THAT(Errors(RangeOf(2, "192.168.7.33", -4)),
              ElementsAre(StartsWith("4: nodes.stride = -4")));
  EXPECT_THAT(Errors(RangeOf(65535, "192.168.7.33", 4)), ElementsAre(StartsWith("2: nodes.count")));
  EXPECT_THAT(Errors(RangeOf(2, "192.168.7.33", 4, "first = -1\n")),
              ElementsAre(StartsWith("5: nodes.first = -1 is out of range")));
}

TEST(SpecRange, TakesUsbPathsInOrderEachAtItsLine) {
  EXPECT_THAT(Errors(RangeOf(3, "192.168.7.33", 4, "usb = [\n\"1-1\",\n\"1-x\",\n\"1-1\"]\n")),
              ElementsAre(StartsWith("7: nodes.usb has \"1-x\", which cannot be read"),
                          StartsWith("8: usb path 1-1 as s2's is already s0's (line 6)")));
  EXPECT_THAT(Errors(RangeOf(1, "192.168.7.33", 4, "usb = [\"1-1\",\n\"1-2\"]\n")),
              ElementsAre(StartsWith("6: nodes.usb has 2 paths for 1 nodes")));
}

// CPU seconds to read a range of that many nodes, every fourth one refined.
double SecondsFor(int count) {
  std::string text = "[bridge]\naddress = \"10.0.0.1/8\"\n" + RangeOf(count, "10.1.0.2", 4);
  for (int i = 0; i < count; i += 4) {
    const std::string number = std::to_string(i);
    text += "[[node]]\nname = \"s" + number + "\"\nserial = \"" + number + "\"\n";
  }
  const std::clock_t start = std::clock();
  EXPECT_TRUE(ParseSpec(text).spec);
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

TEST(SpecRange, CostsInProportionToItsNodes) {
  SecondsFor(100);  // pays for what the first run alone pays
  EXPECT_LT(SecondsFor(12000) / SecondsFor(2000), 18) << "6 is linear, 36 is quadratic";
}

}  // namespace
}  // namespace zprov::spec
