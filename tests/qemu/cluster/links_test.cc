// A node's link in jumbo frames, on a kernel that holds most gadgets to 1500 (fixtures/kernels/
// README.md, MTU): who sets it, what it carries, and what that is worth to NFS.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <iostream>
#include <map>
#include <regex>

#include "qemu/stories/story.h"

namespace zprov::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Rates {
  double read = 0;  // MB/s of NFS, as the node sees it
  double write = 0;
};

class Links : public Story {
 protected:
  // "address mtu" of a link.
  std::string NumbersOf(const std::string& link) {
    return Expect(fmt::format("cd /sys/class/net/{} && echo $(cat address mtu)", link), kShort);
  }

  // The segment size of the node's NFS connection, from the host's end: what comes out of it.
  // Connections of earlier boots stand beside it until TCP gives them up: the node was heard last
  // on its own.
  int SegmentSize() {
    const std::string said = Expect(
        fmt::format("ss -tinH state established '( sport = :2049 )' dst {}", AddressOf(0)), kShort);
    static const std::regex connection{R"( mss:(\d+)(?:[^\n]* lastrcv:(\d+))?)"};
    std::map<int, int> by_silence;
    for (std::sregex_iterator at{said.begin(), said.end(), connection}, end; at != end; ++at) {
      const int silence = (*at)[2].matched ? std::stoi((*at)[2]) : 0;  // ms; ss names no zero
      by_silence.emplace(silence, std::stoi((*at)[1]));
    }
    EXPECT_FALSE(by_silence.empty()) << said;
    return by_silence.empty() ? 0 : by_silence.begin()->second;
  }

  // Seconds that a command takes on the node, by its clock.
  double SecondsOf(const std::string& command) {
    const std::string said =
        OnNode(AddressOf(0), "cat /proc/uptime; " + command + "; cat /proc/uptime");
    double from = 0;
    double rest = 0;
    double to = 0;
    std::istringstream(said) >> from >> rest >> to;
    EXPECT_GT(to, from) << said;
    return to - from;
  }

  Rates Measure() {
    constexpr int kMegabytes = 4;
    Expect(
        fmt::format("dd if=/dev/urandom of=/x/s0/root/read bs=1M count={} status=none", kMegabytes),
        kShort);
    const double read = SecondsOf("cat /root/read >/dev/null");
    const double write = SecondsOf(fmt::format(
        "dd if=/dev/zero of=/root/write bs=1M count={} conv=fsync 2>/dev/null", kMegabytes));
    return {kMegabytes / read, kMegabytes / write};
  }

  void CarriesJumboFramesBothWays();
  void IsNumberedBeforeAnybodySeesIt();
  void OutlivesADhcpcdThatReadsItsFileAnew();
  void RunsWith1500AsEcm();
  Rates RunsWith1500();
};

void Links::CarriesJumboFramesBothWays() {
  EXPECT_EQ(NumbersOf("s0"), "02:34:33:3c:50:22 7418\n");
  EXPECT_THAT(NumbersOf("san"), HasSubstr(" 7418"));
  EXPECT_EQ(OnNode(AddressOf(0), "cat /sys/class/net/usb0/mtu"), "7418\n");
  EXPECT_THAT(Expect("ping -M do -s 7000 -c 3 -i 0.2 " + AddressOf(0), kShort),
              HasSubstr(" 3 received"));
  // busybox's ping has no -M: a frame that does not fit would come in fragments, and those count.
  const std::string fragments = "grep '^Ip: [0-9]' /proc/net/snmp | cut -d ' ' -f 18-20";
  const std::string before = OnNode(AddressOf(0), fragments);
  EXPECT_THAT(OnNode(AddressOf(0), "ping -q -s 7000 -c 3 192.168.7.2"),
              HasSubstr("3 packets received"));
  EXPECT_EQ(OnNode(AddressOf(0), fragments), before);
  // Both ends were jumbo when the root was mounted.
  EXPECT_GT(SegmentSize(), 7000);
}

// Nobody runs but udev when the gadget comes anew: it alone names and numbers the link.
void Links::IsNumberedBeforeAnybodySeesIt() {
  EXPECT_THAT(Expect("udevadm info /sys/class/net/s0", kShort),
              HasSubstr("ID_NET_LINK_FILE=/etc/systemd/network/"));
  Expect(
      "systemctl stop zprov && cd /sys/bus/usb/devices/1-1 && echo 0 >authorized && "
      "until [ ! -e /sys/class/net/s0 ]; do sleep 0.2; done && echo 1 >authorized && "
      "until [ -e /sys/class/net/s0 ]; do sleep 0.2; done && udevadm settle",
      kShort);
  EXPECT_EQ(NumbersOf("s0"), "02:34:33:3c:50:22 7418\n");
  EXPECT_EQ(
      Expect("cat /sys/class/net/s0/operstate; ls /sys/class/net/s0 | grep -c brport || :", kShort),
      "down\n0\n");
  Expect("systemctl start zprov", kLong);
  Await(1, "healthy");
}

// README's cure where dhcpcd still runs by what its file said before: a node does not notice.
void Links::OutlivesADhcpcdThatReadsItsFileAnew() {
  const std::string boot = WordOfZero(1, "zprov.boot=");
  const std::string begin =
      "_SYSTEMD_INVOCATION_ID=$(systemctl show -p InvocationID --value dhcpcd)";
  Expect("systemctl restart dhcpcd", kShort);
  EXPECT_THAT(Expect("until ping -q -c 1 -W 1 " + AddressOf(0) +
                         " >/dev/null; do :; done; "
                         "ip -4 addr show san",
                     kShort),
              HasSubstr("inet 192.168.7.2/24"));
  EXPECT_EQ(OnNode(AddressOf(0), "cat /etc/hostname"), "s0\n");
  EXPECT_EQ(WordOfZero(1, "zprov.boot="), boot);
  EXPECT_THAT(Expect("journalctl -o cat " + begin, kShort),
              AllOf(HasSubstr(" starting"), Not(HasSubstr("san:"))));
}

// Its operator's own command line asks for the gadget that this kernel holds to 1500
// (fixtures/kernels/README.md, MTU).
void Links::RunsWith1500AsEcm() {
  Expect(
      "mkdir -p /x/sboot/1-1 && zprov render cmdline:s0 | sed s/gadget=geth/gadget=ecm/ "
      ">/x/sboot/1-1/cmdline.txt",
      kShort);
  const vm::Ran checked = Run("zprov check", kShort);
  EXPECT_THAT(checked.out + checked.err,
              HasSubstr("the gadget ecm cannot carry an MTU of 7418 on this host"));
  Expect("zprov reboot s0", kLong);
  EXPECT_THAT(Expect("ip -d link show s0", kShort), HasSubstr(" maxmtu 1500 "));
  EXPECT_THAT(Run("ip link set s0 mtu 7418", kShort).err,
              HasSubstr("mtu greater than device maximum"));
  EXPECT_EQ(NumbersOf("s0"), "02:34:33:3c:50:22 1500\n");
  EXPECT_THAT(NumbersOf("san"), HasSubstr(" 1500"));
  // The node does what its command line says, and that is the operator's: only `gadget` was edited.
  EXPECT_EQ(OnNode(AddressOf(0), "cat /sys/class/net/usb0/mtu"), "7418\n");
  EXPECT_THAT(Expect("zprov status", kShort), HasSubstr("an MTU of at most 1500 on s0"));
  EXPECT_LT(SegmentSize(), 1500);
  Expect("rm -r /x/sboot/1-1", kShort);
}

Rates Links::RunsWith1500() {
  Expect(
      "printf '[bridge]\\nmtu = 1500\\n' >>/etc/zprov/cluster.toml && zprov apply && "
      "systemctl reload zprov && zprov reboot s0",
      kLong);
  EXPECT_THAT(NumbersOf("s0"), HasSubstr(" 1500"));
  EXPECT_THAT(NumbersOf("san"), HasSubstr(" 1500"));
  EXPECT_EQ(OnNode(AddressOf(0), "cat /sys/class/net/usb0/mtu"), "1500\n");
  const int segment = SegmentSize();
  EXPECT_GT(segment, 1400);
  EXPECT_LT(segment, 1500);
  return Measure();
}

TEST_F(Links, CarryJumboFramesFromTheMountOn) {
  ASSERT_NO_FATAL_FAILURE(PowerOnAndApply(1));
  Expect("systemctl start zprov", kLong);
  Await(1, "healthy");
  ASSERT_NO_FATAL_FAILURE(Chapter("7418 on both ends"));
  CarriesJumboFramesBothWays();
  const Rates jumbo = Measure();
  ASSERT_NO_FATAL_FAILURE(Chapter("the link is named and numbered by udev alone"));
  IsNumberedBeforeAnybodySeesIt();
  ASSERT_NO_FATAL_FAILURE(Chapter("dhcpcd reads its file anew"));
  OutlivesADhcpcdThatReadsItsFileAnew();
  ASSERT_NO_FATAL_FAILURE(Chapter("a gadget that this kernel holds to 1500"));
  RunsWith1500AsEcm();
  ASSERT_NO_FATAL_FAILURE(Chapter("1500 on both ends, as the spec says"));
  const Rates plain = RunsWith1500();
  ASSERT_NO_FATAL_FAILURE(Chapter(""));
  // QEMU's dwc2 sends what fits in 1536 bytes packet by packet, so 1500 looks worse than on a
  // board.
  std::cout << fmt::format(
      "NFS read  {:.1f} MB/s with 7418, {:.1f} with 1500: {:.1f} x\n"
      "NFS write {:.1f} MB/s with 7418, {:.1f} with 1500: {:.1f} x\n",
      jumbo.read, plain.read, jumbo.read / plain.read, jumbo.write, plain.write,
      jumbo.write / plain.write);
}

}  // namespace
}  // namespace zprov::tests
