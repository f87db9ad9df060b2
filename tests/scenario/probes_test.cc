// Whether attached nodes answer, minute by minute of virtual time.
#include "engine/links/probes.h"

#include <gmock/gmock.h>

#include "scenario/attached.h"
#include "scenario/rig.h"

namespace zprov::scenario {
namespace {

using engine::Pulse;
using std::chrono::seconds;

class ProbeTheNodes : public ::testing::Test {
 protected:
  ProbeTheNodes() : host_("6.1.177", Cluster(spec::Mode::kNative)) {
    host_.Begin();
    host_.Watch(probes_);
  }

  const spec::Node& node(size_t i) { return host_.spec().nodes[i]; }
  void Plug(size_t i) {
    host_.Plug(node(i), sim::UsbDriver::kCdcSubset, *Mac::Parse("a6:11:22:33:44:55"));
  }
  // How many probes were sent so far.
  size_t Sent() {
    const auto changes = host_.Changes();
    return static_cast<size_t>(std::count(changes.begin(), changes.end(), "probe through san"));
  }

  AttachedHost host_;
  engine::Probes probes_{host_.system(), host_.spec(), host_.links()};
};

TEST_F(ProbeTheNodes, ANodeIsAskedAtOnceAfterItWasAttached) {
  EXPECT_EQ(probes_.NextDeadline(), os::Moment::max());
  Plug(0);
  host_.Run(seconds(1));
  EXPECT_EQ(probes_.At(0), Pulse::kAnswers);
  EXPECT_EQ(probes_.At(1), Pulse::kUnknown);
}

TEST_F(ProbeTheNodes, EachNodeIsAskedOnceAMinute) {
  Plug(0);
  Plug(1);
  host_.Run(seconds(1));
  EXPECT_EQ(Sent(), 2u);
  host_.Run(seconds(50));
  EXPECT_EQ(Sent(), 2u);
  host_.Run(seconds(600));
  EXPECT_EQ(Sent(), 22u);
}

TEST_F(ProbeTheNodes, OneThatStillStartsIsAskedUntilItsFirstAnswer) {
  Plug(0);
  host_.network().SetNeighbour("usb0", std::nullopt);
  host_.Run(seconds(10));
  EXPECT_EQ(probes_.At(0), Pulse::kHung);
  EXPECT_EQ(Sent(), 3u);  // each waits 3 s for its answer
  host_.network().SetNeighbour("s0", sim::Neighbour{node(0).node_mac, node(0).address});
  host_.Run(seconds(5));
  EXPECT_EQ(probes_.At(0), Pulse::kAnswers);
}

TEST_F(ProbeTheNodes, OneThatFallsSilentHangsUntilItAnswersAgain) {
  Plug(0);
  Plug(1);
  host_.Run(seconds(1));
  host_.network().SetNeighbour("s0", std::nullopt);
  host_.Run(seconds(70));
  EXPECT_EQ(probes_.At(0), Pulse::kHung);
  EXPECT_EQ(probes_.At(1), Pulse::kAnswers);
  host_.network().SetNeighbour("s0", sim::Neighbour{node(0).node_mac, node(0).address});
  host_.Run(seconds(70));
  EXPECT_EQ(probes_.At(0), Pulse::kAnswers);
}

TEST_F(ProbeTheNodes, OneThatLeftIsNotAskedAndNothingIsKnownOfIt) {
  Plug(0);
  host_.Run(seconds(1));
  host_.network().Unplug("s0");
  host_.Run(seconds(1));
  EXPECT_EQ(probes_.At(0), Pulse::kUnknown);
  const size_t sent = Sent();
  host_.Run(seconds(300));
  EXPECT_EQ(Sent(), sent);
  Plug(0);
  host_.Run(seconds(1));
  EXPECT_EQ(probes_.At(0), Pulse::kAnswers);
}

TEST_F(ProbeTheNodes, AProbeThatCannotBeSentIsNoAnswerAndIsSentAgain) {
  Plug(0);
  host_.Run(seconds(1));
  host_.seam().FailAt(host_.seam().calls() + 1, ErrorKind::kPermission,
                      faults::Repeat::kFromThenOn);
  host_.Run(seconds(70));
  EXPECT_EQ(probes_.At(0), Pulse::kUnknown);
  host_.seam().Heal();
  host_.Run(seconds(20));
  EXPECT_EQ(probes_.At(0), Pulse::kAnswers);
}

}  // namespace
}  // namespace zprov::scenario
