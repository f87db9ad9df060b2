#include "adapters/usb_configuration.h"

#include <gtest/gtest.h>

namespace zprov::adapters {
namespace {

const std::string kDevice(18, '\x01');
// Says 32 bytes, value 1, and has its interface: all that came of it is 18 bytes.
const std::string kShort("\x09\x02\x20\0\x01\x01\0\x80\x32\x09\x04\0\0\0\xff\0\0\0", 18);
const std::string kSecond("\x09\x02\x09\0\0\x02\0\x80\x32", 9);

TEST(UsbConfiguration, IsTheOneWithTheValueHoweverLongTheOneBeforeItClaimsToBe) {
  EXPECT_EQ(ConfigurationIn(kDevice + kShort + kSecond, 1), kShort);
  EXPECT_EQ(ConfigurationIn(kDevice + kShort + kSecond, 2), kSecond);
}

TEST(UsbConfiguration, IsEmptyWhenThereIsNoneWithTheValue) {
  EXPECT_EQ(ConfigurationIn(kDevice + kShort, 7), "");
  EXPECT_EQ(ConfigurationIn(kDevice, 1), "");
  EXPECT_EQ(ConfigurationIn("", 1), "");
}

TEST(UsbConfiguration, KeepsWhatIsNoDescriptorAndWhatIsCutOff) {
  const std::string zero_length = kShort + std::string("\0\0\0", 3);
  EXPECT_EQ(ConfigurationIn(kDevice + zero_length, 1), zero_length);
  const std::string cut = kShort + "\x07";
  EXPECT_EQ(ConfigurationIn(kDevice + cut, 1), cut);
  EXPECT_EQ(ConfigurationIn(kDevice + kShort.substr(0, 5), 1), "");
}

}  // namespace
}  // namespace zprov::adapters
