// Orders to a cable, in words: what each does, and what is said to wrong ones.
#include "vm/cable/control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include <filesystem>
#include <string>
#include <vector>

#include "unit/vm/served_cable.h"

namespace zprov::vm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using tests::Frame;
using Done = tests::MachinePort::Done;

class Control : public tests::ServedCable {
 protected:
  std::string Say(const std::string& line) {
    const std::string answer = Obey(cable, line);
    host.Pump();
    return answer;
  }
};

TEST_F(Control, APowerCutKillsTheMachineAndTakesTheDeviceOffTheBus) {
  ServeAll();
  TakeUpBothEnds();
  EXPECT_EQ(Say("power off"), "ok");
  EXPECT_EQ(killed, 1);
  EXPECT_EQ(host.plugged().back(), "-");
  Pass(seconds(10));
  EXPECT_EQ(host.plugged().back(), "-");
  EXPECT_EQ(Say("stage"), "ok off");
}

TEST_F(Control, ABoardWithPowerAgainBootsAnew) {
  ServeAll();
  Say("power off");
  EXPECT_EQ(Say("power on"), "ok");
  Pass(seconds(1));
  EXPECT_EQ(Say("stage"), "ok rom");
  EXPECT_EQ(host.plugged().back(), "0a5c:2763 full");
  ServeAll();
  EXPECT_THAT(started, SizeIs(2));
}

TEST_F(Control, ASecondPowerCutIsNone) {
  Say("power off");
  EXPECT_EQ(Say("power off"), "ok");
  Say("power on");
  EXPECT_EQ(Say("power on"), "ok");
  Pass(seconds(1));
  EXPECT_THAT(host.plugged(), ElementsAre("0a5c:2763 full", "-", "0a5c:2763 full"));
}

TEST_F(Control, AnUnpluggedBoardServesNobodyAndGoesOnWhereItWas) {
  ServeFirstStage();
  EXPECT_EQ(Say("unplug"), "ok");
  EXPECT_EQ(host.plugged().back(), "-");
  EXPECT_EQ(Say("stage"), "ok file-server");
  Pass(seconds(30));
  EXPECT_EQ(Say("plug"), "ok");
  EXPECT_EQ(host.plugged().back(), "0a5c:2764 high");
  host.Configure();
  while (!ServeFiles()) {
    Pass(seconds(5));
    host.Configure();
  }
  Pass(seconds(1));
  EXPECT_THAT(started, SizeIs(1));
}

TEST_F(Control, AnUnpluggedNodeRunsOnAndItsGadgetComesBack) {
  ServeAll();
  TakeUpBothEnds();
  Say("unplug");
  EXPECT_EQ(host.plugged().back(), "-");
  EXPECT_EQ(killed, 0);
  EXPECT_EQ(zero->ResultOf(zero->BulkOut(1, Frame(10, 'l'))), Done{});  // lost
  Say("plug");
  EXPECT_EQ(host.plugged().back(), "0525:a4a2 high");
  host.Configure();
  host_read = host.BulkIn(1, 10'000);
  zero->BulkOut(1, Frame(20, 'n'));
  EXPECT_EQ(host.ResultOf(host_read), (Done{0, Frame(20, 'n')}));
}

TEST_F(Control, AFaultLastsForSoManyBootsFromTheNextOn) {
  EXPECT_EQ(Say("fault no-gadget 1"), "ok");
  ServeAll();
  EXPECT_THAT(started, SizeIs(1)) << "this boot was under way";
  Say("power off");
  Say("power on");
  Pass(seconds(1));
  ServeAll();
  EXPECT_THAT(started, SizeIs(1));
  EXPECT_EQ(Say("stage"), "ok dead");
  Say("power off");
  Say("power on");
  Pass(seconds(1));
  ServeAll();
  EXPECT_THAT(started, SizeIs(2));
}

TEST_F(Control, AMendedBoardIsWell) {
  Say("fault no-gadget");
  Say("power off");
  EXPECT_EQ(Say("fault none"), "ok");
  Say("power on");
  Pass(seconds(1));
  ServeAll();
  EXPECT_THAT(started, SizeIs(1));
}

TEST_F(Control, ANodeWithoutAWarmRebootStaysAway) {
  Say("fault no-warm-reboot");
  Say("power off");
  Say("power on");
  Pass(seconds(1));
  ServeAll();
  TakeUpBothEnds();
  cable.MachineEnded();
  Pass(seconds(60));
  EXPECT_EQ(Say("stage"), "ok dead");
  EXPECT_EQ(host.plugged().back(), "-");
}

TEST_F(Control, AnUnservedSecondStageGoesDeafOnceItsPatienceIsOver) {
  ServeFirstStage();
  Pass(seconds(6));
  EXPECT_THAT(Read(260), IsEmpty());
  Say("power off");
  EXPECT_EQ(Say("patience 60"), "ok");
  Say("power on");
  Pass(seconds(1));
  ServeFirstStage();
  Pass(seconds(50));
  EXPECT_THAT(Read(260), SizeIs(260));
}

TEST_F(Control, FramesAreLateInBothDirections) {
  ServeAll();
  TakeUpBothEnds();
  EXPECT_EQ(Say("delay 20"), "ok");
  host.BulkOut(1, Frame(10, 'h'));
  zero->BulkOut(1, Frame(20, 'z'));
  EXPECT_EQ(host.ResultOf(host_read), std::nullopt);
  EXPECT_EQ(zero->ResultOf(zero_read), std::nullopt);
  Pass(milliseconds(20));
  EXPECT_EQ(host.ResultOf(host_read), (Done{0, Frame(20, 'z')}));
  EXPECT_EQ(zero->ResultOf(zero_read), (Done{0, Frame(10, 'h')}));
}

TEST_F(Control, ANetworkThatStandsStillLosesNothing) {
  ServeAll();
  TakeUpBothEnds();
  EXPECT_EQ(Say("stall 30"), "ok");
  host.BulkOut(1, Frame(10, 'h'));
  zero->BulkOut(1, Frame(20, 'z'));
  Pass(milliseconds(29'999));
  EXPECT_EQ(host.ResultOf(host_read), std::nullopt);
  EXPECT_EQ(zero->ResultOf(zero_read), std::nullopt);
  Pass(milliseconds(1));
  EXPECT_EQ(host.ResultOf(host_read), (Done{0, Frame(20, 'z')}));
  EXPECT_EQ(zero->ResultOf(zero_read), (Done{0, Frame(10, 'h')}));
}

TEST_F(Control, AStandstillIsEndedByNone) {
  ServeAll();
  TakeUpBothEnds();
  Say("stall 30");
  zero->BulkOut(1, Frame(20, 'z'));
  EXPECT_EQ(Say("stall 0"), "ok");
  Pass(milliseconds(0));
  EXPECT_EQ(host.ResultOf(host_read), (Done{0, Frame(20, 'z')}));
}

TEST_F(Control, AnotherBoardHasAnotherSerialFromItsNextStartOn) {
  const std::string own = Say("serial").substr(3);
  EXPECT_THAT(own, testing::MatchesRegex("00000000[0-9a-f]{8}"));
  ServeAll();
  EXPECT_EQ(Say("serial 00000000abcdef12"), "ok");
  Say("power off");
  Say("power on");
  Pass(seconds(1));
  ServeAll();
  ASSERT_THAT(started, SizeIs(2));
  EXPECT_EQ(started[0].serial, own);
  EXPECT_EQ(started[1].serial, "00000000abcdef12");
  EXPECT_EQ(Say("serial"), "ok 00000000abcdef12");
}

TEST_F(Control, EachOfTheNetworksFaultsIsSetByItself) {
  Say("delay 20");
  Say("drop 3");
  Say("corrupt 4");
  EXPECT_EQ(cable.line_faults(), (LineFaults{milliseconds(20), 3, 4}));
  Say("delay 0");
  EXPECT_EQ(cable.line_faults(), (LineFaults{milliseconds(0), 3, 4}));
}

// Ethernet frames in a file of libpcap's format, as it reads them.
std::vector<std::string> FramesIn(const std::string& path) {
  char error[PCAP_ERRBUF_SIZE];
  pcap_t* file = pcap_open_offline(path.c_str(), error);
  if (file == nullptr) return {error};
  EXPECT_EQ(pcap_datalink(file), DLT_EN10MB);
  std::vector<std::string> frames;
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  while (pcap_next_ex(file, &header, &bytes) == 1) {
    frames.emplace_back(reinterpret_cast<const char*>(bytes), header->caplen);
  }
  pcap_close(file);
  return frames;
}

TEST_F(Control, ACaptureHoldsTheFramesOfItsEndAndNotThoseThatWereLost) {
  std::string directory = "/tmp/zprov-capture-XXXXXX";
  ASSERT_NE(mkdtemp(directory.data()), nullptr);
  ServeAll();
  TakeUpBothEnds();
  EXPECT_EQ(Say("capture host " + directory + "/host"), "ok");
  EXPECT_EQ(Say("capture zero " + directory + "/zero"), "ok");
  host.BulkOut(1, Frame(60, 'h'));
  zero->BulkOut(1, Frame(70, 'z'));
  Say("drop 100");
  host.BulkOut(1, Frame(80, 'l'));
  Say("capture host off");
  host.BulkOut(1, Frame(90, 'o'));
  EXPECT_THAT(FramesIn(directory + "/host"),
              ElementsAre(Frame(60, 'h'), Frame(70, 'z'), Frame(80, 'l')));
  EXPECT_THAT(FramesIn(directory + "/zero"), ElementsAre(Frame(60, 'h'), Frame(70, 'z')));
  std::filesystem::remove_all(directory);
}

TEST_F(Control, ACaptureThatCannotBeWrittenIsRefused) {
  EXPECT_THAT(Say("capture host /nowhere/file"), StartsWith("no: "));
  EXPECT_THAT(Say("capture host file"), StartsWith("no: "));
  EXPECT_THAT(Say("capture node /tmp/file"), StartsWith("no: "));
}

TEST_F(Control, WrongWordsChangeNothingAndSayWhatToWrite) {
  EXPECT_THAT(Say(""), AllOf(StartsWith("no: "), HasSubstr("power on|off"), HasSubstr("delay MS")));
  EXPECT_THAT(Say("power"), StartsWith("no: "));
  EXPECT_THAT(Say("power of"), StartsWith("no: "));
  EXPECT_THAT(Say("plug in"), StartsWith("no: "));
  EXPECT_THAT(Say("fault rom-def"), AllOf(StartsWith("no: "), HasSubstr("rom-deaf")));
  EXPECT_THAT(Say("fault rom-deaf 0"), StartsWith("no: "));
  EXPECT_THAT(Say("drop 101"), StartsWith("no: "));
  EXPECT_THAT(Say("patience 0"), StartsWith("no: "));
  EXPECT_THAT(Say("delay 1x"), StartsWith("no: "));
  EXPECT_THAT(Say("stall"), StartsWith("no: "));
  EXPECT_THAT(Say("stall -1"), StartsWith("no: "));
  EXPECT_THAT(Say("serial abcdef12"), AllOf(StartsWith("no: "), HasSubstr("16")));
  EXPECT_THAT(Say("serial 00000000ABCDEF12"), StartsWith("no: "));
  EXPECT_EQ(cable.line_faults(), LineFaults{});
  EXPECT_THAT(host.plugged(), ElementsAre("0a5c:2763 full"));
}

TEST_F(Control, FaultsOfLinuxAreRefused) {
  EXPECT_THAT(Say("fault no-mount"), AllOf(StartsWith("no: "), HasSubstr("Linux")));
  EXPECT_THAT(Say("fault jams-hub"), StartsWith("no: "));
}

}  // namespace
}  // namespace zprov::vm
