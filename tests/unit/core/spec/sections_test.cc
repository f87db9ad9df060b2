// Values outside of nodes and paths: types, unknown keys, names, MTU, options, boot, deny.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/spec/parse.h"
#include "unit/core/spec/spec_text.h"

namespace zprov::spec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(ParseSpec, FillsInTheProceduresDefaults) {
  const ParsedSpec parsed = ParseSpec(kTwoNodes);
  EXPECT_THAT(parsed.problems, IsEmpty());
  ASSERT_TRUE(parsed.spec);
  ClusterSpec expected;
  expected.boot_server = BootServer::kZprov;
  expected.bridge.address = *InterfaceAddress::Parse("192.168.7.2/24");
  expected.bridge.mac = *Mac::Parse("02:34:33:3c:50:03");
  Node node;
  node.name = "s0";
  node.usb = PortPath::Parse("1-1.2");
  node.address = *Ipv4::Parse("192.168.7.33");
  node.host_mac = *Mac::Parse("02:34:33:3c:50:22");
  node.node_mac = *Mac::Parse("02:34:33:3c:50:21");
  expected.nodes.push_back(node);
  node.name = "s1";
  node.usb = PortPath::Parse("1-1.3");
  node.address = *Ipv4::Parse("192.168.7.37");
  node.host_mac = *Mac::Parse("02:34:33:3c:50:26");
  node.node_mac = *Mac::Parse("02:34:33:3c:50:25");
  expected.nodes.push_back(node);
  EXPECT_TRUE(*parsed.spec == expected);
  EXPECT_THAT(parsed.node_lines, ElementsAre(1, 1));
}

TEST(ParseSpec, TakesEveryKeyOfEverySection) {
  const ParsedSpec parsed = ParseSpec(TwoNodesAnd(R"(
[cluster]
name = "ants"
host = "hill"
mode = "compatible"
[bridge]
name = "br-ants"
address = "192.168.7.1/25"
mtu = 1500
mac = "02:00:00:00:00:01"
isolate = true
[storage]
store = "/srv/store"
source = "/srv/base"
home = "/srv/home"
boot = "/srv/boot"
proto = "/srv/proto"
[nfs]
export_options = "rw,no_root_squash"
home_options = "vers=4"
root_options = "vers=4,tcp"
[network]
deny = ["usb*"]
[boot]
server = "zprov"
cmdline = "quiet console=ttyAMA0"
from = "/boot/firmware"
initramfs = "/boot/initrd.img-zero"
arch = "arm"
at_once = 3
[update]
keep = ["/var/lib/app", "/etc/app.conf"]
[prune]
keep = 9
)"));
  EXPECT_THAT(parsed.problems, IsEmpty());
  ASSERT_TRUE(parsed.spec);
  const ClusterSpec& spec = *parsed.spec;
  EXPECT_EQ(spec.name, "ants");
  EXPECT_EQ(spec.host, "hill");
  EXPECT_EQ(spec.mode, Mode::kCompatible);
  EXPECT_EQ(spec.boot_server, BootServer::kZprov);
  EXPECT_EQ(spec.boot_cmdline, "quiet console=ttyAMA0");
  EXPECT_EQ(spec.boot_from, "/boot/firmware");
  EXPECT_EQ(spec.boot_initramfs, "/boot/initrd.img-zero");
  EXPECT_EQ(spec.boot_arch, BootArch::kArm);
  EXPECT_EQ(spec.boot_at_once, 3);
  EXPECT_THAT(spec.update_keep, ElementsAre("/var/lib/app", "/etc/app.conf"));
  EXPECT_EQ(spec.prune_keep, 9);
  EXPECT_EQ(spec.bridge, (Bridge{"br-ants", *InterfaceAddress::Parse("192.168.7.1/25"), 1500,
                                 *Mac::Parse("02:00:00:00:00:01"), true}));
  EXPECT_EQ(spec.storage,
            (Storage{"/srv/store", "/srv/base", "/srv/home", "/srv/boot", "/srv/proto"}));
  EXPECT_EQ(spec.nfs, (Nfs{"rw,no_root_squash", "vers=4", "vers=4,tcp"}));
  EXPECT_THAT(spec.deny, ElementsAre("usb*"));
}

TEST(ParseSpec, LeavesBootingToRpibootInTheCompatibleModeUnlessToldOtherwise) {
  const ParsedSpec parsed = ParseSpec(TwoNodesAnd("[cluster]\nmode = \"compatible\"\n"));
  ASSERT_TRUE(parsed.spec);
  EXPECT_EQ(parsed.spec->boot_server, BootServer::kRpiboot);
}

TEST(ParseSpec, WarnsOfRpibootInTheNativeModeAndUsesZprov) {
  const ParsedSpec parsed = ParseSpec(TwoNodesAnd("[boot]\nserver = \"rpiboot\"\n"));
  ASSERT_TRUE(parsed.spec);
  EXPECT_EQ(parsed.spec->boot_server, BootServer::kZprov);
  EXPECT_THAT(Said(TwoNodesAnd("[boot]\nserver = \"rpiboot\"\n")),
              ElementsAre(StartsWith("6: warning: boot.server = \"rpiboot\" has no effect")));
}

TEST(SpecSyntax, AnErrorStandsAloneWithItsLine) {
  const auto said = Said("[cluster]\nname = \"a\nmode = 7\n[nodse]\n");
  EXPECT_THAT(said, ElementsAre(StartsWith("2: this is not TOML: ")));
  EXPECT_THAT(Said("[bridge]\nmtu = 1\nmtu = 2\n"), ElementsAre(StartsWith("3: this is not TOML")));
  EXPECT_THAT(Said("[bridge]\n[bridge]\n"), ElementsAre(StartsWith("2: this is not TOML")));
  EXPECT_THAT(Said("name = \"\xff\"\n"), ElementsAre(StartsWith("1: this is not TOML")));
  EXPECT_FALSE(ParseSpec("[cluster\n").spec);
}

// toml++ stops with an assertion at a table's name that begins with no key.
TEST(ParseSpec, ATableNameThatIsNoKeyIsASyntaxErrorAndNotACrash) {
  for (const char* text : {"[=]\n", "[[.]]\n", "[#]\n", "[ ,a]\n", "[\xc3\xa4]\n"}) {
    EXPECT_THAT(Said(text), ElementsAre(StartsWith("1: this is not TOML: "))) << text;
  }
}

TEST(SpecKeys, AnUnknownOneIsNamedWithTheNearest) {
  EXPECT_THAT(Said(TwoNodesAnd("[bridge]\nadress = \"192.168.7.2/24\"\n")),
              ElementsAre("6: unknown key \"adress\" in bridge: did you mean bridge.address?"));
  EXPECT_THAT(Said(TwoNodesAnd("[brigde]\nmtu = 1500\n")),
              ElementsAre("5: unknown key \"brigde\" at the top: did you mean bridge?"));
  EXPECT_THAT(Said(TwoNodesAnd("[network]\nzzz = 1\n")),
              ElementsAre("6: unknown key \"zzz\" in network: take it out, or use one of deny"));
  EXPECT_THAT(Said(TwoNodesAnd("fist = 3\n")),
              ElementsAre("5: unknown key \"fist\" in nodes: did you mean nodes.first?"));
  EXPECT_THAT(Said(TwoNodesAnd("[[node]]\nname = \"s1\"\nusbb = \"1-1.4\"\n")),
              ElementsAre("7: unknown key \"usbb\" in node: did you mean node.usb?"));
}

TEST(SpecKeys, EveryProblemOfAFileIsReportedByLine) {
  EXPECT_THAT(Said("[cluster]\nmode = \"fast\"\n[bridge]\nmtu = 20\nmac = \"x\"\n[node]\n"),
              ElementsAre(StartsWith("2: cluster.mode = \"fast\" is no choice"),
                          "4: bridge.mtu = 20 is out of range: choose 68 to 15412",
                          StartsWith("5: bridge.mac = \"x\" cannot be read: write six hex pairs"),
                          StartsWith("6: node is a list: write [nodes] for a range")));
}

TEST(SpecTypes, AWrongOneSaysWhatToWrite) {
  EXPECT_THAT(Said(TwoNodesAnd("[bridge]\nmtu = \"7418\"\n")),
              ElementsAre("6: bridge.mtu is a text: write a whole number without quotes"));
  EXPECT_THAT(Said(TwoNodesAnd("[bridge]\nmtu = 7418.5\n")),
              ElementsAre(StartsWith("6: bridge.mtu")));
  EXPECT_THAT(Said(TwoNodesAnd("[bridge]\nname = 7\n")),
              ElementsAre("6: bridge.name is a number: write a text in quotes"));
  EXPECT_THAT(Said(TwoNodesAnd("[bridge]\nisolate = \"yes\"\n")),
              ElementsAre("6: bridge.isolate is a text: write true or false without quotes"));
  EXPECT_THAT(Said(TwoNodesAnd("[bridge]\nname = true\n")),
              ElementsAre("6: bridge.name is true or false: write a text in quotes"));
  EXPECT_THAT(Said(TwoNodesAnd("[network]\ndeny = \"usb0\"\n")),
              ElementsAre(StartsWith("6: network.deny is a text: write a list of texts")));
  EXPECT_THAT(Said(TwoNodesAnd("[network]\ndeny = [\"usb0\",\n3]\n")),
              ElementsAre("7: network.deny is a number: write a text in quotes"));
  EXPECT_THAT(Said(TwoNodesAnd("[cluster]\nname = [1]\nhost = {a = 1}\n")),
              ElementsAre("6: cluster.name is a list: write a text in quotes",
                          "7: cluster.host is a table: write a text in quotes"));
}

TEST(SpecTypes, ATableMustBeATable) {
  EXPECT_THAT(Said("cluster = \"snail\"\n" + std::string(kTwoNodes)),
              ElementsAre("1: cluster is no table: write [cluster] and its keys below it"));
  EXPECT_THAT(Said("[[nodes]]\ncount = 5\n"), ElementsAre(StartsWith("1: nodes is one table")));
  EXPECT_THAT(Said("node = [3]\n"),
              ElementsAre(StartsWith("1: node has something that is no table")));
}

TEST(SpecTexts, AControlCharacterIsRefusedAndNotRepeated) {
  EXPECT_THAT(Said(TwoNodesAnd("[boot]\ncmdline = \"quiet\\nroot=x\"\n")),
              ElementsAre(StartsWith("6: boot.cmdline = \"quiet?root=x\" has a line break")));
  EXPECT_THAT(Said(TwoNodesAnd("[cluster]\nname = \"a\\u001b[31m\"\n")), SizeIs(1));
  EXPECT_THAT(Said(TwoNodesAnd("[network]\ndeny = [\"a\\u007f\"]\n")), SizeIs(1));
  EXPECT_THAT(Said(TwoNodesAnd("\"a\\u0007b\" = 1\n")),
              ElementsAre(StartsWith("5: unknown key \"a?b\"")));
}

TEST(SpecNames, OfClusterHostAndBridgeAreLabels) {
  EXPECT_THAT(Said(TwoNodesAnd("[cluster]\nname = \"Snail\"\nhost = \"a.b\"\n")),
              ElementsAre(StartsWith("6: cluster.name \"Snail\" has a character other than"),
                          StartsWith("7: cluster.host \"a.b\" has a character other than")));
  EXPECT_THAT(Said(TwoNodesAnd("[cluster]\nname = \"\"\nhost = \"-a\"\n")),
              ElementsAre(StartsWith("6: cluster.name \"\" is empty"),
                          StartsWith("7: cluster.host \"-a\" begins or ends with '-'")));
  EXPECT_THAT(Said(TwoNodesAnd("[cluster]\nname = \"" + std::string(63, 'a') + "\"\n")), IsEmpty());
  EXPECT_THAT(Said(TwoNodesAnd("[cluster]\nname = \"" + std::string(64, 'a') + "\"\n")),
              ElementsAre(HasSubstr("is longer than 63 bytes")));
  EXPECT_THAT(Said(TwoNodesAnd("[bridge]\nname = \"a23456789012345\"\n")), IsEmpty());
  EXPECT_THAT(
      Said(TwoNodesAnd("[bridge]\nname = \"a234567890123456\"\n")),
      ElementsAre(StartsWith("6: bridge.name \"a234567890123456\" is longer than 15 bytes")));
  EXPECT_THAT(Said(TwoNodesAnd("[bridge]\nname = \"lo\"\n")),
              ElementsAre(StartsWith("6: bridge.name \"lo\" is the loopback link's")));
}

TEST(SpecBridge, ItsAddressIsAHostsInANetwork) {
  const auto said = [](std::string_view address) {
    return Said(TwoNodesAnd("[bridge]\naddress = \"" + std::string(address) + "\"\n"));
  };
  EXPECT_THAT(said("192.168.7.2"),
              ElementsAre(StartsWith("6: bridge.address = \"192.168.7.2\" cannot")));
  EXPECT_THAT(said("192.168.7.2/31"), ElementsAre(StartsWith("6: bridge.address")));
  EXPECT_THAT(
      said("192.168.7.0/24"),
      ElementsAre(StartsWith("6: bridge.address 192.168.7.0/24 is its network's own network")));
  EXPECT_THAT(
      said("192.168.7.255/24"),
      ElementsAre(StartsWith("6: bridge.address 192.168.7.255/24 is its network's own broad")));
  EXPECT_THAT(said("127.0.0.1/8")[1],
              StartsWith("6: bridge.address 127.0.0.1/8 is no address for"));
  EXPECT_THAT(Said(TwoNodesAnd("[bridge]\nmac = \"03:00:00:00:00:01\"\n")),
              ElementsAre(StartsWith("6: bridge.mac 03:00:00:00:00:01 is a multicast address")));
  EXPECT_THAT(Said(TwoNodesAnd("[bridge]\nmac = \"00:00:00:00:00:00\"\n")),
              ElementsAre(StartsWith("6: bridge.mac 00:00:00:00:00:00 is zero")));
}

TEST(SpecMtu, IsWhatAUsbLinkCanCarry) {
  const auto said = [](int mtu) {
    return Said(TwoNodesAnd("[bridge]\nmtu = " + std::to_string(mtu) + "\n"));
  };
  for (int fine : {68, 1500, 7418, 15412}) EXPECT_THAT(said(fine), IsEmpty()) << fine;
  for (int out : {-1, 0, 67, 15413}) {
    EXPECT_THAT(said(out), ElementsAre(HasSubstr("is out of range: choose 68 to 15412"))) << out;
  }
  for (int refused : {498, 1010, 7154, 15346}) {
    EXPECT_THAT(said(refused), ElementsAre(HasSubstr("multiple of 512"))) << refused;
    EXPECT_THAT(said(refused - 2), IsEmpty()) << "the proposed one";
  }
  EXPECT_THAT(said(1458),
              ElementsAre("6: warning: bridge.mtu = 1458: a frame of 1458 + 14 bytes is a "
                          "multiple of 64, which a USB link at full speed refuses: "
                          "better 1456"));
}

TEST(SpecOptions, CannotBreakTheLinesTheyEndUpIn) {
  const auto said = [](std::string_view key, std::string_view options) {
    return Said(TwoNodesAnd("[nfs]\n" + std::string(key) + " = '" + std::string(options) + "'\n"));
  };
  for (const char* key : {"export_options", "home_options", "root_options"}) {
    for (const char* bad : {"no_root_squash,a b", "no_root_squash)", "no_root_squash,(",
                            "no_root_squash#", "no_root_squash\\x", "no_root_squash\"",
                            ",no_root_squash", "no_root_squash,,rw", "no_root_squash,"}) {
      EXPECT_THAT(said(key, bad), ElementsAre(StartsWith("6: nfs." + std::string(key)))) << bad;
    }
  }
  EXPECT_THAT(said("home_options", ""), ElementsAre(HasSubstr("has an empty option")));
  EXPECT_THAT(said("export_options", "rw"),
              ElementsAre(StartsWith("6: warning: nfs.export_options")));
}

TEST(SpecBoot, CmdlineLeavesZprovsOwnWordsAlone) {
  const auto said = [](const std::string& words) {
    return Said(TwoNodesAnd("[boot]\ncmdline = \"" + words + "\"\n"));
  };
  EXPECT_THAT(said("quiet rootwait zprovx=1"), IsEmpty());
  for (const char* own : {"root=/dev/sda1", "quiet nfsroot=1.2.3.4:/x", "ip=dhcp", "zprov.mtu=9"}) {
    EXPECT_THAT(said(own), ElementsAre(HasSubstr("which zprov writes itself"))) << own;
  }
  EXPECT_THAT(said(std::string(512, 'a')), IsEmpty());
  EXPECT_THAT(said(std::string(513, 'a')), ElementsAre(HasSubstr("is longer than 512 bytes")));
}

TEST(SpecBoot, FirmwareAndInitramfsArePlacesInTheSource) {
  for (const char* key : {"from", "initramfs"}) {
    const auto said = [&](const std::string& path) {
      return Said(TwoNodesAnd("[boot]\n" + std::string(key) + " = \"" + path + "\"\n"));
    };
    const std::string start = "6: boot." + std::string(key) + " \"";
    EXPECT_THAT(said(""), IsEmpty()) << "looked for, or made";
    EXPECT_THAT(said("/boot/ein Ort für alles"), IsEmpty());
    EXPECT_THAT(said("boot"), ElementsAre(start + "boot\" is not absolute: begin it with /"));
    EXPECT_THAT(said("/"), ElementsAre(start + "/\" is the whole root: name a place in it"));
    for (const char* bad : {"/boot/", "/boot/../etc", "/boot//x", "/./boot"}) {
      EXPECT_THAT(said(bad), ElementsAre(StartsWith(start + bad + "\" has an empty, "))) << bad;
    }
  }
}

TEST(SpecBoot, WarnsOfKernelsThatNoNodeCanRun) {
  const std::string text = TwoNodesAnd("[boot]\narch = \"any\"\n");
  EXPECT_THAT(Said(text), ElementsAre("6: warning: boot.arch = \"any\" takes a kernel that no Zero "
                                      "can run, a setting for tests: take it out, or write "
                                      "\"arm\""));
  EXPECT_EQ(ParseSpec(text).spec->boot_arch, BootArch::kAny);
  EXPECT_THAT(Said(TwoNodesAnd("[boot]\narch = \"amd64\"\n")),
              ElementsAre("6: boot.arch = \"amd64\" is no choice: write \"arm\" or \"any\""));
}

TEST(SpecBoot, LetsSixteenBoardsStartAtOnceUnlessTheSupplyIsSaidToBearFewer) {
  EXPECT_EQ(ParseSpec(kTwoNodes).spec->boot_at_once, 16);
  EXPECT_EQ(ParseSpec(TwoNodesAnd("[boot]\nat_once = 1\n")).spec->boot_at_once, 1);
  for (const char* bad : {"0", "-1", "1001"}) {
    EXPECT_THAT(Said(TwoNodesAnd("[boot]\nat_once = " + std::string(bad) + "\n")),
                ElementsAre("6: boot.at_once = " + std::string(bad) +
                            " is out of range: choose 1 to 1000"));
  }
}

TEST(SpecDeny, HasEachLinkOnceAndNotTheBridge) {
  const auto said = [](const std::string& links) {
    return Said(TwoNodesAnd("[network]\ndeny = [" + links + "]\n"));
  };
  EXPECT_THAT(said("\"usb0\", \"usb*\""), IsEmpty());
  EXPECT_THAT(said("\"usb0\", \"usb0\""),
              ElementsAre("6: network.deny has \"usb0\" twice: take one out"));
  EXPECT_THAT(said("\"san\""), ElementsAre(StartsWith("6: network.deny has the bridge \"san\"")));
  for (const char* bad : {"\"\"", "\"usb0 usb1\"", "\"usb0,usb1\"", "\"a234567890123456\""}) {
    EXPECT_THAT(said(bad), SizeIs(1)) << bad;
  }
}

}  // namespace
}  // namespace zprov::spec
