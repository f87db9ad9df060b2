// A life of two nodes on real kernels and on the simulated rig, step by step the same; then what
// the simulated rig cannot show, a host that reboots under nodes with power of their own.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "qemu/cluster/simulated_nodes.h"
#include "qemu/cluster/two_nodes.h"
#include "qemu/stories/story.h"
#include "util/strings.h"

namespace zprov::tests {
namespace {

class Life : public Story, public TwoNodes {
 protected:
  void Zprov(const std::vector<std::string>& words) override {
    Chapter(fmt::format("zprov {}", fmt::join(words, " ")));
    Expect(fmt::format("zprov {}", fmt::join(words, " ")), kLong);
  }
  void CutPower(int node) override {
    Chapter("a node loses its power");
    ASSERT_TRUE(CableOf(node + 1).CutPower().has_value());
    EXPECT_EQ(CableOf(node + 1).Stage(), "off");
    before_cut_ = WordOfZero(node + 1, "zprov.boot=");
  }
  void GivePower(int node) override {
    EXPECT_THAT(Expect("zprov status", kShort), testing::HasSubstr("1 down"));
    ASSERT_TRUE(CableOf(node + 1).GivePower().has_value());
    Await(2, "healthy");
    const std::string nonce = WordOfZero(node + 1, "zprov.boot=");
    EXPECT_NE(nonce, before_cut_);
    EXPECT_EQ(Expect(fmt::format("cat /x/s{}/var/lib/zprov/mounted", node), kShort), nonce + "\n");
  }
  void Await(int nodes, const std::string& state) override { Story::Await(nodes, state); }

  std::vector<std::string> BootsOf(int node) override {
    return Lines(Expect(fmt::format("cd /x/.zprov/boots/s{} && for each in $(ls | sort -n); do "
                                    "tr '\\n' ' ' <$each; echo; done",
                                    node),
                        kShort));
  }
  std::string LinkOf(int node) override {
    return OneLine(
        fmt::format("cd /sys/class/net/s{} 2>/dev/null || {{ echo none; exit; }}; "
                    "echo $(cat address mtu) in $(basename $(readlink master))",
                    node));
  }
  std::string MountOf(int node) override {
    if (LinkOf(node) == "none") return "none";
    return Lines(OnNode(AddressOf(node), "grep -o '^192[^ ]* / ' /proc/mounts | cut -d ' ' -f 1"))
        .front();
  }
  std::vector<std::string> ExportsTo(int node) override {
    return Lines(Expect(
        fmt::format("sed -n 's/\\t{}(.*//p' /var/lib/nfs/etab | sort", AddressOf(node)), kShort));
  }

 private:
  static std::vector<std::string> Lines(const std::string& text) {
    std::vector<std::string> lines;
    for (const std::string_view line : LinesWithEndings(text)) lines.emplace_back(Trim(line));
    return lines;
  }
  std::string OneLine(const std::string& command) { return Lines(Expect(command, kShort)).front(); }

  std::string before_cut_;  // the nonce of the boot that the power cut ended
};

// What the two say of the same life is compared line by line.
TEST_F(Life, IsTheSameOnRealKernelsAndInTheSimulator) {
  ASSERT_NO_FATAL_FAILURE(PowerOnAndApply(2, {{2, {"fault vanishes-in-bulk 1"}}}));
  Expect("systemctl start zprov", kLong);
  LiveThrough(*this);
  ASSERT_FALSE(HasFailure());
  SimulatedNodes simulated;
  LiveThrough(simulated);
  for (const int node : {0, 1}) {
    EXPECT_EQ(fmt::format("{}", fmt::join(TraceOf(*this, node), "\n")),
              fmt::format("{}", fmt::join(TraceOf(simulated, node), "\n")))
        << "s" << node << ": real kernels, and the simulator";
  }

  // The node has its power, and waits for its root; the host knows it again, and is obeyed.
  ASSERT_NO_FATAL_FAILURE(Chapter("the host reboots under a node that runs"));
  const std::string before = WordOfZero(1, "zprov.boot=");
  ASSERT_NO_FATAL_FAILURE(RebootHost());
  Expect("systemctl is-system-running --wait", kLong);
  Story::Await(1, "healthy");
  EXPECT_EQ(CableOf(1).Stage(), "gadget");
  EXPECT_EQ(WordOfZero(1, "zprov.boot="), before);
  Expect("zprov reboot s0", kLong);
  const std::string after = WordOfZero(1, "zprov.boot=");
  EXPECT_NE(after, before);
  EXPECT_EQ(Expect("cat /x/s0/var/lib/zprov/mounted", kShort), after + "\n");
  ASSERT_NO_FATAL_FAILURE(Chapter(""));
}

}  // namespace
}  // namespace zprov::tests
