#include "qemu/gadget_reader/interview.h"

#include <cstdarg>
#include <cstdio>

namespace zprov::tests {
namespace {

// USB 2.0, 9.4 and 9.6.
constexpr uint8_t kIn = 0x80;
constexpr uint8_t kGetDescriptor = 6;
constexpr uint8_t kDevice = 1;
constexpr uint8_t kConfiguration = 2;
constexpr uint8_t kString = 3;
constexpr uint8_t kInterface = 4;
constexpr uint8_t kEndpoint = 5;
constexpr uint8_t kQualifier = 6;
constexpr uint8_t kOtherSpeed = 7;
constexpr uint8_t kInterrupt = 3;
constexpr uint16_t kEnglish = 0x0409;
constexpr uint16_t kAnyLength = 1024;

// Of an interface's class (USB CDC 1.2, 6.2; ECM 1.2, 6.2).
constexpr uint8_t kClassOut = 0x21;
constexpr uint8_t kClassIn = 0xa1;
constexpr uint8_t kSendEncapsulated = 0x00;
constexpr uint8_t kGetEncapsulated = 0x01;
constexpr uint8_t kSetPacketFilter = 0x43;
constexpr uint8_t kGetStatistic = 0x44;
// Directed, broadcast and all multicast frames, as Linux's cdc_ether sets it.
constexpr uint16_t kUsualFilter = 0x000e;

// More than any gadget here has: what is behind the last is asked for too.
constexpr uint8_t kStrings = 16;
constexpr uint8_t kNoSuchConfiguration = 9;

// REMOTE_NDIS_INITIALIZE_MSG: 24 bytes, request 7, version 1.0, transfers of 16 KiB
// (MS-RNDIS, 2.2.2).
const std::string kInitialize("\x02\0\0\0\x18\0\0\0\x07\0\0\0\x01\0\0\0\0\0\0\0\0\x40\0\0", 24);

uint8_t At(const std::string& bytes, size_t at) { return static_cast<uint8_t>(bytes.at(at)); }

__attribute__((format(printf, 1, 2))) std::string Text(const char* format, ...) {
  char text[128];
  va_list values;
  va_start(values, format);
  std::vsnprintf(text, sizeof text, format, values);
  va_end(values);
  return text;
}

std::string Hex(const std::string& bytes) {
  std::string hex;
  for (size_t i = 0; i < bytes.size(); ++i) hex += Text(" %02x", At(bytes, i));
  return hex.empty() ? " nothing" : hex;
}

// A descriptor of a configuration, in the words of its line.
std::string NameOf(const std::string& bytes) {
  const uint8_t type = bytes.size() < 2 ? uint8_t{0} : At(bytes, 1);
  if (type == kInterface && bytes.size() >= 9) {
    return Text("interface %d, setting %d", At(bytes, 2), At(bytes, 3));
  }
  if (type == kEndpoint && bytes.size() >= 7) return Text("endpoint %02x", At(bytes, 2));
  return type == kConfiguration || type == kOtherSpeed ? "head"
                                                       : Text("descriptor of type %02x", type);
}

std::vector<std::string> DescriptorsIn(std::string bytes) {
  std::vector<std::string> descriptors;
  while (!bytes.empty()) {
    const size_t size = At(bytes, 0) < 2 ? bytes.size() : At(bytes, 0);
    descriptors.push_back(bytes.substr(0, size));
    bytes.erase(0, descriptors.back().size());
  }
  return descriptors;
}

class Interviewer {
 public:
  explicit Interviewer(UsbHost& host) : host_(host) {}

  std::vector<std::string> AskAll() {
    const uint8_t configurations = AskDevice();
    for (const uint8_t type : {kConfiguration, kOtherSpeed}) {
      for (uint8_t i = 0; i <= configurations; ++i) AskConfiguration(type, i);
    }
    for (uint8_t i = 0; i < kStrings; ++i) AskString(i);
    for (uint8_t i = 0; i < configurations; ++i)
      Use(DescriptorsIn(Descriptor(kConfiguration, i).bytes));
    Say(Text("use of configuration value %d, which is none", kNoSuchConfiguration),
        host_.Configure(kNoSuchConfiguration));
    return lines_;
  }

 private:
  void Say(const std::string& what, const Answer& answer) {
    lines_.push_back(what + ":" + (answer.stalled ? " stall" : Hex(answer.bytes)));
  }
  void SayWhether(const std::string& what, const Answer& answer) {
    lines_.push_back(what + (answer.stalled ? ": stall" : ": taken"));
  }

  Answer Descriptor(uint8_t type, uint8_t index) {
    return host_.Control({.type = kIn,
                          .request = kGetDescriptor,
                          .value = static_cast<uint16_t>(type << 8 | index),
                          .index = type == kString && index != 0 ? kEnglish : uint16_t{0},
                          .length = type == kString ? uint16_t{255} : kAnyLength},
                         "");
  }

  // How many configurations it says that it has.
  uint8_t AskDevice() {
    const Answer device = Descriptor(kDevice, 0);
    Say("device", device);
    Say("qualifier", Descriptor(kQualifier, 0));
    return device.bytes.size() < 18 ? uint8_t{0} : At(device.bytes, 17);
  }

  void AskConfiguration(uint8_t type, uint8_t index) {
    const std::string which = Text(
        type == kConfiguration ? "configuration %d" : "configuration %d at the other speed", index);
    const Answer answer = Descriptor(type, index);
    if (answer.stalled) return Say(which, answer);
    size_t place = 0;
    for (const std::string& one : DescriptorsIn(answer.bytes)) {
      Say(which + Text(", %zu: ", place++) + NameOf(one), {.bytes = one});
    }
  }

  void AskString(uint8_t index) {
    const Answer answer = Descriptor(kString, index);
    std::string text;
    for (size_t i = 2; index != 0 && i < answer.bytes.size(); i += 2) text += answer.bytes[i];
    Say(Text("string %d", index), answer);
    if (!text.empty()) lines_.back() += " \"" + text + "\"";
  }

  void Use(const std::vector<std::string>& descriptors) {
    const uint8_t value = At(descriptors.at(0), 5);
    const std::string which = Text("in use of configuration value %d, ", value);
    SayWhether(which + "itself", host_.Configure(value));
    for (const std::string& one : descriptors) {
      if (At(one, 1) != kInterface) continue;
      const std::string name = which + NameOf(one);
      SayWhether(name, host_.Set(At(one, 2), At(one, 3)));
    }
    SayWhether(which + "interface 0, setting 7, which is none", host_.Set(0, 7));
    AskClass(which);
    for (const std::string& one : descriptors) {
      const bool listens = At(one, 1) == kEndpoint && (At(one, 3) & 3) == kInterrupt;
      if (listens) SayNotices(which, one);
    }
    AskEncapsulated(which + "answer");
    AskEncapsulated(which + "answer behind the last");
  }

  void AskClass(const std::string& which) {
    SayWhether(
        which + "the packet filter",
        host_.Control({.type = kClassOut, .request = kSetPacketFilter, .value = kUsualFilter}, ""));
    Say(which + "a statistic",
        host_.Control({.type = kClassIn, .request = kGetStatistic, .value = 1, .length = 4}, ""));
    SayWhether(which + "RNDIS's INITIALIZE",
               host_.Control({.type = kClassOut,
                              .request = kSendEncapsulated,
                              .length = static_cast<uint16_t>(kInitialize.size())},
                             kInitialize));
  }

  void AskEncapsulated(const std::string& what) {
    Say(what,
        host_.Control({.type = kClassIn, .request = kGetEncapsulated, .length = kAnyLength}, ""));
  }

  void SayNotices(const std::string& which, const std::string& endpoint) {
    int number = 0;
    for (const std::string& notice : host_.Listen(At(endpoint, 2), At(endpoint, 4))) {
      Say(which + Text("notice %d", ++number), {.bytes = notice});
    }
    lines_.push_back(which + Text("notices: %d", number));
  }

  UsbHost& host_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> Interview(UsbHost& host) { return Interviewer(host).AskAll(); }

}  // namespace zprov::tests
