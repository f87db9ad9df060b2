// What os::Netlink promises of the links of USB gadgets, on a 6.1 that caps them (fixtures/kernels/
// README.md, Names and MTU): usbnet's names and MTU limits. Links of other kinds: netlink_contract.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "contract/usb_link_world.h"
#include "support/capability.h"

namespace zprov::tests {
namespace {

const Mac kLocal = *Mac::Parse("02:34:33:3c:50:22");
const Mac kGlobal = *Mac::Parse("b8:27:eb:0b:0d:c2");
const PortPath kPort = *PortPath::Parse("1-1");
const PortPath kOtherPort = *PortPath::Parse("1-2");
constexpr uint32_t kEthernetHeader = 14;  // bytes
constexpr uint32_t kCapped = 1500;        // f_ecm advertises 1514 with the header

class NetlinkUsbContract : public testing::TestWithParam<UsbLinkWorldRow> {
 protected:
  void SetUp() override {
    ZPROV_NEEDS(GetParam().can_make(), GetParam().needs);
    world_ = GetParam().make();
  }

  Link Now(const std::string& name) { return world_->LinkNamed(name); }
  // Its link.
  Link Plug(PluggedGadget gadget, const Mac& host_mac = kLocal, const PortPath& port = kPort) {
    return Now(world_->Plug(port, gadget, host_mac));
  }
  void Set(const Link& link, const os::LinkChange& change) {
    const auto outcome = world_->netlink().SetLink(link.name, change);
    EXPECT_TRUE(outcome.has_value()) << outcome.error().message;
  }
  void ExpectRefused(const Link& link, const os::LinkChange& change, ErrorKind kind) {
    const auto outcome = world_->netlink().SetLink(link.name, change);
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().kind, kind) << outcome.error().message;
    EXPECT_EQ(Now(link.name), link);
  }
  // Reads events until it has carrier.
  bool GetsCarrier(const std::string& link) {
    while (!Now(link).carrier) {
      const auto event = world_->events().Next(world_->Late());
      if (!event.has_value() || std::holds_alternative<os::DeadlinePassed>(*event)) return false;
    }
    return true;
  }

  std::unique_ptr<UsbLinkWorld> world_;
};

// ---- names

TEST_P(NetlinkUsbContract, NamesALinkEthOnlyForAGlobalMacThatItsGadgetTells) {
  const PortPath third = *PortPath::Parse("1-3");
  EXPECT_EQ(Plug(PluggedGadget::kEcm, kLocal).name, "usb0");
  EXPECT_EQ(Plug(PluggedGadget::kEcm, kGlobal, kOtherPort).name, "eth0");
  EXPECT_EQ(Plug(PluggedGadget::kGeth, kGlobal, third).name, "usb1");
}

TEST_P(NetlinkUsbContract, GivesANameAgainOnceItIsFree) {
  Plug(PluggedGadget::kEcm);
  EXPECT_EQ(Plug(PluggedGadget::kEcm, kLocal, kOtherPort).name, "usb1");
  world_->Unplug(kPort);
  EXPECT_EQ(Plug(PluggedGadget::kGeth).name, "usb0");
}

TEST_P(NetlinkUsbContract, IsRenamedByOthersWhileItIsDownAndNeverWhileItIsUp) {
  const Link link = Plug(PluggedGadget::kGeth);
  ASSERT_TRUE(world_->RenameByOthers(link.name, "s0"));
  Set(Now("s0"), {.up = true});
  EXPECT_FALSE(world_->RenameByOthers("s0", "s1"));
  ExpectRefused(Now("s0"), {.name = "s1"}, ErrorKind::kBusy);
  Set(Now("s0"), {.up = false});
  Set(Now("s0"), {.name = "s1"});
  EXPECT_EQ(Now("s1").index, link.index);
}

TEST_P(NetlinkUsbContract, SaysThatALinkCameAndWent) {
  const Link link = Plug(PluggedGadget::kGeth);
  EXPECT_TRUE(world_->Await(os::LinkChanged{link.name}));
  while (world_->events().Next(world_->clock().Now()) != os::Event(os::DeadlinePassed{})) {
  }
  world_->Unplug(kPort);
  EXPECT_TRUE(world_->Await(os::LinkChanged{link.name}));
  const auto links = world_->netlink().Links();
  EXPECT_TRUE(std::ranges::none_of(*links, [](const Link& each) { return each.usb == kPort; }));
}

// ---- what a new link is

TEST_P(NetlinkUsbContract, ShowsWhereALinkIsPluggedIn) {
  world_->PlugHub(*PortPath::Parse("1-3"));
  for (const char* port : {"1-1", "1-3.2"}) {
    const PortPath place = *PortPath::Parse(port);
    EXPECT_EQ(Plug(PluggedGadget::kGeth, kLocal, place).usb, place);
  }
  EXPECT_EQ(Plug(PluggedGadget::kEcm, kLocal, kOtherPort).usb, kOtherPort);
  EXPECT_EQ(Now("lo").usb, std::nullopt);
}

TEST_P(NetlinkUsbContract, IsDownWithTheMacThatItsGadgetTells) {
  const Link link = Plug(PluggedGadget::kEcm, kGlobal);
  EXPECT_EQ(link.mac, kGlobal);
  EXPECT_EQ(link.mtu, kCapped);
  EXPECT_EQ(link.kind, "");
  EXPECT_FALSE(link.up);
  EXPECT_FALSE(link.carrier);
}

TEST_P(NetlinkUsbContract, HasAMacThatItsHostMadeUpWhereItsGadgetTellsNone) {
  constexpr uint8_t kLocallyAdministered = 2;
  const Link link = Plug(PluggedGadget::kGeth, kGlobal);
  EXPECT_NE(link.mac, kGlobal);
  EXPECT_FALSE(link.mac.IsZero());
  EXPECT_NE(link.mac.bytes[0] & kLocallyAdministered, 0);
  Set(link, {.mac = kLocal});
  EXPECT_EQ(Now(link.name).mac, kLocal);
}

TEST_P(NetlinkUsbContract, HasCarrierOnceItIsUp) {
  for (const auto gadget : {PluggedGadget::kGeth, PluggedGadget::kEcm}) {
    const Link link = Plug(gadget);
    Set(link, {.up = true});
    EXPECT_TRUE(GetsCarrier(link.name));
    world_->Unplug(kPort);
  }
}

// ---- MTU

TEST_P(NetlinkUsbContract, CapsTheMtuAtTheSegmentSizeThatItsGadgetTells) {
  const Link link = Plug(PluggedGadget::kEcm);
  EXPECT_EQ(link.max_mtu, kCapped);
  ExpectRefused(link, {.mtu = kCapped + 1}, ErrorKind::kOutOfRange);
  ExpectRefused(link, {.mtu = 7418}, ErrorKind::kOutOfRange);
  Set(link, {.mtu = kCapped - 1});
  EXPECT_EQ(Now(link.name).mtu, kCapped - 1);
}

TEST_P(NetlinkUsbContract, CapsNoMtuOfCdcSubset) {
  const Link link = Plug(PluggedGadget::kGeth);
  EXPECT_EQ(link.min_mtu, 0U);
  EXPECT_EQ(link.max_mtu, 65535U);
  EXPECT_EQ(link.mtu, 1500U);
  Set(link, {.mtu = 7418});
  EXPECT_EQ(Now(link.name).mtu, 7418U);
}

TEST_P(NetlinkUsbContract, RefusesAnMtuWhoseFrameFillsItsLastPacket) {
  constexpr uint32_t kPacket = 512;  // bytes, at high speed
  const Link subset = Plug(PluggedGadget::kGeth);
  ExpectRefused(subset, {.mtu = 14 * kPacket - kEthernetHeader}, ErrorKind::kOutOfRange);
  const Link ecm = Plug(PluggedGadget::kEcm, kLocal, kOtherPort);
  ExpectRefused(ecm, {.mtu = 2 * kPacket - kEthernetHeader}, ErrorKind::kOutOfRange);
  Set(ecm, {.mtu = 2 * kPacket - kEthernetHeader + 1});
  EXPECT_EQ(Now(ecm.name).mtu, 2 * kPacket - kEthernetHeader + 1);
}

TEST_P(NetlinkUsbContract, RefusesMoreMtusAtFullSpeed) {
  constexpr uint32_t kPacket = 64;  // bytes
  world_->PlugHub(kPort);
  const Link link = Plug(PluggedGadget::kGeth, kLocal, *PortPath::Parse("1-1.1"));
  ExpectRefused(link, {.mtu = 17 * kPacket - kEthernetHeader}, ErrorKind::kOutOfRange);
  Set(link, {.mtu = 17 * kPacket - kEthernetHeader + 1});
}

INSTANTIATE_TEST_SUITE_P(, NetlinkUsbContract, testing::ValuesIn(UsbLinkWorlds()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace zprov::tests
