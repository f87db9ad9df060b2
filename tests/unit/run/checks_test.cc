// What the sentences notice: whatever happens in a root in use, but for its own reports; a node
// that runs from another root than its own; and two that have one name.
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

std::optional<std::string> BreaksOf(std::string_view sentence, const Seen& seen) {
  for (const Check& check : AllChecks()) {
    if (check.sentence == sentence) return check.look(seen);
  }
  throw std::logic_error("nobody says that sentence");
}

// A node that runs from /x/s0, until something happens.
class NodeAtWork : public testing::Test {
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

  Seen Now() { return {world_, boards_, claims_, home_, in_use_, named_}; }

  sim::World world_;
  tests::ZeroServer server_{world_, tests::ZeroServer::ForS0()};
  std::vector<BoardAt> boards_;
  std::map<std::string, Claim> claims_;
  Home home_ = HomeOf(world_);
  std::map<std::string, RootInUse> in_use_;
  RootsNamed named_;
};

TEST_F(NodeAtWork, HasItsPowerCutForItsOwnRecoveryAlone) {
  constexpr std::string_view kSentence = "no recovery of one node cuts another's power";
  Seen seen = Now();
  EXPECT_EQ(BreaksOf(kSentence, seen), std::nullopt);
  seen.power = sim::BoardPower::kPerPort;
  seen.cut = {{"s0", "recovering"}};
  EXPECT_EQ(BreaksOf(kSentence, seen), std::nullopt);
  seen.cut = {{"s0", "recovering"}, {"s1", "healthy"}};
  EXPECT_THAT(BreaksOf(kSentence, seen), Optional(HasSubstr("the power of s1 was cut while it")));
  seen.power = sim::BoardPower::kGanged;
  seen.cut = {{"s0", "recovering"}};
  EXPECT_THAT(BreaksOf(kSentence, seen), Optional(HasSubstr("it is ganged")));
}

// Where nothing was changed that is quickly seen; a file that was written again as it was is no
// loss.
TEST_F(NodeAtWork, HasItsHomeDirectoriesWhereverTheyLead) {
  constexpr std::string_view kSentence = "the bytes of home are all there";
  sim::Scene& scene = world_.scene();
  world_.Put("/home/pi/notes", "mine");
  home_ = HomeOf(world_);
  EXPECT_EQ(BreaksOf(kSentence, Now()), std::nullopt);
  scene.Remove("/home/pi/notes");
  EXPECT_NE(BreaksOf(kSentence, Now()), std::nullopt);
  world_.Put("/home/pi/notes", "mine");
  EXPECT_EQ(BreaksOf(kSentence, Now()), std::nullopt);
  scene.Move("/home", "/x/snaa");
  EXPECT_THAT(BreaksOf(kSentence, Now()), Optional(HasSubstr("/home leads nowhere")));
  scene.Symlink("/home", "/x/snaa");
  EXPECT_EQ(BreaksOf(kSentence, Now()), std::nullopt);
}

class RootInUseOf : public NodeAtWork {
 protected:
  std::optional<std::string> Broken() { return BreaksOf("no root in use is written", Now()); }
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

class RootOfAHealthyNode : public NodeAtWork {
 protected:
  void SetUp() override {
    NodeAtWork::SetUp();
    world_.scene().MakeSubvolume("/x/.zprov/gen/9/s0/root");
    claims_["s0"] = {"healthy", world_.clock().Now()};
  }

  // As the run does after everything that happens.
  void PointAt(const std::string& generation) {
    if (!named_.empty()) world_.scene().Remove("/x/.zprov/current/s0");
    world_.scene().Symlink("/x/.zprov/current/s0", "../gen/" + generation + "/s0");
    NoteCurrentRoots(world_, boards_, named_);
  }

  std::optional<std::string> Broken() {
    return BreaksOf("a node that is called healthy has the root that its pointer names", Now());
  }
};

TEST_F(RootOfAHealthyNode, MayBeOneThatAHandMade) {
  world_.scene().Symlink("/x/.zprov/gen/0/s0/root", "/x/s0");
  PointAt("0");
  EXPECT_EQ(Broken(), std::nullopt);
}

TEST_F(RootOfAHealthyNode, MayBeOneThatItsPointerNamedSinceItWasInItsRom) {
  world_.scene().Symlink("/x/.zprov/gen/0/s0/root", "/x/s0");
  PointAt("0");
  PointAt("9");
  EXPECT_EQ(Broken(), std::nullopt);
}

TEST_F(RootOfAHealthyNode, IsNotOneThatItsPointerNeverNamed) {
  EXPECT_THAT(Broken(), Optional(HasSubstr("s0 is called healthy from /x/s0")));
  PointAt("9");
  EXPECT_THAT(Broken(), Optional(HasSubstr("s0 is called healthy from /x/s0")));
}

TEST_F(RootOfAHealthyNode, IsLookedAtWhenItIsCalledHealthyAndNoLater) {
  claims_["s0"].since -= std::chrono::seconds(1);
  EXPECT_EQ(Broken(), std::nullopt);
}

// Roots of generation 3, as update leaves them.
class NamesOfTwoNodes : public testing::Test {
 protected:
  void SetUp() override {
    world_.scene().MakeDirectory("/x/.zprov/current");
    for (const std::string node : {"s0", "s1"}) {
      const PortPath port = *PortPath::Parse(node == "s0" ? "1-1.2" : "1-1.3");
      boards_.push_back({node, port, PlugZero(world_, {.port = port})});
      const std::string etc = "/x/.zprov/gen/3/" + node + "/root/etc/";
      world_.Put(etc + "hostname", node + "\n");
      world_.Put(etc + "machine-id", std::string(32, node[1]) + "\n");
      world_.scene().Symlink("/x/.zprov/current/" + node, "../gen/3/" + node);
    }
  }

  std::optional<std::string> Broken() {
    const Home home;
    const Seen seen{world_, boards_, {}, home, {}, {}};
    return BreaksOf("no two nodes share a name, a MAC, an address, a machine-id or a root", seen);
  }

  sim::World world_;
  std::vector<BoardAt> boards_;
};

TEST_F(NamesOfTwoNodes, AreTwo) {
  EXPECT_EQ(Broken(), std::nullopt);
  world_.Put("/x/.zprov/gen/3/s1/root/etc/hostname", "s0\n");
  EXPECT_THAT(Broken(), Optional(HasSubstr("s0 and s1 share name s0")));
}

TEST_F(NamesOfTwoNodes, HaveTwoMachineIds) {
  world_.Put("/x/.zprov/gen/3/s1/root/etc/machine-id", std::string(32, '0') + "\n");
  EXPECT_THAT(Broken(), Optional(HasSubstr("s0 and s1 share machine-id 000")));
}

}  // namespace
}  // namespace zprov::run
