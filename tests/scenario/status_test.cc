// Status: what each node runs, would get, and wrote.
#include "engine/status.h"

#include <gmock/gmock.h>

#include "scenario/serve_rig.h"
#include "sim/scenarios/hosts.h"

namespace zprov::scenario {
namespace {

using engine::RebootEffect;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ResultOf;

class StatusOf : public ::testing::Test {
 protected:
  StatusOf() {
    sim::Rig(world_);
    const auto applied = Apply(world_.system(), spec_);
    EXPECT_TRUE(applied) << applied.error().message;
  }

  engine::NodeStatus Row(const std::string& node) {
    const auto status = engine::Status(world_.system(), spec_, node);
    EXPECT_TRUE(status) << status.error().message;
    return status->nodes.at(0);
  }

  sim::World world_;
  spec::ClusterSpec spec_ = Cluster(spec::Mode::kNative);
};

TEST_F(StatusOf, NamesTheGenerationThatANodeWouldGetAndItsAgeAndSource) {
  world_.clock().Advance(std::chrono::hours(3));
  const engine::NodeStatus row = Row("s1");
  EXPECT_EQ(row.would_get, 1);
  ASSERT_TRUE(row.record);
  EXPECT_EQ(row.record->source, "/");
  EXPECT_FALSE(row.record->kernel.empty());
  const auto status = engine::Status(world_.system(), spec_, std::nullopt);
  EXPECT_GE(status->now_ns - row.record->made_ns,
            std::chrono::nanoseconds(std::chrono::hours(3)).count());
  EXPECT_EQ(status->nodes.size(), 5u);
}

TEST_F(StatusOf, ARunningNodeWithOneGenerationRunsThat) {
  BootNode(world_, spec_.nodes[1], Answers::kYes);
  EXPECT_THAT(Row("s1").may_run, ElementsAre(1));
  EXPECT_EQ(Row("s1").reboot, RebootEffect::kNothing);
  EXPECT_THAT(Row("s0").may_run, IsEmpty()) << "it is down";
}

TEST_F(StatusOf, ARebootChangesNothingWhenTheContentIsTheSame) {
  BootNode(world_, spec_.nodes[1], Answers::kYes);
  ASSERT_TRUE(Update(world_.system(), spec_));
  EXPECT_THAT(Row("s1").may_run, ElementsAre(1, 2));
  EXPECT_EQ(Row("s1").reboot, RebootEffect::kNothing);
  world_.Put("/usr/bin/new-tool", "program", 0755);
  ASSERT_TRUE(Update(world_.system(), spec_));
  EXPECT_EQ(Row("s1").reboot, RebootEffect::kChanges);
}

TEST_F(StatusOf, CountsWhatANodeWroteSinceItsRootWasMade) {
  EXPECT_EQ(Row("s1").wrote.count, 0u);
  world_.clock().Advance(std::chrono::seconds(10));
  world_.Put("/x/s1/var/lib/app/state", "twelve bytes");
  EXPECT_EQ(Row("s1").wrote.count, 1u);
  EXPECT_EQ(Row("s1").wrote.bytes, 12u);
  EXPECT_THAT(Row("s1").wrote.largest, ElementsAre(os::ChangedFile{"var/lib/app/state", 12}));
  EXPECT_EQ(Row("s0").wrote.count, 0u);
}

TEST_F(StatusOf, NamesManagedFilesThatDiffer) {
  EXPECT_THAT(engine::Status(world_.system(), spec_, std::nullopt)->drift, IsEmpty());
  world_.scene().Remove("/etc/udev/rules.d/70-zprov.rules");
  EXPECT_THAT(engine::Status(world_.system(), spec_, std::nullopt)->drift,
              Contains(HasSubstr("70-zprov.rules")));
}

// The board showed only that it did not come up.
TEST(StatusOfAFailedBoot, NamesWhatIsWrongWithItsFiles) {
  ServeRig rig(
      {{"1-1.3", {{sim::zero::Fault::kNoGadget}}}, {"1-1.4", {{sim::zero::Fault::kNoGadget}}}});
  rig.Serve();
  rig.LetPass(std::chrono::minutes(20));
  rig.world_.Put("/x/sboot/1-1.2/kernel.img", "");
  rig.world_.Put("/x/sboot/1-1.3/kernel.img", "");
  const auto wrong = [&rig](const char* node) {
    return engine::Status(rig.world_.system(), rig.spec_, node)->nodes.at(0).boot_files;
  };
  ASSERT_EQ(rig.Of(1).state, engine::NodeState::kQuarantined) << rig.Of(1).cause;
  EXPECT_THAT(wrong("s1"), ElementsAre(ResultOf(lint::Describe, HasSubstr("kernel.img"))));
  EXPECT_THAT(wrong("s2"), IsEmpty()) << "it is nobody's fault";
  ASSERT_EQ(rig.Of(0).state, engine::NodeState::kHealthy) << rig.Of(0).cause;
  EXPECT_THAT(wrong("s0"), IsEmpty()) << "it is up";
}

TEST_F(StatusOf, IsRefusedForANodeThatIsNotThere) {
  const auto refused = engine::Status(world_.system(), spec_, "s9");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace zprov::scenario
