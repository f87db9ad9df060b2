// What no kernel shows without USB hardware: usbnet's names and MTU limits per kernel era, and
// links that udev changes under us. Everything else is in tests/contract/netlink_contract.cc.
#include "sim/network.h"

#include <gtest/gtest.h>

#include <string>

namespace zprov::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const PortPath kPort = *PortPath::Parse("1-1.3");
const Mac kDeclared = *Mac::Parse("02:34:33:3c:50:22");
const Mac kGlobal = *Mac::Parse("b8:27:eb:0b:0d:c2");

struct Host {
  explicit Host(std::string_view kernel) : network(queue, *KernelRules::Of(kernel)) {}

  Link Plug(UsbDriver driver, const Mac& mac = kDeclared) {
    const std::string name = network.PlugUsb({.port = kPort, .driver = driver, .mac = mac});
    const auto links = network.Links();
    EXPECT_EQ(links->back().name, name);
    return links->back();
  }
  uint32_t Mtu() { return network.Links()->back().mtu; }

  VirtualClock clock;
  EventQueue queue{clock};
  Network network;
};

TEST(SimNetwork, GivesTheSmallestNameThatIsFreeAlsoWhenItIsFreeAgain) {
  Host host("6.1.177");
  const auto plug = [&](uint8_t port) {
    return host.network.PlugUsb({.port = PortPath{1, {port}}, .driver = UsbDriver::kCdcSubset});
  };
  EXPECT_EQ(plug(1), "usb0");
  EXPECT_EQ(plug(2), "usb1");
  EXPECT_EQ(plug(3), "usb2");
  host.network.Unplug("usb1");
  EXPECT_EQ(plug(4), "usb1");
  ASSERT_TRUE(host.network.SetLink("usb0", {.name = "s0"}));
  EXPECT_EQ(plug(5), "usb0");
  EXPECT_EQ(plug(6), "usb3");
}

TEST(SimNetwork, TellsLateOfEachLinkOnceWhileItsNoticesAreHeld) {
  Host host("6.1.177");
  const auto next = [&host](os::Moment until) { return host.queue.Next(until).value(); };
  const Link link = host.Plug(UsbDriver::kCdcSubset);
  EXPECT_EQ(next(seconds(1)), os::Event(os::LinkChanged{link.name}));
  host.network.HoldNotices(seconds(3));
  ASSERT_TRUE(host.network.SetLink(link.name, {.up = true}));
  host.network.Unplug(link.name);
  EXPECT_EQ(next(seconds(2)), os::Event(os::DeadlinePassed{}));
  host.network.HoldNotices(seconds(4));
  EXPECT_EQ(next(milliseconds(3500)), os::Event(os::DeadlinePassed{}));
  EXPECT_EQ(next(seconds(10)), os::Event(os::LinkChanged{link.name}));
  EXPECT_EQ(host.clock.Now(), os::Moment(seconds(4)));
  EXPECT_EQ(next(seconds(10)), os::Event(os::DeadlinePassed{}));
}

TEST(SimNetwork, TellsAgainOfALinkThatDidNotChange) {
  Host host("6.1.177");
  const Link link = host.Plug(UsbDriver::kCdcSubset);
  EXPECT_EQ(host.queue.Next(seconds(1)).value(), os::Event(os::LinkChanged{link.name}));
  host.network.TellAgain(link.name);
  EXPECT_EQ(host.queue.Next(seconds(2)).value(), os::Event(os::LinkChanged{link.name}));
}

TEST(KernelRules, KnowEachErasOwnAndRefuseToGuessOthers) {
  EXPECT_FALSE(KernelRules::Of("6.1.161")->caps_usbnet_mtu);
  EXPECT_TRUE(KernelRules::Of("6.1.162")->caps_usbnet_mtu);
  EXPECT_FALSE(KernelRules::Of("6.1.114")->names_local_macs_eth);
  EXPECT_TRUE(KernelRules::Of("6.1.115")->names_local_macs_eth);
  EXPECT_TRUE(KernelRules::Of("6.1.132-rpi")->names_local_macs_eth);
  EXPECT_FALSE(KernelRules::Of("6.1.133")->names_local_macs_eth);
  EXPECT_EQ(KernelRules::Of("4.11.9")->gadget_max_mtu, 15412U);
  EXPECT_EQ(KernelRules::Of("4.12")->gadget_max_mtu, 1500U);
  EXPECT_EQ(KernelRules::Of("4.17.19")->gadget_max_mtu, 1500U);
  EXPECT_EQ(KernelRules::Of("4.18.0")->gadget_max_mtu, 15412U);
  EXPECT_EQ(KernelRules::Of("6.6.1").error().kind, ErrorKind::kNotSupported);
  EXPECT_EQ(KernelRules::Of("latest").error().kind, ErrorKind::kInvalid);
}

TEST(SimUsbLink, IsNamedUsbForALocalMacAndEthForAGlobalOne) {
  Host host("6.1.177");
  EXPECT_EQ(host.Plug(UsbDriver::kCdcEther).name, "usb0");
  EXPECT_EQ(host.Plug(UsbDriver::kCdcEther, kGlobal).name, "eth0");
  EXPECT_EQ(host.Plug(UsbDriver::kCdcEther, Mac{}).name, "usb1");
  EXPECT_EQ(host.Plug(UsbDriver::kCdcSubset, kGlobal).name, "usb2");
}

TEST(SimUsbLink, IsNamedEthForALocalMacByTheKernelsThatGotItWrong) {
  Host host("6.1.120");
  EXPECT_EQ(host.Plug(UsbDriver::kCdcEther).name, "eth0");
  EXPECT_EQ(host.Plug(UsbDriver::kCdcSubset).name, "usb0");
}

TEST(SimUsbLink, SaysWhereItIsPluggedIn) {
  EXPECT_EQ(Host("6.1.177").Plug(UsbDriver::kCdcEther).usb, kPort);
}

TEST(SimUsbLink, RefusesJumboSinceTheCapUnlessItsDriverIsCdcSubset) {
  for (const UsbDriver driver : {UsbDriver::kCdcEther, UsbDriver::kCdcEem, UsbDriver::kRndisHost}) {
    Host host("6.1.177");
    const Link link = host.Plug(driver);
    EXPECT_EQ(link.max_mtu, 1500U);
    EXPECT_EQ(host.network.SetLink(link.name, {.mtu = 7418}).error().kind, ErrorKind::kOutOfRange);
    EXPECT_EQ(host.Mtu(), 1500U);
  }
  Host host("6.1.177");
  const Link link = host.Plug(UsbDriver::kCdcSubset);
  EXPECT_TRUE(host.network.SetLink(link.name, {.mtu = 7418}).has_value());
  EXPECT_EQ(host.Mtu(), 7418U);
}

TEST(SimUsbLink, TakesJumboBeforeTheCap) {
  Host host("6.1.161");
  const Link link = host.Plug(UsbDriver::kCdcEther);
  EXPECT_TRUE(host.network.SetLink(link.name, {.mtu = 7418}).has_value());
  EXPECT_EQ(host.Mtu(), 7418U);
}

TEST(SimUsbLink, RefusesAnMtuWhoseFrameFillsItsLastPacket) {
  Host host("6.1.161");
  const Link link = host.Plug(UsbDriver::kCdcEther);
  constexpr uint32_t kFillsPackets = 14 * 512 - 14;
  EXPECT_EQ(host.network.SetLink(link.name, {.mtu = kFillsPackets}).error().kind,
            ErrorKind::kOutOfRange);
  EXPECT_EQ(host.Mtu(), 1500U);
  EXPECT_TRUE(host.network.SetLink(link.name, {.mtu = kFillsPackets + 1}).has_value());
}

TEST(SimUsbLink, IsRenamedByUdevALittleAfterItAppeared) {
  Host host("6.1.177");
  const Link link = host.Plug(UsbDriver::kCdcEther);
  host.network.ChangeLater(link.name, {.name = "s0"}, milliseconds(300));
  EXPECT_EQ(host.queue.Next(seconds(1)), os::Event(os::LinkChanged{"usb0"}));
  EXPECT_EQ(host.network.Links()->back().name, "usb0");
  EXPECT_EQ(host.queue.Next(seconds(1)), os::Event(os::LinkChanged{"s0"}));
  EXPECT_EQ(host.network.Links()->back().name, "s0");
  EXPECT_EQ(host.clock.Now(), milliseconds(300));
}

TEST(SimUsbLink, KeepsItsNameWhenWeWereFasterThanUdev) {
  Host host("6.1.177");
  const Link link = host.Plug(UsbDriver::kCdcEther);
  host.network.ChangeLater(link.name, {.name = "s0"}, milliseconds(300));
  ASSERT_TRUE(host.network.SetLink(link.name, {.up = true}).has_value());
  host.clock.Advance(seconds(1));
  EXPECT_EQ(host.network.Links()->back().name, "usb0");
}

TEST(SimNetwork, SaysWhenItLostNotices) {
  Host host("6.1.177");
  host.network.LoseNotices();
  EXPECT_EQ(host.queue.Next(seconds(0)), os::Event(os::LinksLost{}));
}

}  // namespace
}  // namespace zprov::sim
