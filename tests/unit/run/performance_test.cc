// Performances: that somebody looks.
#include "sim/run/performance.h"

#include <gmock/gmock.h>

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

}  // namespace
}  // namespace zprov::run
