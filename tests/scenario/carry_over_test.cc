// From a node's previous root to its next: what is kept, and what a person is told.
#include "engine/carry_over.h"

#include "scenario/store_test_base.h"

namespace zprov::scenario {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kOld[] = "/x/.zprov/gen/1/s0/root";
constexpr char kNew[] = "/x/.zprov/gen/2/s0/root";

class CarryOverTest : public StoreTest {
 protected:
  CarryOverTest() {
    Start(sim::BareHost);
    world_.scene().Snapshot("/", kOld);
    MakeGenerationDirectory(2);
    world_.scene().Snapshot("/", kNew);
    made_ns_ = world_.clock().WallTime().count();
    Later();
  }

  // The node runs for a while.
  void Later() { world_.clock().Advance(std::chrono::minutes(1)); }

  void Carry() {
    const auto carried =
        engine::CarryOver(world_.system(), spec_, {"s0", previous_, made_ns_, 2}, Notices());
    ASSERT_TRUE(carried) << carried.error().message;
  }

  std::string Old(const std::string& path) { return kOld + path; }
  std::string New(const std::string& path) { return kNew + path; }

  std::string previous_ = kOld;
  std::optional<int64_t> made_ns_;
};

TEST_F(CarryOverTest, TakesAKeptDirectoryWithAllItsAttributes) {
  spec_.update_keep = {"/var/lib/app"};
  world_.Put(Old("/var/lib/app/data"), "the node's", 0600);
  world_.scene().SetOwner(Old("/var/lib/app/data"), {1000, 1000});
  world_.scene().SetXattr(Old("/var/lib/app/data"), "user.origin", "s0");
  world_.scene().HardLink(Old("/var/lib/app/data"), Old("/var/lib/app/twin"));
  world_.scene().Symlink(Old("/var/lib/app/current"), "data");
  world_.scene().Special(Old("/var/lib/app/queue"), os::FileType::kFifo);
  world_.scene().SetMode(Old("/var/lib/app"), 01770);
  const std::string before = TreeAt(world_, Old("/var/lib/app"));
  Carry();
  EXPECT_EQ(TreeAt(world_, New("/var/lib/app")), before);
  EXPECT_EQ(Status(New("/var/lib/app")).mode, 01770u);
  EXPECT_EQ(TreeAt(world_, Old("/var/lib/app")), before);
}

TEST_F(CarryOverTest, TakesASingleFileWithItsOwner) {
  spec_.update_keep = {"/etc/app.conf"};
  world_.Put(Old("/etc/app.conf"), "own = true\n", 0640);
  world_.scene().SetOwner(Old("/etc/app.conf"), {0, 33});
  Carry();
  EXPECT_EQ(Content(New("/etc/app.conf")), "own = true\n");
  EXPECT_EQ(Status(New("/etc/app.conf")).mode, 0640u);
  EXPECT_EQ(Status(New("/etc/app.conf")).gid, 33u);
}

TEST_F(CarryOverTest, LetsTheNodesVersionWinOverANewerOneOfTheSource) {
  spec_.update_keep = {"/var/lib/app"};
  world_.Put(Old("/var/lib/app/state"), "the node's");
  Later();
  world_.Put(New("/var/lib/app/state"), "the source's");
  world_.Put(New("/var/lib/app/removed-by-the-node"), "the source's");
  Carry();
  EXPECT_EQ(Content(New("/var/lib/app/state")), "the node's");
  EXPECT_FALSE(Has(New("/var/lib/app/removed-by-the-node")));
}

TEST_F(CarryOverTest, MakesMissingParentsAsTheyWere) {
  spec_.update_keep = {"/srv/app/data"};
  world_.Put(Old("/srv/app/data/file"), "kept");
  world_.scene().SetMode(Old("/srv/app"), 0750);
  world_.scene().SetOwner(Old("/srv/app"), {1000, 100});
  Carry();
  EXPECT_EQ(Content(New("/srv/app/data/file")), "kept");
  EXPECT_EQ(Status(New("/srv/app")).mode, 0750u);
  EXPECT_EQ(Status(New("/srv/app")).uid, 1000u);
}

TEST_F(CarryOverTest, LeavesWhatTheSourceHasWhereTheNodeHasNothing) {
  spec_.update_keep = {"/var/lib/app", "/nowhere"};
  world_.Put(New("/var/lib/app/default"), "the source's");
  Carry();
  EXPECT_EQ(Content(New("/var/lib/app/default")), "the source's");
  EXPECT_FALSE(Has(New("/nowhere")));
}

TEST_F(CarryOverTest, KeepsAPathThatLiesInAnotherKeptOne) {
  spec_.update_keep = {"/var/lib/app/inner", "/var/lib/app"};
  world_.Put(Old("/var/lib/app/inner/file"), "kept");
  Carry();
  EXPECT_EQ(Content(New("/var/lib/app/inner/file")), "kept");
}

TEST_F(CarryOverTest, FollowsTheNodesSymlinksInsideItsRootAlone) {
  spec_.update_keep = {"/var/lib/app", "/var/lib/evil"};
  world_.Put(Old("/data/app/file"), "the node's");
  world_.scene().Symlink(Old("/var/lib/app"), "/data/app");
  world_.Put("/data/app/file", "the host's");
  world_.Put("/etc/shadow", "the host's secret", 0600);
  world_.scene().Symlink(Old("/var/lib/evil"), "/../../../../../../etc/shadow");
  Carry();
  EXPECT_EQ(Content(New("/var/lib/app/file")), "the node's");
  EXPECT_FALSE(Has(New("/var/lib/evil")));
}

TEST_F(CarryOverTest, IsNotFooledByWhatTheNodePutInTheWay) {
  spec_.update_keep = {"/var/lib/app"};
  world_.Put(Old("/var/lib/app/file"), "the node's");
  world_.scene().Symlink(Old("/.zprov-keep-0"), "/etc");
  Carry();
  EXPECT_EQ(Content(New("/var/lib/app/file")), "the node's");
  EXPECT_FALSE(Has(New("/.zprov-keep-0")));
  EXPECT_TRUE(Has(Old("/.zprov-keep-0")));
}

TEST_F(CarryOverTest, LeavesNothingBehindBesideTheRoot) {
  spec_.update_keep = {"/var/lib/app"};
  world_.Put(Old("/var/lib/app/file"), "the node's");
  Carry();
  EXPECT_THAT(world_.system().trees.List("/x/.zprov/gen/2/s0").value(), ElementsAre("root"));
  EXPECT_THAT(world_.system().trees.List(kNew).value(), Not(::testing::Contains(".zprov-keep-0")));
}

TEST_F(CarryOverTest, SaysHowMuchTheNodeWroteAndNamesTheLargest) {
  world_.Put(Old("/var/log/syslog"), std::string(2500, 'x'));
  world_.Put(Old("/root/result"), std::string(3000000, 'x'));
  world_.Put(Old("/etc/a"), "a");
  world_.Put(Old("/etc/b"), "b");
  Carry();
  EXPECT_THAT(Warnings(),
              ElementsAre(AllOf(HasSubstr("s0: 4 files (3.0 MB)"),
                                HasSubstr(": /root/result (3.0 MB), /var/log/syslog (2.5 kB), "
                                          "/etc/a (1 B), …;"))));
}

TEST_F(CarryOverTest, SaysNothingOfWhatIsKeptOrMadeAnewAtEachStart) {
  spec_.update_keep = {"/var/lib/app"};
  world_.Put(Old("/var/lib/app/file"), "kept");
  world_.Put(Old("/run/pid"), "1");
  world_.Put(Old("/tmp/x"), "1");
  world_.Put(Old("/var/lib/zprov/mounted"), "nonce");
  Carry();
  EXPECT_THAT(Warnings(), IsEmpty());
}

TEST_F(CarryOverTest, TellsByItsFilesWhenAHandMadeRootWasMade) {
  world_.Put(Old("/var/lib/dpkg/status"), "made before");
  Later();
  world_.Put(Old("/etc/hostname"), "s0\n");
  Later();
  world_.Put(Old("/root/result"), "42");
  made_ns_.reset();
  Carry();
  EXPECT_THAT(Warnings(), ElementsAre(HasSubstr("s0: 1 file (2 B) that it wrote stays behind")));
}

TEST_F(CarryOverTest, FindsAHandMadeRootThroughItsSymlinkInGenerationZero) {
  spec_.update_keep = {"/var/lib/app"};
  world_.scene().Snapshot("/", "/x/s0");
  world_.Put("/x/s0/var/lib/app/file", "made by hand");
  world_.scene().MakeDirectory("/x/.zprov/gen/0/s0");
  world_.scene().Symlink("/x/.zprov/gen/0/s0/root", "../../../../s0");
  previous_ = "/x/.zprov/gen/0/s0/root";
  Carry();
  EXPECT_EQ(Content(New("/var/lib/app/file")), "made by hand");
}

TEST_F(CarryOverTest, WarnsWhenThePreviousRootIsGone) {
  previous_ = "/x/.zprov/gen/0/s0/root";
  Carry();
  EXPECT_THAT(Warnings(), ElementsAre(HasSubstr("s0: its root until now")));
}

TEST_F(CarryOverTest, NeedsNoWalkThroughARootThatNobodyWroteIn) {
  world_.scene().SyncAll();
  ASSERT_TRUE(engine::NoteUnwritten(world_.system(), spec_, 1, {"s0"}));
  made_ns_ = 0;  // a walk would find every file
  Carry();
  EXPECT_THAT(Warnings(), IsEmpty());
  world_.Put(Old("/root/result"), "42");
  Carry();
  EXPECT_THAT(Warnings(), ElementsAre(HasSubstr("that it wrote")));
}

}  // namespace
}  // namespace zprov::scenario
