// The gadgets' descriptors, as a host's driver reads them.
#include "vm/cable/gadget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zprov::vm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr uint8_t kBulk = 2;
constexpr uint8_t kInterrupt = 3;

Device Of(Gadget gadget) {
  const auto end = std::make_shared<NetworkEnd>(
      sim::UsbSpeed::kHigh, ConfigurationOf(gadget, sim::UsbSpeed::kHigh), NetworkEnd::Told{});
  return DeviceOf(gadget, end, {.node = "s3", .host_mac = Mac::Parse("02:34:33:3c:50:22")});
}

std::string StringOf(const Device& device, char index) {
  return device.strings.at(static_cast<size_t>(index) - 1);
}

TEST(Gadgets, AreNamedAsConfigfsNamesThem) {
  EXPECT_EQ(GadgetNamed("geth"), Gadget::kGeth);
  EXPECT_EQ(GadgetNamed("ecm"), Gadget::kEcm);
  EXPECT_EQ(GadgetNamed("eem"), std::nullopt);
  EXPECT_EQ(GadgetNamed(""), std::nullopt);
}

TEST(Gadgets, SayTheirLength) {
  for (const Gadget gadget : {Gadget::kGeth, Gadget::kEcm}) {
    for (const auto speed : {sim::UsbSpeed::kFull, sim::UsbSpeed::kHigh}) {
      const std::string bytes = ConfigurationOf(gadget, speed);
      EXPECT_EQ(static_cast<size_t>(static_cast<uint8_t>(bytes[2])), bytes.size());
      size_t sum = 0;
      while (sum < bytes.size()) sum += static_cast<uint8_t>(bytes[sum]);
      EXPECT_EQ(sum, bytes.size());
    }
  }
}

TEST(Gadgets, GethIsOneInterfaceWithBothEndpoints) {
  const std::string bytes = ConfigurationOf(Gadget::kGeth, sim::UsbSpeed::kFull);
  EXPECT_THAT(
      InterfacesOf(bytes, {}),
      ElementsAre(Interface{0, 2, 10, 0, {{0x81, kBulk, 0, 0, 64}, {0x01, kBulk, 0, 0, 64}}}));
}

TEST(Gadgets, EcmHasItsEndpointsInTheSecondSetting) {
  const std::string bytes = ConfigurationOf(Gadget::kEcm, sim::UsbSpeed::kHigh);
  const Interface control{0, 2, 6, 0, {{0x82, kInterrupt, 9, 0, 16}}};
  EXPECT_THAT(InterfacesOf(bytes, {}), ElementsAre(control, Interface{1, 10, 0, 0, {}}));
  EXPECT_THAT(
      InterfacesOf(bytes, {{1, 1}}),
      ElementsAre(control,
                  Interface{1, 10, 0, 0, {{0x81, kBulk, 0, 1, 512}, {0x01, kBulk, 0, 1, 512}}}));
  EXPECT_TRUE(HasSetting(bytes, 1, 1));
  EXPECT_FALSE(HasSetting(bytes, 0, 1));
  EXPECT_FALSE(HasSetting(bytes, 1, 2));
}

TEST(Gadgets, TellTheHostsMacAndTheNodesNameByTheirStrings) {
  const Device geth = Of(Gadget::kGeth);
  const Device ecm = Of(Gadget::kEcm);
  for (const Device& device : {geth, ecm}) {
    EXPECT_EQ(StringOf(device, static_cast<char>(device.descriptor.serial_index)), "s3");
    // The Ethernet functional descriptor, 24 0f: its fourth byte.
    const std::string bytes = device.function->Configuration();
    const size_t at = bytes.find("\x0d\x24\x0f");
    ASSERT_NE(at, std::string::npos);
    EXPECT_EQ(StringOf(device, bytes[at + 3]), "0234333C5022");
  }
  EXPECT_THAT(geth.notices, IsEmpty());
  EXPECT_THAT(ecm.notices, SizeIs(2));
}

}  // namespace
}  // namespace zprov::vm
