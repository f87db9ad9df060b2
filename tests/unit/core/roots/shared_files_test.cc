// The files of a base once they are the nodes': rc.local, dhcpcd.conf, hosts, and who keeps usb0.
#include "core/roots/shared_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "core/render/block.h"
#include "core/render/renderers.h"
#include "core/spec/format.h"
#include "core/spec/parse.h"

namespace zprov::roots {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string Seed(const std::string& name) {
  std::ifstream file(ZPROV_SOURCE_DIR "/fixtures/seed/" + name, std::ios::binary);
  EXPECT_TRUE(file) << name << " is not there";
  return {std::istreambuf_iterator<char>(file), {}};
}

spec::ClusterSpec Cluster() { return spec::ParseSpec(Seed("cluster.toml")).spec.value(); }

std::string Marked(const render::ManagedFile& file, const std::string& existing) {
  return render::WithBlocks(existing, std::get<render::BlockFile>(file.body)).value();
}

// --- rc.local

const std::string kNodesBlock =
    "# zprov begin rc.local (managed: edits here are overwritten)\n"
    "case `hostname` in\n"
    "s[0-4])\n"
    "echo Setting usb0 mtu to 7418\n"
    "ip link set usb0 mtu 7418\n"
    ";;\n"
    "esac\n"
    "# zprov end rc.local\n";

TEST(WithoutHostPart, LeavesTheNodesBranchOfTheProceduresOwnText) {
  const std::string text = "#!/bin/sh -e\n# mine\n" + Seed("rc.local") + "echo mine\nexit 0\n";
  EXPECT_EQ(WithoutHostPart(text, Cluster()).value(),
            "#!/bin/sh -e\n# mine\n" + kNodesBlock + "echo mine\nexit 0\n");
}

TEST(WithoutHostPart, LeavesTheNodesBranchOfZprovsBlock) {
  const std::string text = Marked(render::RcLocal(Cluster()), "#!/bin/sh -e\necho mine\nexit 0\n");
  ASSERT_THAT(text, HasSubstr("rpiboot"));
  EXPECT_EQ(WithoutHostPart(text, Cluster()).value(),
            "#!/bin/sh -e\necho mine\n" + kNodesBlock + "exit 0\n");
}

TEST(WithoutHostPart, LeavesTheNodesBranchOfABlockThatAnEarlierSpecMade) {
  spec::ClusterSpec earlier = Cluster();
  earlier.nodes.resize(2);
  earlier.bridge.name = "old";
  const std::string text = Marked(render::RcLocal(earlier), "#!/bin/sh -e\nexit 0\n");
  EXPECT_EQ(WithoutHostPart(text, Cluster()).value(), "#!/bin/sh -e\n" + kNodesBlock + "exit 0\n");
}

TEST(WithoutHostPart, StartsNoRpibootThatTheProcedureDoesNotHaveLikeThat) {
  EXPECT_EQ(WithoutHostPart("#!/bin/sh\n"
                            "if true; then\n"
                            "  sudo nohup /opt/usbboot/rpiboot -l \\\n"
                            "    -d /x/sboot \\\n"
                            "    >/dev/null &\n"
                            "fi\n"
                            "rpiboot\n"
                            "# rpiboot is fine\n"
                            "echo rpiboot\n",
                            Cluster())
                .value(),
            "#!/bin/sh\n"
            "if true; then\n"
            ": # rpiboot is the host's\n"
            "fi\n"
            ": # rpiboot is the host's\n"
            "# rpiboot is fine\n"
            "echo rpiboot\n");
}

TEST(WithoutHostPart, LeavesATextWithoutOneAsItIs) {
  for (const char* text : {"", "#!/bin/sh -e\nexit 0\n", "#!/bin/sh\r\necho no newline"}) {
    EXPECT_EQ(WithoutHostPart(text, Cluster()), text);
  }
}

TEST(WithZprovNode, StartsItBeforeTheExitAndKeepsTheRest) {
  const std::string text = "#!/bin/sh -e\necho mine\n\nexit 0\n";
  const std::string with = WithZprovNode(text, Cluster()).value();
  const size_t start = with.find("\n/usr/lib/zprov/zprov-node &\n");
  EXPECT_LT(with.find("echo mine\n"), start) << with;
  EXPECT_LT(start, with.find("exit 0\n")) << with;
}

TEST(WithZprovNode, KeepsTheNodesBranchBesideIt) {
  const std::string text = WithoutHostPart(Seed("rc.local"), Cluster()).value();
  const std::string with = WithZprovNode(text, Cluster()).value();
  EXPECT_NE(with.find("ip link set usb0 mtu 7418\n"), std::string::npos) << with;
  EXPECT_NE(with.find("/usr/lib/zprov/zprov-node &\n"), std::string::npos) << with;
}

TEST(WithZprovNode, MakesAScriptOfNothing) {
  const std::string with = WithZprovNode("", Cluster()).value();
  EXPECT_TRUE(with.starts_with("#!/bin/sh -e\n")) << with;
  EXPECT_TRUE(with.ends_with("exit 0\n")) << with;
}

TEST(WithoutHostPart, ChangesNothingASecondTime) {
  const auto once = WithoutHostPart(Seed("rc.local") + "rpiboot &\n", Cluster());
  EXPECT_EQ(WithoutHostPart(once.value(), Cluster()), once);
}

TEST(WithoutHostPart, SaysWhereABlockIsBroken) {
  const auto broken = WithoutHostPart("# zprov begin rc.local (managed: x)\nexit 0\n", Cluster());
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(broken.error().message, StartsWith("line 1: "));
}

// --- dhcpcd.conf

const std::string kDeniesUsb0 =
    "# zprov begin deny (managed: edits here are overwritten)\n"
    "denyinterfaces usb0\n"
    "# zprov end deny\n";

TEST(WithoutUsb0, TurnsTheHostsBlocksIntoTheNodesOne) {
  const std::string text = Marked(render::Dhcpcd(Cluster()), "hostname\nduid\n");
  EXPECT_EQ(WithoutUsb0(text, Cluster()).value(), kDeniesUsb0 + "hostname\nduid\n");
}

TEST(WithoutUsb0, TurnsTheProceduresOwnLinesIntoTheNodesBlock) {
  EXPECT_EQ(WithoutUsb0(Seed("dhcpcd.conf"), Cluster()).value(), kDeniesUsb0);
}

TEST(WithoutUsb0, DeniesItInAFileThatSaysNothingOfTheCluster) {
  EXPECT_EQ(WithoutUsb0("interface eth0\nstatic ip_address=10.0.0.2/8\n", Cluster()).value(),
            kDeniesUsb0 + "interface eth0\nstatic ip_address=10.0.0.2/8\n");
}

TEST(WithoutUsb0, ChangesNothingASecondTime) {
  const auto once = WithoutUsb0(Seed("dhcpcd.conf"), Cluster());
  EXPECT_EQ(WithoutUsb0(once.value(), Cluster()), once);
}

TEST(WithoutUsb0, SaysWhereABlockIsBroken) {
  EXPECT_EQ(WithoutUsb0("# zprov end deny\n", Cluster()).error().kind, ErrorKind::kInvalid);
}

TEST(LinkGuards, EachTellOneManagerToLeaveUsb0Alone) {
  ASSERT_EQ(LinkGuards().size(), 2u);
  for (const LinkGuard& guard : LinkGuards()) {
    EXPECT_THAT(std::string(guard.path), StartsWith(std::string(guard.of) + "/"));
    EXPECT_THAT(std::string(guard.content), HasSubstr("usb0\n"));
  }
}

TEST(LinkGuards, TakeThePlaceOfTheHostsOwnNetworkManagerFile) {
  EXPECT_EQ(LinkGuards()[0].path, render::NetworkManager(Cluster()).path);
}

// --- hosts

std::string HostsOf(const std::string& text, const std::string& node) {
  return HostsOfNodes(text, Cluster()).value().Of(node);
}

std::string ClustersBlock() { return Marked(render::Hosts(Cluster()), ""); }

TEST(HostsOfNodes, HaveTheNodesNameWhereTheHostsStood) {
  EXPECT_EQ(HostsOf("127.0.0.1\tlocalhost\n127.0.1.1\tsnail\n" + ClustersBlock(), "s3"),
            "127.0.0.1\tlocalhost\n127.0.1.1\ts3\n" + ClustersBlock());
  EXPECT_EQ(HostsOf("127.0.1.1  snail.example.org snail db # own\r\n" + ClustersBlock(), "s3"),
            HostsOf("127.0.1.1\ts3 db # own\r\n" + ClustersBlock(), "s3"));
}

TEST(HostsOfNodes, DoNotCallANodesLoopbackByTheHostsName) {
  const std::string text = HostsOf(
      "127.0.0.1 localhost snail Snail.local\n"
      "::1 localhost ip6-localhost snail\n"
      "127.0.0.2 snail\n",
      "s0");
  EXPECT_THAT(text,
              StartsWith("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n# zprov begin"));
}

TEST(HostsOfNodes, NameTheClusterAsOnTheHost) {
  EXPECT_THAT(HostsOf("127.0.0.1 localhost\n", "s0"), testing::EndsWith(ClustersBlock()));
  EXPECT_THAT(HostsOf(Seed("hosts"), "s0"), testing::EndsWith(ClustersBlock()));
  EXPECT_EQ(HostsOf("", "s0"), "127.0.0.1 localhost\n" + ClustersBlock());
}

TEST(HostsOfNodes, KeepEveryLineThatIsNotOfTheMachineItself) {
  const std::string own =
      "# 127.0.1.1 snail\n10.0.0.9 snail.office\n127.0.0.1 localhost\n127.0.0.1   snailish\n\xff\n";
  EXPECT_EQ(HostsOf(own, "s0"), own + ClustersBlock());
}

TEST(HostsOfNodes, AreRefusedWithABrokenBlock) {
  EXPECT_EQ(HostsOfNodes("# zprov end hosts\n", Cluster()).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace zprov::roots
