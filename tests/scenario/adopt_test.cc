// A rig set up by hand with the procedure is taken over.
#include <gmock/gmock.h>

#include "core/spec/parse.h"
#include "scenario/rig.h"
#include "sim/scenarios/hosts.h"
#include "sim/scenarios/seed_files.h"

namespace zprov::scenario {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Adopt : public ::testing::Test {
 protected:
  Adopt() { sim::HandMadeHost(world_); }

  sim::World world_;
};

TEST_F(Adopt, InTheProceduresOwnModeOnlyMarksWhatIsThere) {
  const auto seed = spec::ParseSpec(sim::SeedFile("cluster.toml"));
  ASSERT_TRUE(seed.spec);
  const auto applied = Apply(world_.system(), *seed.spec);
  ASSERT_TRUE(applied) << applied.error().message;
  const std::string hosts = world_.scene().Content("/etc/hosts");
  EXPECT_THAT(hosts, HasSubstr("# zprov begin"));
  const size_t first = hosts.find("192.168.7.33");
  EXPECT_EQ(hosts.find("192.168.7.33", first + 1), std::string::npos) << "the line stands twice";
  const std::string rc_local = world_.scene().Content("/etc/rc.local");
  EXPECT_EQ(rc_local.find("rpiboot -m"), rc_local.rfind("rpiboot -m")) << "rpiboot starts twice";
  EXPECT_THAT(PlanOf(world_.system(), *seed.spec)->steps, IsEmpty());
}

TEST_F(Adopt, RecordsEachRootAsGenerationZeroAndMovesNothing) {
  const auto root = world_.system().btrfs.Info("/x/s3");
  ASSERT_TRUE(root && *root);
  const std::string tree = TreeAt(world_, "/x/s3");
  ASSERT_TRUE(Apply(world_.system(), Cluster(spec::Mode::kNative)));
  EXPECT_EQ((*world_.system().btrfs.Info("/x/s3"))->id, (*root)->id);
  EXPECT_EQ(TreeAt(world_, "/x/s3"), tree);
  os::Files& files = world_.system().files;
  EXPECT_EQ(files.ReadSymlink("/x/.zprov/current/s3"), "../gen/0/s3");
  EXPECT_EQ(files.Resolve("/x/.zprov/current/s3/root"), "/x/s3");
  EXPECT_EQ(files.Resolve("/x/.zprov/current/s3/boot"), "/x/sboot");
}

TEST_F(Adopt, NativelyRetiresTheProceduresFilesAndKeepsCopies) {
  const std::string rules = world_.scene().Content("/etc/udev/rules.d/70-gadget.rules");
  const std::string zeros = world_.scene().Content("/etc/network/interfaces.d/zeros");
  ASSERT_TRUE(Apply(world_.system(), Cluster(spec::Mode::kNative)));
  EXPECT_FALSE(world_.scene().Has("/etc/udev/rules.d/70-gadget.rules"));
  EXPECT_FALSE(world_.scene().Has("/etc/network/interfaces.d/zeros"));
  const std::string kept = "/x/.zprov/retired/etc/";
  EXPECT_EQ(world_.scene().Content(kept + "udev/rules.d/70-gadget.rules"), rules);
  EXPECT_EQ(world_.scene().Content(kept + "network/interfaces.d/zeros"), zeros);
}

TEST_F(Adopt, NativelyTakesTheProceduresLinesOutOfRcLocalAsServeTakesRpibootsPlace) {
  world_.Put("/etc/rc.local",
             "#!/bin/sh -e\n/usr/bin/mine\n" + world_.scene().Content("/etc/rc.local").substr(13),
             0755);
  ASSERT_TRUE(Apply(world_.system(), Cluster(spec::Mode::kNative)));
  const std::string rc_local = world_.scene().Content("/etc/rc.local");
  EXPECT_THAT(rc_local, Not(HasSubstr("rpiboot")));
  EXPECT_THAT(rc_local, Not(HasSubstr("zprov")));
  EXPECT_THAT(rc_local, AllOf(HasSubstr("/usr/bin/mine\n"), HasSubstr("exit 0")));
  EXPECT_EQ(world_.system().files.ReadSymlink(
                "/etc/systemd/system/multi-user.target.wants/zprov.service"),
            "../zprov.service");
}

TEST_F(Adopt, RetiresTheUnitOfAnEarlierZprov) {
  const std::string units = "/etc/systemd/system/";
  world_.Put(units + "zprov-links.service", "[Service]\n");
  ASSERT_TRUE(world_.system().trees.MakeDirectory(units + "multi-user.target.wants", 0755));
  ASSERT_TRUE(world_.system().files.ReplaceSymlink(
      units + "multi-user.target.wants/zprov-links.service", "../zprov-links.service"));
  ASSERT_TRUE(Apply(world_.system(), Cluster(spec::Mode::kNative)));
  EXPECT_FALSE(world_.scene().Has(units + "zprov-links.service"));
  EXPECT_FALSE(world_.scene().Has(units + "multi-user.target.wants/zprov-links.service"));
  EXPECT_TRUE(world_.scene().Has(units + "zprov.service"));
}

TEST_F(Adopt, CompatiblyLeavesBootingToRpibootUnlessTheSpecSaysZprov) {
  spec::ClusterSpec spec = Cluster(spec::Mode::kCompatible);
  ASSERT_TRUE(Apply(world_.system(), spec));
  EXPECT_FALSE(world_.scene().Has("/etc/systemd/system/zprov.service"));
  spec.boot_server = spec::BootServer::kZprov;
  ASSERT_TRUE(Apply(world_.system(), spec));
  EXPECT_TRUE(world_.scene().Has("/etc/systemd/system/zprov.service"));
  EXPECT_THAT(world_.scene().Content("/etc/rc.local"), Not(HasSubstr("rpiboot")));
  EXPECT_THAT(PlanOf(world_.system(), spec)->steps, IsEmpty());
  spec.boot_server = spec::BootServer::kRpiboot;
  ASSERT_TRUE(Apply(world_.system(), spec));
  EXPECT_FALSE(world_.scene().Has("/etc/systemd/system/zprov.service"));
  EXPECT_FALSE(world_.scene().Has("/etc/systemd/system/multi-user.target.wants/zprov.service"));
  EXPECT_THAT(world_.scene().Content("/etc/rc.local"), HasSubstr("rpiboot -m"));
}

TEST_F(Adopt, RefusesAnRcLocalOfAnotherClusterInsteadOfStartingRpibootTwice) {
  spec::ClusterSpec smaller = Cluster(spec::Mode::kCompatible);
  smaller.nodes.pop_back();
  const std::string before = world_.Dump();
  const auto refused = Apply(world_.system(), smaller);
  ASSERT_TRUE(refused) << refused.error().message;
  EXPECT_THAT(refused->refusals, Contains(HasSubstr("/etc/rc.local starts rpiboot outside")));
  EXPECT_EQ(world_.Dump(), before);
}

TEST_F(Adopt, ExportsOnlyRootsThatAreThere) {
  ASSERT_TRUE(world_.system().btrfs.Delete("/x/s4"));
  const auto applied = Apply(world_.system(), Cluster(spec::Mode::kNative));
  ASSERT_TRUE(applied) << applied.error().message;
  const std::string exports = world_.scene().Content("/etc/exports");
  EXPECT_THAT(exports, HasSubstr("/x/s3 192.168.7.45("));
  EXPECT_THAT(exports, Not(HasSubstr("/x/s4")));
}

}  // namespace
}  // namespace zprov::scenario
