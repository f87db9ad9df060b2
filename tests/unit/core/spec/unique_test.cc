// What no two may share.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/spec/spec_text.h"

namespace zprov::spec {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// Adds a node to s0 and s1: name at line 6, address at 7, `more` from 8 on.
std::vector<std::string> SaidWith(const std::string& name, const std::string& address,
                                  const std::string& more) {
  return Said(
      TwoNodesAnd("[[node]]\nname = \"" + name + "\"\naddress = \"" + address + "\"\n" + more));
}

TEST(SpecUnique, TwoNodesOfDifferentEverythingAreFine) {
  EXPECT_THAT(SaidWith("a", "192.168.7.99", "usb = \"1-1.4\"\nserial = \"1\"\n"), IsEmpty());
}

TEST(SpecUnique, Names) {
  EXPECT_THAT(
      SaidWith(
          "a", "192.168.7.99",
          "usb = \"1-4\"\n[[node]]\nname = \"a\"\naddress = \"192.168.7.95\"\nusb = \"1-5\"\n"),
      ElementsAre(
          "10: name \"a\" as a node's is already a node's (line 6): give one of them another"));
  EXPECT_THAT(Said(TwoNodesAnd("[[node]]\nname = \"s0\"\n[[node]]\nname = \"s0\"\nusb = \"1-4\"\n"
                               "address = \"192.168.7.95\"\n")),
              ElementsAre(StartsWith("8: name \"s0\" as a node's is already a node's (line 6)")))
      << "a node can be refined once";
}

TEST(SpecUnique, AddressesAndThenNotAlsoTheMacsThatFollow) {
  EXPECT_THAT(
      SaidWith("a", "192.168.7.37", "usb = \"1-1.4\"\n"),
      ElementsAre(
          "7: address 192.168.7.37 as a's is already s1's (line 3): give one of them another"));
}

TEST(SpecUnique, MacsOfEitherSideAndOfTheBridge) {
  EXPECT_THAT(
      SaidWith("a", "192.168.7.99", "usb = \"1-4\"\nhost_mac = \"02:34:33:3c:50:25\"\n"),
      ElementsAre("9: MAC 02:34:33:3c:50:25 as a's host_mac is already s1's node_mac (line 3): "
                  "give one of them another"));
  EXPECT_THAT(
      SaidWith("a", "192.168.7.99", "usb = \"1-4\"\nnode_mac = \"02:34:33:3C:50:03\"\n"),
      ElementsAre(StartsWith("9: MAC 02:34:33:3c:50:03 as a's node_mac is already the bridge's")));
  EXPECT_THAT(
      SaidWith(
          "a", "192.168.7.99",
          "usb = \"1-4\"\nhost_mac = \"02:00:00:00:00:01\"\nnode_mac = \"02:00:00:00:00:01\"\n"),
      ElementsAre(StartsWith("10: MAC 02:00:00:00:00:01 as a's node_mac is already a's host_mac")));
}

TEST(SpecUnique, NeighbouringAddressesWhoseMacsWouldMeet) {
  EXPECT_THAT(
      SaidWith("a", "192.168.7.36", "usb = \"1-4\"\n"),
      ElementsAre("7: MAC 02:34:33:3c:50:25 as a's host_mac is already s1's node_mac (line 3): "
                  "leave a free address between them, or write MACs"));
  EXPECT_THAT(SaidWith("a", "192.168.7.36", "usb = \"1-4\"\nhost_mac = \"02:00:00:00:00:02\"\n"),
              IsEmpty());
}

TEST(SpecUnique, UsbPathsAndSerials) {
  EXPECT_THAT(
      SaidWith("a", "192.168.7.99", "usb = \"1-1.3\"\n"),
      ElementsAre("8: usb path 1-1.3 as a's is already s1's (line 4): give one of them another"));
  EXPECT_THAT(
      SaidWith("a", "192.168.7.99",
               "usb = \"1-4\"\nserial = \"ab\"\n[[node]]\nname = \"s0\"\nserial = \"ab\"\n"),
      ElementsAre(StartsWith("9: serial \"ab\" as a's is already s0's (line 12)")));
}

}  // namespace
}  // namespace zprov::spec
