// What the managed files say of a rig that has generations: exports, boot files, known hosts.
#include <gmock/gmock.h>

#include "core/render/block.h"
#include "core/render/renderers.h"
#include "tests/unit/core/render/clusters.h"

namespace zprov::render {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// s0 may run generation 7 or 8, s1 is on 8, no other has a root.
HostFacts TwoNodesWithRoots() {
  HostFacts facts;
  facts.roots = [](const std::string& node) {
    std::vector<std::string> roots;
    if (node == "s0") roots.push_back("/x/.zprov/gen/7/s0/root");
    if (node == "s0" || node == "s1") roots.push_back("/x/.zprov/gen/8/" + node + "/root");
    return roots;
  };
  return facts;
}

std::string ContentWith(const spec::ClusterSpec& spec, const HostFacts& facts,
                        const std::string& name) {
  for (const ManagedFile& file : ManagedFiles(spec, facts)) {
    if (file.name == name) return PlainContent(file);
  }
  return "no such file";
}

TEST(NativeExports, ListEachRootThatANodeMayRunByItsRealPath) {
  EXPECT_EQ(ContentWith(NativeCluster(), TwoNodesWithRoots(), "exports"),
            "/x/.zprov/gen/7/s0/root 192.168.7.33(rw,no_root_squash,async,no_subtree_check)\n"
            "/x/.zprov/gen/8/s0/root 192.168.7.33(rw,no_root_squash,async,no_subtree_check)\n"
            "/x/snaa 192.168.7.33(rw,no_root_squash,async,no_subtree_check)\n"
            "/x/.zprov/gen/8/s1/root 192.168.7.37(rw,no_root_squash,async,no_subtree_check)\n"
            "/x/snaa 192.168.7.37(rw,no_root_squash,async,no_subtree_check)\n");
}

TEST(NativeExports, TakeTheProceduresLinesOverIntoTheBlock) {
  const ManagedFile file = Exports(NativeCluster(), TwoNodesWithRoots());
  const std::string after =
      WithBlocks(SourceFile("fixtures/seed/exports"), std::get<BlockFile>(file.body)).value();
  EXPECT_THAT(after, Not(HasSubstr("\n/x/s0 ")));
  EXPECT_THAT(after, HasSubstr("\n/x/.zprov/gen/8/s1/root "));
}

TEST(CompatibleExports, StayTheProceduresWhateverGenerationsThereAre) {
  HostFacts facts = TwoNodesWithRoots();
  EXPECT_EQ(ContentWith(SeedCluster(), facts, "exports"), SourceFile("fixtures/seed/exports"));
  facts.has_root = [](const std::string& node) { return node == "s1"; };
  EXPECT_EQ(ContentWith(SeedCluster(), facts, "exports"),
            "/x/s1 192.168.7.37(rw,no_root_squash,async,no_subtree_check)\n"
            "/x/snaa 192.168.7.37(rw,no_root_squash,async,no_subtree_check)\n");
}

TEST(BootFiles, OfAGenerationAreNoFilesOfTheHost) {
  spec::ClusterSpec spec = NativeCluster();
  spec.mode = spec::Mode::kCompatible;
  HostFacts facts;
  facts.boots_from_generation = [](const std::string& node) { return node == "s0"; };
  std::map<std::string, std::string> paths;
  for (const ManagedFile& file : ManagedFiles(spec, facts)) paths[file.name] = file.path;
  EXPECT_EQ(paths.at("cmdline:s0"), "");
  EXPECT_EQ(paths.at("config:s0"), "");
  EXPECT_EQ(paths.at("cmdline:s1"), "/x/sboot/1-1.2.2/cmdline.txt");
  EXPECT_EQ(paths.at("config:s1"), "/x/sboot/1-1.2.2/config.txt");
}

TEST(BootFiles, CommandLineNamesARootByItsRealPathWhenToldIt) {
  const spec::ClusterSpec spec = NativeCluster();
  const spec::Node& node = spec.nodes[0];
  EXPECT_THAT(PlainContent(Cmdline(spec, node, "/x/.zprov/gen/8/s0/root")),
              HasSubstr(" nfsroot=192.168.7.2:/x/.zprov/gen/8/s0/root,vers=3 rw "));
  EXPECT_EQ(Cmdline(spec, node, "/x/s0"), Cmdline(spec, node));
}

HostFacts WithKeys() {
  HostFacts facts;
  facts.host_keys["s1"] = {"ssh-ed25519 AAAAC3Nza1 root@snail", "ssh-rsa AAAAB3Nza1"};
  facts.host_keys["s0"] = {"ssh-ed25519 AAAAC3Nza0\n"};
  facts.host_keys["of-another-cluster"] = {"ssh-ed25519 AAAAC3Nza9"};
  return facts;
}

TEST(KnownHosts, NamesEachKeyOfEachNodeByNameAndAddress) {
  for (const spec::ClusterSpec& spec : {NativeCluster(), SeedCluster()}) {
    EXPECT_EQ(ContentWith(spec, WithKeys(), "known-hosts"),
              "s0,192.168.7.33 ssh-ed25519 AAAAC3Nza0\n"
              "s1,192.168.7.37 ssh-ed25519 AAAAC3Nza1\n"
              "s1,192.168.7.37 ssh-rsa AAAAB3Nza1\n");
  }
}

TEST(KnownHosts, LeavesOutWhatIsNoKeyAndTakesNoSecondLineFromOne) {
  HostFacts facts;
  facts.host_keys["s0"] = {"", "ssh-rsa", "ssh-rsa AAAA\n# zprov end known-hosts\n* ssh-rsa BBBB"};
  EXPECT_EQ(ContentWith(NativeCluster(), facts, "known-hosts"), "s0,192.168.7.33 ssh-rsa AAAA\n");
}

TEST(KnownHosts, StandsInABlockBesideTheOperatorsOwnHosts) {
  const ManagedFile file = KnownHosts(NativeCluster(), WithKeys());
  EXPECT_EQ(file.path, "/etc/ssh/ssh_known_hosts");
  EXPECT_THAT(WithBlocks("elsewhere ssh-rsa CCCC\n", std::get<BlockFile>(file.body)).value(),
              StartsWith("elsewhere ssh-rsa CCCC\n# zprov begin known-hosts"));
}

TEST(KnownHosts, IsNotManagedBeforeThereIsAKey) {
  EXPECT_FALSE(HasFile(NativeCluster(), "known-hosts"));
}

TEST(KnownHosts, LosesItsBlockWhenThereAreNoKeysAnyMore) {
  HostFacts facts;
  facts.has_known_hosts = true;
  ASSERT_TRUE(HasFile(NativeCluster(), "known-hosts", facts));
  const std::string own = "elsewhere ssh-rsa CCCC\n";
  const auto with = std::get<BlockFile>(KnownHosts(NativeCluster(), WithKeys()).body);
  const auto without = std::get<BlockFile>(KnownHosts(NativeCluster(), facts).body);
  EXPECT_EQ(WithBlocks(WithBlocks(own, with).value(), without), own);
  EXPECT_EQ(WithBlocks(own, without), own) << "and a file without block is left alone";
}

}  // namespace
}  // namespace zprov::render
