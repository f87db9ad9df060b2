// What the sentence about roots in use notices: whatever happens in one, but for its own reports.
#include "sim/checks/checks.h"

#include <gmock/gmock.h>

#include <functional>

#include "unit/sim/zero_server.h"

namespace zprov::run {
namespace {

using sim::zero::PlugZero;
using sim::zero::Stage;
using ::testing::HasSubstr;
using ::testing::Optional;

// A node that runs from /x/s0, until something happens to its root.
class RootInUseOf : public testing::Test {
 protected:
  void SetUp() override {
    sim::Scene& scene = world_.scene();
    scene.MakeSubvolume("/x/s0");
    world_.Put("/x/s0/usr/lib/zprov/zprov-node", "program", 0755);
    world_.Put("/x/s0/etc/zprov/generation", "8\n");
    world_.Put("/x/s0/etc/hostname", "s0\n");
    scene.MakeDirectory("/x/s0/var/lib");
    scene.MakeDirectory("/x/s0/srv/one");
    scene.MakeDirectory("/x/s0/srv/two");
    world_.Put("/etc/exports", "/x/s0 192.168.7.33(rw,async)\n");
    (void)world_.nfs().Exportfs({"exportfs", "-ra"});
    world_.usb().Plug({*PortPath::Parse("1-1"), 0x0424, 0x9514, 0, 9});
    const PortPath port = *PortPath::Parse("1-1.2");
    boards_.push_back({"s0", port, PlugZero(world_, {.port = port})});
    server_.ServeUntil(std::chrono::minutes(1));
    ASSERT_EQ(boards_[0].zero->stage(), Stage::kHealthy);
    in_use_.emplace("s0", *RootOf(world_, boards_[0]));
  }

  std::optional<std::string> Broken() {
    const Seen seen{world_, boards_, {}, "", in_use_};
    for (const Check& check : AllChecks()) {
      if (check.sentence == "no root in use is written") return check.look(seen);
    }
    throw std::logic_error("nobody says that sentence");
  }

  sim::World world_;
  tests::ZeroServer server_{world_, tests::ZeroServer::ForS0()};
  std::vector<BoardAt> boards_;
  std::map<std::string, RootInUse> in_use_;
};

TEST_F(RootInUseOf, ANodeMayHoldItsReports) {
  EXPECT_EQ(Broken(), std::nullopt);
  world_.Put("/x/s0/var/lib/zprov/ask", "halt");
  EXPECT_EQ(Broken(), std::nullopt);
  world_.scene().Remove("/x/s0/var/lib/zprov/ask");
  EXPECT_EQ(Broken(), std::nullopt);
}

TEST_F(RootInUseOf, ANodeHasNoOtherChange) {
  struct Change {
    std::function<void(sim::Scene&)> happens;
    const char* broken;
  };
  const Change changes[] = {
      {[](sim::Scene& scene) { scene.Put("/x/s0/etc/hostname", "s1\n"); }, "/etc/hostname changed"},
      {[](sim::Scene& scene) { scene.SetMode("/x/s0/var/lib", 0700); }, "/var/lib changed"},
      {[](sim::Scene& scene) { scene.Put("/x/s0/var/lib/new", ""); }, "given /var/lib/new"},
      {[](sim::Scene& scene) { scene.Move("/x/s0/srv/one", "/x/s0/srv/three"); },
       "lost its /srv/one"},
      {[](sim::Scene& scene) { scene.Move("/x/s0/srv/three", "/x/s0/srv/one"); },
       "lost its /srv/three"},
      {[](sim::Scene& scene) { scene.MakeSubvolume("/x/s0/srv/vol"); }, "given /srv/vol"},
      {[](sim::Scene& scene) { scene.Remove("/x/s0/srv/two"); }, "lost its /srv/two"},
  };
  for (const Change& change : changes) {
    in_use_.at("s0") = *RootOf(world_, boards_[0]);
    change.happens(world_.scene());
    EXPECT_THAT(Broken(), Optional(HasSubstr(change.broken)));
  }
}

}  // namespace
}  // namespace zprov::run
