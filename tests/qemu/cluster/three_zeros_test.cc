// Three Zeros' life with their host: its reboot, each its own, the service killed while they boot,
// new generations under their feet and back. Nobody lends a hand: what an operator says here is
// only what he wants.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

#include "qemu/stories/story.h"

namespace zprov::tests {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class ThreeZeros : public Story {
 protected:
  static constexpr int kZeros = 3;

  void AllHealthy() { Await(kZeros, "healthy"); }

  // Of a field of all three nodes' boot.json.
  std::vector<json> Reported(const std::string& field) {
    std::vector<json> all;
    for (int node = 0; node < kZeros; ++node) all.push_back(ReportOf(node)[field]);
    return all;
  }

  // What each node says to that, in one line.
  std::vector<std::string> OnEach(const std::string& command) {
    std::vector<std::string> all;
    for (int node = 0; node < kZeros; ++node) all.push_back(OnNode(AddressOf(node), command));
    return all;
  }

  void EachNodeIsItself();
  void FilesGoBothWays();
  void ServeIsKilledWhileTheyBoot();
  void UpdateLeavesThemAlone();
  void OneRebootsIntoTheNewGeneration();
  void AllAreUpdatedAtOnce();
  void AllGoBack();
  void NobodyNoticesANewService();
  void OneIsOffForGood();
};

template <typename Values>
size_t CountDistinct(const Values& values) {
  return std::set<typename Values::value_type>(values.begin(), values.end()).size();
}

void ThreeZeros::EachNodeIsItself() {
  EXPECT_THAT(OnEach("hostname"), ::testing::ElementsAre("s0\n", "s1\n", "s2\n"));
  for (const char* own :
       {"cat /etc/machine-id", "cat /etc/ssh/ssh_host_ed25519_key.pub",
        "grep -o nfs.*gen/1/s[0-9]/root /proc/mounts; grep ^192.*root /proc/mounts"}) {
    const std::vector<std::string> all = OnEach(own);
    EXPECT_THAT(all, Each(Not(""))) << own;
    EXPECT_EQ(CountDistinct(all), kZeros) << own;
  }
  EXPECT_THAT(Reported("generation"), Each(1));
  EXPECT_EQ(CountDistinct(Reported("boot_id")), kZeros);
  // What the host gave them is what they have; and none has the host's own.
  EXPECT_EQ(Expect("cat /x/.zprov/identity/s1/machine-id", kShort),
            OnNode(AddressOf(1), "cat /etc/machine-id"));
  EXPECT_THAT(OnEach("cat /etc/machine-id"),
              Not(::testing::Contains(Expect("cat /etc/machine-id", kShort))));
}

void ThreeZeros::FilesGoBothWays() {
  OnNode(AddressOf(0), "echo of-s0 >/root/word");
  EXPECT_EQ(Expect("cat /x/s0/root/word && ls /x/s1/root", kShort), "of-s0\n");
  Expect("echo of-snail >/x/s1/root/word", kShort);
  EXPECT_EQ(OnNode(AddressOf(1), "cat /root/word"), "of-snail\n");
  // The home is everybody's.
  OnEach("mkdir -p /x/snaa && mount -t nfs -o vers=3,nolock 192.168.7.2:/x/snaa /x/snaa");
  OnNode(AddressOf(0), "echo at-home >/x/snaa/word");
  EXPECT_THAT(OnEach("cat /x/snaa/word"), Each("at-home\n"));
  EXPECT_EQ(Expect("cat /x/snaa/word", kShort), "at-home\n");
}

void ThreeZeros::ServeIsKilledWhileTheyBoot() {
  const std::vector<json> before = Reported("nonce");
  // That answer dies with its serve.
  Expect("(zprov reboot s0 s1 s2 >/tmp/reboot.log 2>&1 &)", kShort);
  Await(1, "serving|served");
  Expect("systemctl kill -s KILL zprov", kShort);
  AllHealthy();
  EXPECT_EQ(Expect("systemctl show -p NRestarts --value zprov", kShort), "1\n");
  const std::vector<json> after = Reported("nonce");
  for (int node = 0; node < kZeros; ++node) {
    EXPECT_NE(after[node], before[node]);
    EXPECT_EQ(after[node], WordOfZero(node + 1, "zprov.boot="));
  }
}

// It reads and writes as it goes, and the first error ends it.
constexpr const char* kBeats =
    "mkdir -p /var/beats; (while echo beat >>/var/beats/log && cat /etc/hostname >/dev/null; do "
    "usleep 200000; done; echo ended >/var/beats/ended) >/dev/null 2>&1 &";

void ThreeZeros::UpdateLeavesThemAlone() {
  const std::vector<json> before = Reported("boot_id");
  OnEach(kBeats);
  Expect("echo new >/srv/zero/etc/motd && zprov update", kLong);
  for (int node = 0; node < kZeros; ++node) {
    const std::string beats = fmt::format("/x/.zprov/gen/1/s{}/root/var/beats", node);
    // Three more beats after the exports were read anew once more.
    Expect(fmt::format("exportfs -ra && n=$(wc -l <{0}/log) && until [ $(wc -l <{0}/log) -ge "
                       "$((n + 3)) ]; do sleep 0.2; done; [ ! -e {0}/ended ]",
                       beats),
           kShort);
  }
  EXPECT_THAT(OnEach("test -e /etc/motd && cat /etc/motd || cat /etc/zprov/generation"),
              Each("1\n"));
  const json view = Await(kZeros, "healthy");
  EXPECT_EQ(Expect("readlink /x/.zprov/current/s0", kShort), "../gen/2/s0\n");
  EXPECT_THAT(Expect("cat /x/.zprov/gen/1/s*/root/var/lib/zprov/boot.json", kShort),
              HasSubstr(before[0].get<std::string>()));
}

void ThreeZeros::OneRebootsIntoTheNewGeneration() {
  Expect("zprov reboot s0", kLong);
  EXPECT_EQ(ReportOf(0)["generation"], 2);
  EXPECT_EQ(OnNode(AddressOf(0), "cat /etc/motd"), "new\n");
  EXPECT_EQ(OnNode(AddressOf(1), "cat /etc/zprov/generation"), "1\n");
  EXPECT_EQ(OnNode(AddressOf(0), "cat /etc/machine-id"),
            Expect("cat /x/.zprov/identity/s0/machine-id", kShort));
}

void ThreeZeros::AllAreUpdatedAtOnce() {
  Expect("zprov update --reboot", kLong);
  AllHealthy();
  EXPECT_THAT(Reported("generation"), Each(3));
  EXPECT_THAT(OnEach("cat /etc/zprov/generation"), Each("3\n"));
}

void ThreeZeros::AllGoBack() {
  Expect("zprov rollback", kLong);
  EXPECT_THAT(OnEach("cat /etc/zprov/generation"), Each("3\n"));
  Expect("zprov reboot s0 s1 s2", kLong);
  EXPECT_THAT(Reported("generation"), Each(2));
}

void ThreeZeros::NobodyNoticesANewService() {
  const std::vector<json> before = Reported("boot_id");
  Expect("systemctl restart zprov && zprov boot", kLong);
  EXPECT_EQ(Reported("boot_id"), before);
}

// Its board waits in ROM, and nobody boots it.
void ThreeZeros::OneIsOffForGood() {
  Expect("zprov halt s1", kLong);
  EXPECT_THAT(Expect("until grep -q 2763 /sys/bus/usb/devices/1-2/idProduct; do sleep 0.2; done; "
                     "zprov status",
                     kShort),
              HasSubstr("boot ROM: halted"));
}

TEST_F(ThreeZeros, ComeUpWithTheirHostAloneAndLiveOn) {
  ASSERT_NO_FATAL_FAILURE(PowerOnAndApply(kZeros));
  ASSERT_NO_FATAL_FAILURE(
      Chapter("a reboot of the host, and nobody's hand: three nodes are healthy"));
  ASSERT_NO_FATAL_FAILURE(RebootHost());
  AllHealthy();
  EXPECT_EQ(Expect("systemctl is-system-running --wait", kShort), "running\n");
  // dhcpcd has no part in the bridge, and can take no address away from it.
  EXPECT_THAT(Expect("journalctl -b -u dhcpcd -o cat", kShort),
              AllOf(HasSubstr(" starting"), Not(HasSubstr("san:"))));
  ASSERT_NO_FATAL_FAILURE(Chapter("each node is itself"));
  EachNodeIsItself();
  FilesGoBothWays();
  ASSERT_NO_FATAL_FAILURE(Chapter("serve is killed while three nodes boot"));
  ServeIsKilledWhileTheyBoot();
  ASSERT_NO_FATAL_FAILURE(Chapter("update with nodes up"));
  UpdateLeavesThemAlone();
  ASSERT_NO_FATAL_FAILURE(Chapter("a node reboots into the new generation"));
  OneRebootsIntoTheNewGeneration();
  ASSERT_NO_FATAL_FAILURE(Chapter("update --reboot"));
  AllAreUpdatedAtOnce();
  ASSERT_NO_FATAL_FAILURE(Chapter("rollback and reboot"));
  AllGoBack();
  ASSERT_NO_FATAL_FAILURE(Chapter("the service is started anew, and one node is halted"));
  NobodyNoticesANewService();
  OneIsOffForGood();
  ASSERT_NO_FATAL_FAILURE(Chapter(""));
}

}  // namespace
}  // namespace zprov::tests
