// Each node by itself: its name, address, MACs, board, serial, power; and how [[node]] and [nodes]
// go together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/spec/parse.h"
#include "unit/core/spec/spec_text.h"

namespace zprov::spec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

// One node, its name at line 2, address at 3, usb at 4, and `more` from 5 on.
std::string OneNode(const std::string& name, const std::string& address,
                    const std::string& more = "") {
  return "[[node]]\nname = \"" + name + "\"\naddress = \"" + address + "\"\nusb = \"1-1.2\"\n" +
         more;
}

std::string NodeAnd(const std::string& more) { return OneNode("s0", "192.168.7.33", more); }

TEST(SpecNode, GetsItsMacsFromItsAddress) {
  const ParsedSpec parsed =
      ParseSpec(OneNode("a", "192.168.7.255", "[bridge]\naddress = \"192.168.7.2/16\"\n"));
  ASSERT_TRUE(parsed.spec);
  EXPECT_EQ(parsed.spec->nodes[0].host_mac.ToString(), "02:34:33:3c:51:00");
  EXPECT_EQ(parsed.spec->nodes[0].node_mac.ToString(), "02:34:33:3c:50:ff");
}

TEST(SpecNode, GetsItsOwnMacFromTheHostsSideOne) {
  const ParsedSpec parsed = ParseSpec(NodeAnd("host_mac = \"02:00:00:00:01:00\"\n"));
  ASSERT_TRUE(parsed.spec);
  EXPECT_EQ(parsed.spec->nodes[0].node_mac.ToString(), "02:00:00:00:00:ff");
}

TEST(SpecNode, TakesEveryKey) {
  const ParsedSpec parsed = ParseSpec(NodeAnd(
      "host_mac = \"02:00:00:00:00:01\"\nnode_mac = \"02:00:00:00:00:02\"\nboard = \"zero-w\"\n"
      "serial = \"00000000abcdef12\"\npower = \"command\"\npower_command = \"/bin/plug "
      "\\\"3\\\"\"\n"));
  EXPECT_THAT(parsed.problems, IsEmpty());
  ASSERT_TRUE(parsed.spec);
  Node expected;
  expected.name = "s0";
  expected.usb = PortPath::Parse("1-1.2");
  expected.address = *Ipv4::Parse("192.168.7.33");
  expected.host_mac = *Mac::Parse("02:00:00:00:00:01");
  expected.node_mac = *Mac::Parse("02:00:00:00:00:02");
  expected.board = "zero-w";
  expected.serial = "00000000abcdef12";
  expected.power = Power::kCommand;
  expected.power_command = "/bin/plug \"3\"";
  EXPECT_TRUE(parsed.spec->nodes == std::vector<Node>{expected});
  EXPECT_THAT(parsed.node_lines, ElementsAre(1));
}

TEST(SpecNode, IsCalledAsAHostAndALinkCanBe) {
  const auto said = [](const std::string& name) { return Said(OneNode(name, "192.168.7.33")); };
  for (const char* fine : {"a", "s0", "s-1", "0a", "a23456789012345"})
    EXPECT_THAT(said(fine), IsEmpty());
  for (const char* bad : {"", "S0", "s_0", "s.0", "s 0", "-s", "s-", "12", "localhost", "all",
                          "default", "usb0", "usb12", "a234567890123456", "s0/..", "sé"}) {
    EXPECT_THAT(said(bad), ElementsAre(StartsWith("2: node name "))) << bad;
  }
  EXPECT_THAT(said("lo"), ElementsAre(StartsWith("2: node name \"lo\" is the loopback link's")));
  for (const char* taken : {"base", "boot"}) {  // /x/.zprov/gen/8/base (core/generations/layout.h)
    EXPECT_THAT(said(taken), ElementsAre(HasSubstr("is one that a generation keeps for itself")));
  }
  EXPECT_THAT(said("san"), ElementsAre(StartsWith("2: node name \"san\" is the bridge's")));
  EXPECT_THAT(said("snail"), ElementsAre(StartsWith("2: node name \"snail\" is the host's")));
}

TEST(SpecNode, HasAnAddressOfTheBridgesNetwork) {
  const auto said = [](const std::string& address) { return Said(OneNode("s0", address)); };
  for (const char* fine : {"192.168.7.1", "192.168.7.254"}) EXPECT_THAT(said(fine), IsEmpty());
  EXPECT_THAT(said("192.168.8.1"),
              ElementsAre("3: address 192.168.8.1 of s0 lies outside the bridge's "
                          "network 192.168.7.0/24: choose another, or give "
                          "bridge.address a larger network"));
  EXPECT_THAT(said("192.168.7.2"), ElementsAre(HasSubstr("of s0 is the host's own")));
  EXPECT_THAT(said("192.168.7.0"), ElementsAre(HasSubstr("of s0 is the network's own address")));
  EXPECT_THAT(said("192.168.7.255"), ElementsAre(HasSubstr("is the network's broadcast address")));
  EXPECT_THAT(said("192.168.7"),
              ElementsAre(StartsWith("3: node.address = \"192.168.7\" cannot be")));
}

TEST(SpecNode, HasUnicastMacs) {
  for (const std::string key : {"host_mac", "node_mac"}) {
    EXPECT_THAT(Said(NodeAnd(key + " = \"01:00:5e:00:00:01\"\n")),
                ElementsAre(StartsWith("5: " + key + " 01:00:5e:00:00:01 of s0 is a multicast")));
    EXPECT_THAT(Said(NodeAnd(key + " = \"00:00:00:00:00:00\"\n")),
                ElementsAre(StartsWith("5: " + key + " 00:00:00:00:00:00 of s0 is zero")));
    EXPECT_THAT(Said(NodeAnd(key + " = \"02:00:00:00:00\"\n")),
                ElementsAre(StartsWith("5: node." + key + " = \"02:00:00:00:00\" cannot be read")));
  }
}

TEST(SpecNode, HasAUsbPathAsTheKernelWritesIt) {
  for (const char* bad : {"", "1", "1-0", "1-1..2", "/1-1", "1-1.3/..", "1-1.256"}) {
    EXPECT_THAT(Said("[[node]]\nname = \"s0\"\naddress = \"192.168.7.33\"\nusb = \"" +
                     std::string(bad) + "\"\n")
                    .front(),
                StartsWith("4: node.usb = \""))
        << bad;
  }
}

TEST(SpecNode, HasABoardThatZprovKnows) {
  EXPECT_THAT(Said(NodeAnd("board = \"zero-v\"\n")),
              ElementsAre("5: board \"zero-v\" of s0 is unknown: did you mean \"zero-w\"?"));
  EXPECT_THAT(Said(NodeAnd("board = \"pi5\"\n")),
              ElementsAre("5: board \"pi5\" of s0 is unknown: choose one of zero, zero-w"));
}

TEST(SpecNode, HasASerialAsItsKernelShowsIt) {
  for (const char* bad : {"xyz", "ABCDEF", "0123456789abcdef0"}) {
    EXPECT_THAT(Said(NodeAnd("serial = \"" + std::string(bad) + "\"\n")),
                ElementsAre(StartsWith("5: serial ")))
        << bad;
  }
}

TEST(SpecNode, HasAPowerCommandJustWhenItIsRun) {
  EXPECT_THAT(Said(NodeAnd("power = \"per-port\"\n")), IsEmpty());
  EXPECT_THAT(Said(NodeAnd("power = \"ganged\"\n")), IsEmpty());
  EXPECT_THAT(Said(NodeAnd("power = \"command\"\n")),
              ElementsAre(StartsWith("5: power = \"command\" of s0 needs a power_command")));
  EXPECT_THAT(Said(NodeAnd("power_command = \"/bin/plug\"\n")),
              ElementsAre(StartsWith("5: power_command of s0 is never run")));
  EXPECT_THAT(Said(NodeAnd("power = \"command\"\npower_command = \"plug\"\n")),
              ElementsAre(StartsWith("6: power_command \"plug\" of s0 is not absolute")));
  EXPECT_THAT(
      Said(NodeAnd("power = \"off\"\n")),
      ElementsAre("5: node.power = \"off\" is no choice: write \"ganged\" or \"per-port\" or "
                  "\"command\""));
}

TEST(SpecNode, NeedsANameAndAnAddress) {
  EXPECT_THAT(Said("[[node]]\nusb = \"1-1\"\n"),
              ElementsAre(StartsWith("1: this [[node]] has no name"),
                          StartsWith("1: [[node]] without a name has no addr")));
  EXPECT_THAT(Said("[[node]]\nname = \"a\"\nusb = \"1-1\"\n"),
              ElementsAre(StartsWith("1: [[node]] \"a\" has no address")));
}

TEST(SpecNodes, AreAtLeastOne) {
  for (const char* empty : {"", "# nothing\n", "[cluster]\n", "node = []\n"}) {
    EXPECT_THAT(Said(empty), ElementsAre(StartsWith("1: the cluster has no nodes"))) << empty;
  }
  EXPECT_THAT(Said("[nodes]\ncount = 0\nfirst_address = \"192.168.7.33\"\n"),
              ElementsAre(StartsWith("2: nodes.count = 0 is out of range: choose 1 to ")));
}

TEST(SpecNodes, ANodeOfTheRangesNameIsRefined) {
  const ParsedSpec parsed =
      ParseSpec(TwoNodesAnd("[[node]]\nname = \"s1\"\nusb = \"1-1.5\"\nboard = \"zero-w\"\naddress "
                            "= \"192.168.7.99\"\n"));
  EXPECT_THAT(parsed.problems, IsEmpty());
  ASSERT_TRUE(parsed.spec);
  ASSERT_THAT(parsed.spec->nodes, SizeIs(2));
  const Node& node = parsed.spec->nodes[1];
  EXPECT_EQ(node.usb, PortPath::Parse("1-1.5"));
  EXPECT_EQ(node.board, "zero-w");
  EXPECT_EQ(node.address.ToString(), "192.168.7.99");
  EXPECT_EQ(node.host_mac.ToString(), "02:34:33:3c:50:26") << "stays the range's";
  EXPECT_THAT(parsed.node_lines, ElementsAre(1, 5));
}

TEST(SpecNodes, ANodeOfAnotherNameIsAddedAfterTheRange) {
  const ParsedSpec parsed =
      ParseSpec("[[node]]\nname = \"big\"\naddress = \"192.168.7.9\"\nusb = \"1-1.5\"\n" +
                std::string(kTwoNodes));
  EXPECT_THAT(parsed.problems, IsEmpty());
  ASSERT_TRUE(parsed.spec);
  ASSERT_THAT(parsed.spec->nodes, SizeIs(3));
  EXPECT_EQ(parsed.spec->nodes[2].name, "big");
  EXPECT_THAT(parsed.node_lines, ElementsAre(5, 5, 1));
}

TEST(SpecNodes, WithoutAUsbPathAreOneWarningAndNoError) {
  const std::string range = "[nodes]\nfirst_address = \"192.168.7.33\"\ncount = ";
  EXPECT_THAT(Said(range + "1\n"), ElementsAre(StartsWith("1: warning: s0 has no usb path")));
  EXPECT_THAT(Said(range + "5\n"),
              ElementsAre(StartsWith("1: warning: s0, s1, s2, s3, s4 have no usb path")));
  EXPECT_THAT(Said(range + "50\n"),
              ElementsAre(StartsWith("1: warning: s0, s1, s2 … s49 (50 nodes) have no usb path")));
  EXPECT_THAT(Said(range + "2\nusb = [\"1-1\"]\n"),
              ElementsAre(StartsWith("1: warning: s1 has no usb path")));
  EXPECT_TRUE(ParseSpec(range + "5\n").spec);
}

}  // namespace
}  // namespace zprov::spec
