// A Zero on the cable, between two machines that are not there: served by hand on one side, and its
// own kernel's driver on the other.
#include "vm/cable/cable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "sim/clock.h"
#include "unit/vm/machine_port.h"

namespace zprov::vm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using tests::MachinePort;
using Done = MachinePort::Done;

constexpr const char* kLine = "root=/dev/nfs zprov.gadget=geth zprov.mac=02:34:33:3c:50:21";

std::string Frame(size_t size, char c) { return std::string(size, c); }

class ACable : public testing::Test {
 protected:
  ACable() { cable.PowerOn(); }

  void Pass(os::Moment time) {
    const os::Moment end = clock.Now() + time;
    while (cable.NextDeadline() <= end) {
      clock.AdvanceTo(cable.NextDeadline());
      cable.CatchUp();
      host.Pump();
    }
    clock.AdvanceTo(end);
  }

  // Transfers as src/core/usbboot/README.md has them, each to its end.
  void Write(uint8_t endpoint, const std::string& bytes) {
    const auto size = static_cast<uint32_t>(bytes.size());
    host.ControlOut(
        {0x40, 0, static_cast<uint16_t>(size & 0xffff), static_cast<uint16_t>(size >> 16)});
    if (size != 0) host.BulkOut(endpoint, bytes);
  }
  std::string Read(uint16_t size) {
    const uint64_t id = host.ControlIn({0xc0, 0, size, 0, size});
    for (int i = 0; i < 100 && !host.ResultOf(id); ++i) Pass(milliseconds(100));
    return host.ResultOf(id).value_or(Done{}).bytes;
  }

  void ServeFirstStage() {
    host.Configure();
    Write(1, std::string(24, '\0'));
    Write(1, "the first stage");
    Pass(seconds(5));
    host.Configure();
  }
  // One session; false when it ended in a departure.
  bool ServeFiles() {
    for (;;) {
      const std::string request = Read(260);
      if (request.size() != 260) return false;
      const std::string name = request.substr(4, request.find('\0', 4) - 4);
      const auto file = files.find(name);
      const std::string bytes = file == files.end() ? "" : file->second;
      if (request[0] == 1) {
        Write(3, bytes);
      } else {
        host.ControlOut({0x40, 0, static_cast<uint16_t>(bytes.size()), 0});
      }
      if (name.empty()) return true;
    }
  }
  void ServeAll() {
    ServeFirstStage();
    while (!ServeFiles()) {
      Pass(seconds(5));
      host.Configure();
    }
    Pass(seconds(1));
  }
  // The Zero's driver comes up and listens, and so does the host's.
  void TakeUpBothEnds() {
    zero = std::make_unique<MachinePort>(cable.zero_port());
    zero->Configure();
    zero_read = zero->BulkIn(1, 512);
    host.Configure();
    host_read = host.BulkIn(1, 10'000);
  }

  std::map<std::string, std::string> files = {
      {"config.txt", "kernel=kernel.img\ninitramfs initrd.img followkernel\n"},
      {"start.elf", "firmware"},
      {"fixup.dat", "fixup"},
      {"kernel.img", "the kernel"},
      {"initrd.img", "the initramfs"},
      {"bcm2708-rpi-zero.dtb", "the tree"},
      {"cmdline.txt", std::string(kLine) + "\nand no more\n"}};
  sim::VirtualClock clock;
  std::vector<Served> started;
  std::string said;
  Cable cable{{.port = *PortPath::Parse("1-1")},
              1,
              clock,
              {[this](const Served& served) { started.push_back(served); },
               [this](const std::string& line) { said += line + "\n"; }}};
  MachinePort host{cable.host_port()};
  std::unique_ptr<MachinePort> zero;
  uint64_t zero_read = 0;
  uint64_t host_read = 0;
};

TEST_F(ACable, StartsTheMachineFromTheBytesThatWereServed) {
  ServeAll();
  EXPECT_THAT(started, ElementsAre(Served{"the kernel", "the tree", "the initramfs", kLine}))
      << said;
}

TEST_F(ACable, ShowsTheStagesOfABoardAtTheirSpeeds) {
  ServeFirstStage();
  EXPECT_THAT(host.plugged(), ElementsAre("0a5c:2763 full", "-", "0a5c:2764 high"));
}

TEST_F(ACable, StartsNoMachineWhenTheKernelIsMissing) {
  files.erase("kernel.img");
  ServeAll();
  EXPECT_THAT(started, IsEmpty());
  EXPECT_EQ(host.plugged().back(), "-");
}

TEST_F(ACable, StartsNoMachineForAGadgetThatItDoesNotHave) {
  files["cmdline.txt"] = "zprov.gadget=ecm\n";
  ServeAll();
  EXPECT_THAT(started, IsEmpty());
  EXPECT_THAT(said, testing::HasSubstr("another gadget than geth"));
}

TEST_F(ACable, OffersTheGadgetOnceTheZerosOwnDriverListens) {
  ServeAll();
  zero = std::make_unique<MachinePort>(cable.zero_port());
  zero->Configure();
  host.Pump();
  EXPECT_EQ(host.plugged().back(), "-");
  zero->BulkIn(1, 512);
  host.Pump();
  EXPECT_EQ(host.plugged().back(), "0525:a4a2 high");
  EXPECT_EQ(zero->plugged().back(), "0525:a4a2 full");
}

TEST_F(ACable, CarriesAFrameToTheZeroInPiecesThatEndShort) {
  ServeAll();
  TakeUpBothEnds();
  host.BulkOut(1, Frame(700, 'f'));
  EXPECT_EQ(zero->ResultOf(zero_read), (Done{0, Frame(512, 'f')}));
  EXPECT_EQ(zero->ResultOf(zero->BulkIn(1, 512)), (Done{0, Frame(188, 'f')}));
}

TEST_F(ACable, CarriesAFrameToTheHostOnceItsLastPacketIsThere) {
  ServeAll();
  TakeUpBothEnds();
  zero->BulkOut(1, Frame(64, 'a'));
  EXPECT_EQ(host.ResultOf(host_read), std::nullopt);
  zero->BulkOut(1, Frame(10, 'a'));
  EXPECT_EQ(host.ResultOf(host_read), (Done{0, Frame(74, 'a')}));
}

TEST_F(ACable, PadsAFrameThatWouldFillItsLastPacket) {
  ServeAll();
  TakeUpBothEnds();
  zero->BulkOut(1, Frame(512, 'a'));
  zero->BulkOut(1, "");
  EXPECT_EQ(host.ResultOf(host_read), (Done{0, Frame(512, 'a') + std::string(1, '\0')}));
}

TEST_F(ACable, HoldsTheSenderBackWhileTheOtherEndFetchesNothing) {
  ServeAll();
  TakeUpBothEnds();
  std::vector<uint64_t> sent;
  for (int i = 0; i < 100; ++i) sent.push_back(host.BulkOut(1, Frame(100, 'x')));
  EXPECT_NE(host.ResultOf(sent.front()), std::nullopt);
  EXPECT_EQ(host.ResultOf(sent.back()), std::nullopt);
  for (int i = 0; i < 100; ++i) {
    zero->BulkIn(1, 512);
    Pass(milliseconds(2));
  }
  EXPECT_EQ(host.ResultOf(sent.back()), Done{0});
}

TEST_F(ACable, IsABootRomAgainAfterTheMachineEnded) {
  ServeAll();
  TakeUpBothEnds();
  cable.MachineEnded();
  Pass(seconds(2));
  EXPECT_EQ(host.plugged().back(), "0a5c:2763 full");
  ServeAll();
  EXPECT_THAT(started, SizeIs(2));
}

}  // namespace
}  // namespace zprov::vm
