// Where to send to, from descriptors as boards have them and as they may lie.
#include "core/usbboot/descriptors.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace zprov::usbboot {
namespace {

std::string Bytes(std::initializer_list<int> values) {
  std::string bytes;
  for (const int value : values) bytes += static_cast<char>(value);
  return bytes;
}

std::string Configuration(int interfaces) {
  return Bytes({9, 2, 55, 0, interfaces, 1, 0, 0xc0, 0});
}
std::string Interface(int number, int interface_class, int setting = 0) {
  return Bytes({9, 4, number, setting, 2, interface_class, 0, 0, 0});
}
std::string Endpoint(int address, int type = 2) { return Bytes({7, 5, address, type, 64, 0, 0}); }

// README.md of core/usbboot: interface 0 is mass storage, 1 is vendor class.
std::string SecondStage() {
  return Configuration(2) + Interface(0, 8) + Endpoint(0x81) + Endpoint(0x02) + Interface(1, 0xff) +
         Endpoint(0x03) + Endpoint(0x84);
}

TEST(UsbBootDescriptors, PrefersTheVendorInterfaceOverMassStorage) {
  EXPECT_EQ(ChooseBulkOut(SecondStage()), (BulkTarget{1, 3}));
}

TEST(UsbBootDescriptors, GoesByWhatIsThereAndNotByTheUsualNumbers) {
  const std::string unusual = Configuration(2) + Interface(0, 8) + Endpoint(0x01) +
                              Interface(5, 0xff) + Endpoint(0x83) + Endpoint(0x07);
  EXPECT_EQ(ChooseBulkOut(unusual), (BulkTarget{5, 7}));
}

TEST(UsbBootDescriptors, FallsBackToRpibootsRuleByTheNumberOfInterfaces) {
  EXPECT_EQ(ChooseBulkOut(Configuration(1)), (BulkTarget{0, 1}));
  EXPECT_EQ(ChooseBulkOut(Configuration(2)), (BulkTarget{1, 3}));
  EXPECT_EQ(ChooseBulkOut(Configuration(1) + Interface(0, 8) + Endpoint(0x02)), (BulkTarget{0, 1}));
}

TEST(UsbBootDescriptors, TakesNoEndpointThatIsInOrNoBulkOrControl) {
  for (const std::string& endpoint : {Endpoint(0x83), Endpoint(0x03, 3), Endpoint(0x00)}) {
    EXPECT_EQ(ChooseBulkOut(Configuration(1) + Interface(0, 0xff) + endpoint), (BulkTarget{0, 1}));
  }
}

TEST(UsbBootDescriptors, TakesNoAlternateSettingThatNobodySets) {
  const std::string other = Configuration(1) + Interface(0, 0xff, 1) + Endpoint(0x05);
  EXPECT_EQ(ChooseBulkOut(other), (BulkTarget{0, 1}));
}

TEST(UsbBootDescriptors, ReadsAsMuchAsCame) {
  // Linux: "config index 0 descriptor too short (expected 55, got 32)".
  EXPECT_EQ(ChooseBulkOut(SecondStage().substr(0, 32)), (BulkTarget{1, 3}));
  EXPECT_EQ(ChooseBulkOut(SecondStage().substr(0, 9)), (BulkTarget{1, 3}));
  EXPECT_EQ(ChooseBulkOut(SecondStage().substr(0, 8)), std::nullopt);
  EXPECT_EQ(ChooseBulkOut(""), std::nullopt);
}

TEST(UsbBootDescriptors, StopsAtALengthThatIsImpossible) {
  EXPECT_EQ(ChooseBulkOut(Configuration(1) + Bytes({0, 0}) + Interface(1, 0xff) + Endpoint(3)),
            (BulkTarget{0, 1}));
  EXPECT_EQ(ChooseBulkOut(Configuration(1) + Bytes({200, 4})), (BulkTarget{0, 1}));
}

TEST(UsbBootDescriptors, PassesOverDescriptorsThatItDoesNotKnow) {
  EXPECT_EQ(ChooseBulkOut(Configuration(1) + Interface(2, 0xff) + Bytes({4, 0x24, 9, 9}) +
                          Endpoint(0x06)),
            (BulkTarget{2, 6}));
}

}  // namespace
}  // namespace zprov::usbboot
