// Performances: that somebody looks.
#include "sim/run/performance.h"

#include <gmock/gmock.h>

#include <functional>
#include <string>

namespace zprov::run {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::Field;

// A serve that does nothing but wake up, for ever.
int Idle(const Call& call) {
  if (call.args.front() != "serve") return 0;
  while (call.system.events.Next(call.system.clock.Now() + milliseconds(100))) {
  }
  return 0;
}

// Which is not looked at after every event.
TEST(LargeCluster, HasItsSentencesLookedAtEverySecond) {
  Plan plan = QuietPlan(1);
  plan.nodes = 120;
  Performance on(plan, Idle, {});
  on.SetUp();
  on.Go(on.Now() + seconds(5));
  on.world().Put("/home/pi/new", "of nobody");
  EXPECT_THROW(on.Go(on.Now() + seconds(2)), IsBroken);
  EXPECT_THAT(on.Take().breaches,
              ElementsAre(Field(&Breach::sentence, "the bytes of home are all there")));
}

// In a small one a millisecond is enough.
class SentenceBrokenForAMillisecond : public ::testing::Test {
 protected:
  std::string BrokenWhen(const std::function<void()>& breaks, const std::function<void()>& mends) {
    on_.SetUp();
    on_.Go(on_.Now() + seconds(1));
    on_.After(milliseconds(1), breaks);
    on_.After(milliseconds(2), mends);
    EXPECT_THROW(on_.Go(on_.Now() + seconds(1)), IsBroken);
    const auto breaches = on_.Take().breaches;
    return breaches.empty() ? "" : breaches.front().sentence;
  }

  void Export() { (void)on_.world().nfs().Exportfs({"exportfs", "-ra"}); }

  Performance on_{QuietPlan(1), Idle, {}};
};

TEST_F(SentenceBrokenForAMillisecond, OfHomeIsSeen) {
  sim::Scene& scene = on_.world().scene();
  EXPECT_EQ(
      BrokenWhen([&] { scene.Move("/home", "/away"); }, [&] { scene.Move("/away", "/home"); }),
      "the bytes of home are all there");
}

// By an exportfs alone, which changes no file.
TEST_F(SentenceBrokenForAMillisecond, OfTheExportsIsSeen) {
  on_.world().Put("/etc/exports", "/x/.zprov/gen/9/s0/root 192.168.7.33(rw)\n");
  const auto mend = [&] {
    on_.world().Put("/etc/exports", "");
    Export();
  };
  EXPECT_EQ(BrokenWhen([&] { Export(); }, mend),
            "every export names a whole root, and each root has one client");
}

}  // namespace
}  // namespace zprov::run
