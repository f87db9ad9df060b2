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

constexpr Gadget kAll[] = {Gadget::kGeth, Gadget::kEcm, Gadget::kGEther};

Device Of(Gadget gadget, sim::UsbSpeed speed = sim::UsbSpeed::kHigh) {
  const auto end = std::make_shared<NetworkEnd>(speed, ConfigurationsOf(gadget, speed).front(),
                                                NetworkEnd::Told{});
  return DeviceOf(gadget, end, {.node = "s3", .host_mac = Mac::Parse("02:34:33:3c:50:22")});
}

std::string StringOf(const Device& device, char index) {
  return device.strings.at(static_cast<size_t>(index) - 1);
}

// SET_ETHERNET_PACKET_FILTER (USB CDC, ECM 1.2, 6.2.4), as a host's driver begins.
const Request kFilter{.type = 0x21, .request = 0x43, .value = 0x000e, .configuration = 1};

TEST(Gadgets, AreNamedAsConfigfsNamesThem) {
  EXPECT_EQ(GadgetNamed("geth"), Gadget::kGeth);
  EXPECT_EQ(GadgetNamed("ecm"), Gadget::kEcm);
  EXPECT_EQ(GadgetNamed("g_ether"), Gadget::kGEther);
  EXPECT_EQ(GadgetNamed("eem"), std::nullopt);
  EXPECT_EQ(GadgetNamed(""), std::nullopt);
}

TEST(Gadgets, SayTheirLength) {
  for (const Gadget gadget : kAll) {
    for (const auto speed : {sim::UsbSpeed::kFull, sim::UsbSpeed::kHigh}) {
      for (const std::string& bytes : ConfigurationsOf(gadget, speed)) {
        EXPECT_EQ(static_cast<size_t>(static_cast<uint8_t>(bytes[2])), bytes.size());
        size_t sum = 0;
        while (sum < bytes.size()) sum += static_cast<uint8_t>(bytes[sum]);
        EXPECT_EQ(sum, bytes.size());
      }
    }
  }
}

TEST(Gadgets, GethIsOneInterfaceWithBothEndpoints) {
  const std::string bytes = ConfigurationsOf(Gadget::kGeth, sim::UsbSpeed::kFull).front();
  EXPECT_THAT(
      InterfacesOf(bytes, {}),
      ElementsAre(Interface{0, 2, 10, 0, {{0x81, kBulk, 0, 0, 64}, {0x01, kBulk, 0, 0, 64}}}));
}

TEST(Gadgets, EcmHasItsEndpointsInTheSecondSetting) {
  const std::string bytes = ConfigurationsOf(Gadget::kEcm, sim::UsbSpeed::kHigh).front();
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
}

TEST(Gadgets, ListenForChangesAsOftenAtEitherSpeed) {
  const auto interval = [](sim::UsbSpeed speed) {
    const std::string bytes = ConfigurationsOf(Gadget::kEcm, speed).front();
    return InterfacesOf(bytes, {}).at(0).endpoints.at(0).interval;
  };
  EXPECT_EQ(interval(sim::UsbSpeed::kHigh), 9);   // 2^8 eighths of a millisecond
  EXPECT_EQ(interval(sim::UsbSpeed::kFull), 32);  // milliseconds
}

TEST(Gadgets, ShowWhatTheyAreAtTheOtherSpeed) {
  for (const Gadget gadget : kAll) {
    const Device high = Of(gadget, sim::UsbSpeed::kHigh);
    const Device full = Of(gadget, sim::UsbSpeed::kFull);
    std::string expected = DescriptorOf(full, 2, 0);
    expected[1] = 7;
    EXPECT_EQ(DescriptorOf(high, 7, 0), expected);
    EXPECT_THAT(DescriptorOf(high, 6, 0), SizeIs(10));
    EXPECT_EQ(DescriptorOf(high, 7, high.descriptor.configurations), "");
  }
}

TEST(Gadgets, HaveAnEmptyStringBehindTheLast) {
  EXPECT_EQ(DescriptorOf(Of(Gadget::kGeth), 3, 6), std::string("\x02\x03"));
  EXPECT_EQ(DescriptorOf(Of(Gadget::kGeth), 3, 7), "");
  EXPECT_EQ(DescriptorOf(Of(Gadget::kEcm), 3, 8), std::string("\x02\x03"));
  EXPECT_EQ(DescriptorOf(Of(Gadget::kEcm), 3, 9), "");
}

TEST(Gadgets, TakeAPacketFilterOnlyWhereThereIsCdcEthernet) {
  EXPECT_EQ(Of(Gadget::kGeth).on_request(kFilter), sim::UsbReply::Stall());
  EXPECT_EQ(Of(Gadget::kEcm).on_request(kFilter), sim::UsbReply::Taken());
  Request another = kFilter;
  another.request = 0x44;
  EXPECT_EQ(Of(Gadget::kEcm).on_request(another), sim::UsbReply::Stall());
}

// A host that takes the first it can use takes RNDIS; Linux looks further.
TEST(Gadgets, GEtherIsRndisThenCdcEthernet) {
  const Device device = Of(Gadget::kGEther);
  EXPECT_EQ(device.descriptor.configurations, 2);
  const std::string first = DescriptorOf(device, 2, 0);
  const std::string second = DescriptorOf(device, 2, 1);
  EXPECT_EQ(ValueOf(first), 2);
  EXPECT_EQ(ValueOf(second), 1);
  EXPECT_EQ(ConfigurationWith(device, 1), second);
  EXPECT_EQ(InterfacesOf(first, {}).at(0).protocol, 0xff);
  EXPECT_EQ(InterfacesOf(second, {}).at(0).subclass, 6);
  EXPECT_EQ(StringOf(device, second[second.find("\x0d\x24\x0f") + 3]), "0234333C5022");
}

TEST(Gadgets, GEtherAnswersEachRequestInItsConfigurationAlone) {
  const Device device = Of(Gadget::kGEther);
  const std::string initialize("\x02\0\0\0\x18\0\0\0\x07\0\0\0\x01\0\0\0\0\0\0\0\0\x40\0\0", 24);
  Request send{.type = 0x21, .request = 0, .length = 24, .bytes = initialize, .configuration = 1};
  EXPECT_EQ(device.on_request(send), sim::UsbReply::Stall());
  EXPECT_EQ(device.on_request(kFilter), sim::UsbReply::Taken());
  send.configuration = 2;
  EXPECT_EQ(device.on_request(send), sim::UsbReply::Taken());
  Request filter = kFilter;
  filter.configuration = 2;
  EXPECT_EQ(device.on_request(filter), sim::UsbReply::Stall());
  EXPECT_THAT(device.news(), ElementsAre(SizeIs(8)));
  EXPECT_THAT(device.news(), IsEmpty());
}

TEST(Gadgets, RndisAnswersInitializeOnceWithItsNumber) {
  const Device device = Of(Gadget::kGEther);
  const std::string initialize("\x02\0\0\0\x18\0\0\0\x55\x66\x77\x88", 12);
  const Request ask{.type = 0xa1, .request = 1, .length = 1024, .configuration = 2};
  Request send{.type = 0x21, .request = 0, .bytes = initialize, .configuration = 2};
  EXPECT_EQ(device.on_request(ask), sim::UsbReply::Stall()) << "there is no answer yet";
  device.on_request(send);
  const std::string answer = device.on_request(ask).bytes;
  EXPECT_THAT(answer, SizeIs(52));
  EXPECT_EQ(answer.substr(8, 4), "\x55\x66\x77\x88");
  EXPECT_EQ(device.on_request(ask), sim::UsbReply::Stall());
  send.bytes = "short";
  EXPECT_EQ(device.on_request(send), sim::UsbReply::Taken());
  EXPECT_EQ(device.on_request(ask), sim::UsbReply::Stall());
}

TEST(Gadgets, EcmSaysThatTheLinkWasNotThereThenThatItIsAndHowFast) {
  EXPECT_EQ(Of(Gadget::kGeth).notices, nullptr);
  const auto at_full = Of(Gadget::kEcm, sim::UsbSpeed::kFull).notices(1);
  const auto at_high = Of(Gadget::kEcm).notices(1);
  EXPECT_THAT(at_high, ElementsAre(SizeIs(8), SizeIs(8), SizeIs(16)));
  EXPECT_EQ(at_high[0][2], 0);
  EXPECT_EQ(at_high[1][2], 1);
  EXPECT_NE(at_high[2], at_full[2]);
}

}  // namespace
}  // namespace zprov::vm
