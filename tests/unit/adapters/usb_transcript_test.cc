// The text of transcripts: each kind of line, read and written again; foreign bytes refused.
#include "adapters/usb_transcript.h"

#include <gmock/gmock.h>

#include "adapters/recording_usb.h"

namespace zprov::adapters {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kEachKind =
    "zprov usb transcript 1\n"
    "0.000000000 watch = ok\n"
    "0.000000000 devices = devices 2, 1-1 0424:9514 serial 0 class 9, "
    "1-1.2 0a5c:2763 serial 0 class 0\n"
    "0.000000001 * arrived 1-1.2 0a5c:2763 serial 0 class 0\n"
    "1.500000000 open 1-1.2 = handle 1 configuration 0902190001010080320904\n"
    "1.500000000 claim 1 interface 0 = ok\n"
    "1.500000000 submit 1 control 40 0 18 0 timeout 1000 = transfer 1\n"
    "1.500125000 * completed 1 timed-out 0 -\n"
    "1.500125000 * completed 2 done 260 00000000636f6e666967+250\n"
    "1.600000000 submit 1 bulk 1 3 bytes 010203 timeout 5000 = error gone: the device left\n"
    "20.000000000 * left 1-1.2\n"
    "20.000000000 * other\n"
    "20.000000000 close 1 = ok\n";

TEST(UsbTranscript, IsReadAndWrittenAgainAsItWas) {
  const std::string text(kEachKind);
  const auto lines = ParseTranscript(text);
  ASSERT_TRUE(lines) << lines.error().message;
  std::string again = TranscriptHead();
  for (const UsbLine& line : *lines) again += Format(line);
  EXPECT_EQ(again, text);
  const auto& completed = std::get<os::UsbCompleted>(std::get<UsbEvent>((*lines)[7].what));
  EXPECT_EQ(completed.bytes, std::string(4, '\0') + "config" + std::string(250, '\0'));
  const auto& refused = std::get<UsbCall>((*lines)[8].what);
  EXPECT_EQ(std::get<Error>(refused.answer), (Error{ErrorKind::kGone, "the device left"}));
}

TEST(UsbTranscript, NamesTheLineThatIsNone) {
  for (const char* wrong :
       {"0.000000000 watch\n", "0.000000000 watch = perhaps\n", "0.1 watch = ok\n",
        "0.000000000 * completed 1 done 0\n", "0.000000000 * left 1-\n",
        "0.000000000 * completed 1 done 0 0\n", "0.000000000 * completed 1 done 0 00+99999999\n",
        "0.000000000 devices = devices 2, 1-1 0424:9514 serial 0 class 9\n",
        "0.000000000 open 1-1.2 = handle 1\n", "0.000000000 watch = ok"}) {
    const auto lines = ParseTranscript(TranscriptHead() + "0.000000000 watch = ok\n" + wrong);
    ASSERT_FALSE(lines) << wrong;
    EXPECT_EQ(lines.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(lines.error().message, HasSubstr("line 3 ")) << wrong;
  }
  EXPECT_FALSE(ParseTranscript("zprov usb transcript 2\n"));
}

TEST(UsbTranscript, WritesLongBulkBytesAsTheirHash) {
  std::string bytes(65, 'a');
  const std::string text = SubmitText(1, {os::BulkOut{3, bytes}, std::chrono::seconds(5)});
  EXPECT_THAT(text, HasSubstr("submit 1 bulk 3 65 bytes xxh3:"));
  bytes[64] = 'b';
  EXPECT_NE(SubmitText(1, {os::BulkOut{3, bytes}, std::chrono::seconds(5)}), text);
}

// A bus and events of which each call does one thing.
class OneWordBus final : public os::UsbBus, public os::Events {
 public:
  Result<std::vector<os::UsbDevice>> Devices() override { return std::vector<os::UsbDevice>(); }
  Result<void> Watch() override { return {}; }
  Result<os::UsbOpened> Open(const PortPath&) override { return os::UsbOpened{7, "\x09"}; }
  Result<void> Claim(os::UsbHandle, uint8_t) override {
    return Fail(ErrorKind::kBusy, "rpiboot has it");
  }
  Result<os::UsbTransferId> Submit(os::UsbHandle, const os::UsbTransfer&) override { return 3; }
  void Cancel(os::UsbTransferId) override {}
  Result<void> Reset(os::UsbHandle) override { return {}; }
  void Close(os::UsbHandle) override {}
  Result<void> SetPortPower(const PortPath&, PortPower) override { return {}; }
  Result<os::Event> Next(os::Moment) override { return next; }

  os::Event next = os::DeadlinePassed{};
};

class TickingClock final : public os::Clock {
 public:
  os::Moment Now() const override { return now; }
  std::chrono::nanoseconds WallTime() const override { return now; }
  os::Moment now = std::chrono::seconds(100);
};

TEST(RecordUsb, PassesEverythingOnAndWritesItDownWithItsTime) {
  OneWordBus inner;
  TickingClock clock;
  std::string text;
  const auto recording =
      RecordUsb({inner, inner, clock}, [&](std::string_view piece) { text += piece; });
  const PortPath port = *PortPath::Parse("1-1.2");
  EXPECT_TRUE(recording.usb->Watch());
  EXPECT_EQ(recording.usb->Open(port)->handle, 7U);
  clock.now += std::chrono::milliseconds(1);
  EXPECT_EQ(recording.usb->Claim(7, 1).error().kind, ErrorKind::kBusy);
  EXPECT_EQ(*recording.usb->Submit(7, {os::ControlIn{0xc0, 0, 260, 0, 260}}), 3U);
  EXPECT_EQ(*recording.events->Next({}), os::Event(os::DeadlinePassed{}));
  inner.next = os::UsbLeft{port};
  EXPECT_EQ(*recording.events->Next({}), os::Event(os::UsbLeft{port}));
  inner.next = os::LinkChanged{"usb0"};
  EXPECT_EQ(*recording.events->Next({}), os::Event(os::LinkChanged{"usb0"}));
  recording.usb->Cancel(3);
  recording.usb->Close(7);
  (void)recording.usb->SetPortPower(port, os::UsbBus::PortPower::kOff);
  EXPECT_EQ(text,
            "zprov usb transcript 1\n"
            "0.000000000 watch = ok\n"
            "0.000000000 open 1-1.2 = handle 7 configuration 09\n"
            "0.001000000 claim 7 interface 1 = error busy: rpiboot has it\n"
            "0.001000000 submit 7 control c0 0 104 0 for 260 timeout 1000 = transfer 3\n"
            "0.001000000 * left 1-1.2\n"
            "0.001000000 * other\n"
            "0.001000000 cancel 3 = ok\n"
            "0.001000000 close 7 = ok\n"
            "0.001000000 power 1-1.2 off = ok\n");
  EXPECT_TRUE(ParseTranscript(text));
}

}  // namespace
}  // namespace zprov::adapters
