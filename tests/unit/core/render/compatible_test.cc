// In the compatible mode every file is the procedure's own text.
#include <gmock/gmock.h>

#include "tests/unit/core/render/clusters.h"
#include "util/strings.h"

namespace zprov::render {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct GoldenFile {
  const char* name;
  const char* file;
  const char* path;
};

class ProcedureFile : public ::testing::TestWithParam<GoldenFile> {};

TEST_P(ProcedureFile, IsTheProceduresTextByteForByte) {
  EXPECT_EQ(Content(SeedCluster(), GetParam().name),
            SourceFile(std::string("fixtures/seed/") + GetParam().file));
  EXPECT_EQ(FileNamed(SeedCluster(), GetParam().name).path, GetParam().path);
}

// Each block stands in one piece in the procedure, so that a golden cannot drift with the code.
TEST_P(ProcedureFile, StandsInTheProcedure) {
  const std::string procedure = SourceFile("fixtures/seed/procedure.txt");
  const std::string golden = SourceFile(std::string("fixtures/seed/") + GetParam().file);
  ASSERT_NE(golden, "");
  if (std::string_view(GetParam().name) != "dhcpcd") {
    EXPECT_THAT(procedure, HasSubstr("\n" + golden));
    return;
  }
  const size_t first_line = golden.find('\n') + 1;  // the first line and the last two of the file
  EXPECT_THAT(procedure, HasSubstr("\n" + golden.substr(0, first_line)));
  EXPECT_THAT(procedure, HasSubstr("\n" + golden.substr(first_line)));
}

INSTANTIATE_TEST_SUITE_P(
    Compatible, ProcedureFile,
    ::testing::Values(GoldenFile{"hosts", "hosts", "/etc/hosts"},
                      GoldenFile{"dhcpcd", "dhcpcd.conf", "/etc/dhcpcd.conf"},
                      GoldenFile{"udev", "70-gadget.rules", "/etc/udev/rules.d/70-gadget.rules"},
                      GoldenFile{"interfaces", "zeros", "/etc/network/interfaces.d/zeros"},
                      GoldenFile{"exports", "exports", "/etc/exports"},
                      GoldenFile{"fstab", "fstab", "/x/sproto/fstab"},
                      GoldenFile{"rc.local", "rc.local", "/etc/rc.local"}),
    [](const auto& test) {
      std::string name = test.param.name;
      std::erase(name, '.');
      return name;
    });

TEST(Exports, GivesEachNodeItsRootAndTheSharedHome) {
  spec::ClusterSpec spec = CompatibleCluster(1);
  spec.storage.store = "/data";
  spec.storage.home = "/data/home";
  EXPECT_EQ(Content(spec, "exports"),
            "/data/s0 192.168.7.33(rw,no_root_squash,async,no_subtree_check)\n"
            "/data/home 192.168.7.33(rw,no_root_squash,async,no_subtree_check)\n");
}

TEST(Exports, LeavesOutANodeWithoutRootButStillRecognisesItsOldLines) {
  const spec::ClusterSpec spec = CompatibleCluster(2);
  HostFacts facts;
  facts.has_root = [](const std::string& node) { return node == "s1"; };
  for (const ManagedFile& file : ManagedFiles(spec, facts)) {
    if (file.name != "exports") continue;
    EXPECT_THAT(PlainContent(file), Not(HasSubstr("192.168.7.33")));
    EXPECT_THAT(PlainContent(file), HasSubstr("/x/s1 192.168.7.37("));
    EXPECT_EQ(std::get<BlockFile>(file.body).blocks[0].procedure, Content(spec, "exports"));
  }
}

TEST(RcLocal, LeavesRpibootOutWhenZprovBootsTheNodes) {
  spec::ClusterSpec spec = CompatibleCluster(5);
  const std::string procedure = Content(spec, "rc.local");
  spec.boot_server = spec::BootServer::kZprov;
  EXPECT_THAT(Content(spec, "rc.local"), Not(HasSubstr("rpiboot")));
  EXPECT_THAT(Content(spec, "rc.local"), HasSubstr("ip link set san up\n;;\ns[0-4])\n"));
  const auto body = std::get<BlockFile>(FileNamed(spec, "rc.local").body);
  EXPECT_EQ(body.blocks[0].procedure, procedure);
  EXPECT_EQ(body.mode, 0755u);
}

TEST(BootFiles, LieInTheNodesBootDirectoryOnlyInTheCompatibleModeAndWithAUsbPath) {
  spec::ClusterSpec spec = CompatibleCluster(2);
  spec.nodes[1].usb = PortPath::Parse("1-1.3");
  EXPECT_EQ(FileNamed(spec, "cmdline:s0").path, "");
  EXPECT_EQ(FileNamed(spec, "config:s0").path, "");
  EXPECT_EQ(FileNamed(spec, "cmdline:s1").path, "/x/sboot/1-1.3/cmdline.txt");
  EXPECT_EQ(FileNamed(spec, "config:s1").path, "/x/sboot/1-1.3/config.txt");
  spec.mode = spec::Mode::kNative;
  EXPECT_EQ(FileNamed(spec, "cmdline:s1").path, "");
  EXPECT_TRUE(std::holds_alternative<SeedFile>(FileNamed(spec, "cmdline:s1").body));
}

TEST(BootFiles, CommandLineIsOneLineWithTheOperatorsWordsLast) {
  spec::ClusterSpec spec = CompatibleCluster(1);
  spec.boot_cmdline = " quiet\n  loglevel=3\r\n";
  EXPECT_EQ(Content(spec, "cmdline:s0"),
            "console=serial0,115200 root=/dev/nfs nfsroot=192.168.7.2:/x/s0,vers=3 rw rootwait "
            "ip=192.168.7.33:192.168.7.2:192.168.7.2:255.255.255.0:s0:usb0:off zprov.node=s0 "
            "zprov.gadget=geth zprov.mtu=7418 zprov.mac=02:34:33:3c:50:21 quiet loglevel=3\n");
}

TEST(BootFiles, OfferPlainEthernetWhereTheMtuIsPlain) {
  spec::ClusterSpec spec = CompatibleCluster(1);
  spec.bridge.mtu = 1500;
  EXPECT_THAT(Content(spec, "cmdline:s0"), HasSubstr(" zprov.gadget=ecm zprov.mtu=1500 "));
}

TEST(NetworkManager, LeavesTheGadgetLinksAlone) {
  EXPECT_EQ(Content(CompatibleCluster(1), "networkmanager"),
            "# The cluster's own links, kept by zprov.\n[keyfile]\nunmanaged-devices="
            "interface-name:usb0;interface-name:usb1;interface-name:s0;\n");
}

TEST(ManagedFiles, TellOnlyTheNetworkManagersThatAreThere) {
  const spec::ClusterSpec spec = CompatibleCluster(1);
  HostFacts facts;
  facts.has_dhcpcd = false;
  EXPECT_FALSE(HasFile(spec, "dhcpcd", facts));
  EXPECT_TRUE(HasFile(spec, "networkmanager", facts));
  facts.has_dhcpcd = true;
  facts.has_network_manager = false;
  EXPECT_TRUE(HasFile(spec, "dhcpcd", facts));
  EXPECT_FALSE(HasFile(spec, "networkmanager", facts));
}

}  // namespace
}  // namespace zprov::render
