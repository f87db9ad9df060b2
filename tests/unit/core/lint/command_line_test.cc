// A command line that disagrees with the spec, or with this host's kernel.
#include "core/lint/command_line.h"

#include "unit/core/lint/matchers.h"
#include "unit/core/lint/subject.h"

namespace zprov::lint {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Change {
  const char* word;
  const char* by;
  const char* finding;
};

void PrintTo(const Change& row, std::ostream* out) { *out << row.by; }

class Disagreement : public ::testing::TestWithParam<Change> {};

TEST_P(Disagreement, IsAnErrorThatNamesBoth) {
  World world = Sound();
  world.Replace(GetParam().word, GetParam().by);
  EXPECT_THAT(world.Found(), ElementsAre(IsError(GetParam().finding)));
}

INSTANTIATE_TEST_SUITE_P(
    Each, Disagreement,
    ::testing::Values(
        Change{
            "ip=192.168.7.33:", "ip=192.168.7.34:",
            "the address of ip=192.168.7.34 disagrees with the spec, which gives s0 192.168.7.33"},
        Change{"ip=192.168.7.33:192.168.7.2:", "ip=192.168.7.33:192.168.7.1:", "the server of ip"},
        Change{"nfsroot=192.168.7.2:", "nfsroot=192.168.7.9:", "the server of nfsroot"},
        Change{"/x/.zprov/gen/8/s0/root", "/x/.zprov/gen/7/s0/root",
               "/x/.zprov/gen/7/s0/root disagrees with the spec, which gives s0 "
               "/x/.zprov/gen/8/s0/root"},
        Change{"zprov.node=s0", "zprov.node=s1", "zprov.node=s1"},
        Change{"zprov.mtu=7418", "zprov.mtu=1500", "which gives s0 7418"},
        Change{"zprov.mac=", "zprov.mac=02:00:00:00:00:99 x=", "zprov.mac=02:00:00:00:00:99"},
        Change{"zprov.mac=", "g_ether.host_addr=02:00:00:00:00:99 zprov.mac=", "g_ether.host_addr"},
        Change{"zprov.mac=", "g_ether.dev_addr=nonsense zprov.mac=", "g_ether.dev_addr=nonsense"},
        Change{"zprov.gadget=geth", "zprov.gadget=eem", "zprov.gadget=eem is no gadget"},
        Change{"zprov.node=s0", "zprov.mode=s0", "zprov.mode= is no word"},
        Change{"root=/dev/nfs", "root=/dev/mmcblk0p2", "does not say root=/dev/nfs"}));

TEST(CommandLineLint, TakesTheFixedNameOfTheRootToo) {
  World world = Sound();
  world.Replace("/x/.zprov/gen/8/s0/root", "/x/s0");
  EXPECT_THAT(world.Found(), IsEmpty());
}

TEST(CommandLineLint, TakesAServerThatOnlyIpNames) {
  World world = Sound();
  world.Replace("nfsroot=192.168.7.2:/", "nfsroot=/");
  EXPECT_THAT(world.Found(), IsEmpty());
}

TEST(CommandLineLint, NamesWhatIsMissing) {
  World world = Sound();
  world.SetCmdline("root=/dev/nfs quiet\n");
  EXPECT_THAT(world.Found(), ElementsAre(IsError("nfsroot= is missing"),
                                         IsWarning("ip= is missing"), IsWarning("no MAC")));
}

TEST(CommandLineLint, SeesWordsThatTheFirmwareDoesNotTake) {
  World world = Sound();
  world.SetCmdline(world.node().cmdline.content + "quiet\n");
  EXPECT_THAT(world.Found(), ElementsAre(IsWarning("second line")));
  world = Sound();
  world.SetCmdline(world.node().cmdline.content + "\n\n");
  EXPECT_THAT(world.Found(), IsEmpty());
  world.SetCmdline("\n" + world.node().cmdline.content);
  EXPECT_THAT(world.Found(), ::testing::Contains(IsError("root=/dev/nfs")));
}

TEST(CommandLineLint, SeesANonceThatIsAnotherBoots) {
  World world = Sound();
  world.Replace("zprov.node=s0", "zprov.boot=0123456789abcdef0123456789abcdef zprov.node=s0");
  EXPECT_THAT(world.Found(), ElementsAre(IsWarning("zprov.boot=")));
}

TEST(CommandLineLint, LooksAtTheWordsThatTheSpecAdds) {
  World world = Sound();
  world.node().files.reset();
  world.Replace("zprov.mtu=7418", "zprov.mtu=7418 zprov.debug=1");
  EXPECT_THAT(world.Found(), ElementsAre(IsError("zprov.debug=")));
}

World WithEcmAt7418() {
  World world = Sound();
  world.Replace("zprov.gadget=geth", "zprov.gadget=ecm");
  return world;
}

TEST(GadgetLint, KnowsThatTheHostsKernelHoldsEcmTo1500) {
  World world = WithEcmAt7418();
  EXPECT_THAT(world.Found(), ElementsAre(IsWarning("cannot carry an MTU of 7418 on this host: "
                                                   "kernel 6.1.177 holds it to 1500")));
  world.facts.host_kernel = gadget::KernelVersion{6, 1, 161};
  EXPECT_THAT(world.Found(), IsEmpty());
  world.facts.host_kernel = gadget::KernelVersion{6, 12, 1};
  EXPECT_THAT(world.Found(), ElementsAre(IsWarning("kernel 6.12.1 of this host may hold")));
  world.facts.host_kernel.reset();
  EXPECT_THAT(world.Found(), IsEmpty());
}

TEST(GadgetLint, IsAnErrorWhereNothingFallsBackTo1500) {
  World world = WithEcmAt7418();
  world.spec.mode = spec::Mode::kCompatible;
  EXPECT_THAT(world.Found(), ElementsAre(IsError("cannot carry an MTU of 7418")));
}

TEST(GadgetLint, LetsEcmCarry1500) {
  World world = WithEcmAt7418();
  world.Replace("zprov.mtu=7418", "zprov.mtu=1500");
  world.spec.bridge.mtu = 1500;
  EXPECT_THAT(world.Found(), IsEmpty());
}

TEST(GadgetLint, KnowsTheNodesKernelsWithASmallGadget) {
  World world = Sound();
  world.facts.kernel = "4.14.98+";
  world.facts.modules = Modules{
      {"dwc2", "libcomposite", "usb_f_ecm_subset", "u_ether", "nfs", "nfsv3", "sunrpc"}, {}};
  world.initramfs().names.clear();
  EXPECT_THAT(world.Found(), ElementsAre(IsWarning("kernel 4.14.98+ of the nodes allows a gadget "
                                                   "1500")));
}

// As the procedure's readers have it: g_ether by its own words.
World WithGEther(const std::string& words) {
  World world = Sound();
  world.spec.bridge.mtu = 1500;
  world.Replace("zprov.gadget=geth zprov.mtu=7418", "modules-load=dwc2,g_ether " + words);
  world.initramfs().names.insert("lib/modules/6.1.21+/g_ether.ko");
  return world;
}

TEST(GadgetLint, AsksForUseEemWhereTheKernelHasEem) {
  EXPECT_THAT(WithGEther("").Found(), IsEmpty());
  World world = WithGEther("");
  world.facts.modules->loadable.insert("usb_f_eem");
  EXPECT_THAT(world.Found(), ElementsAre(IsError("wants usb_f_eem, which the initramfs lacks")));
  world.initramfs().names.insert("lib/modules/6.1.21+/usb_f_eem.ko");
  EXPECT_THAT(world.Found(), ElementsAre(IsWarning("speaks EEM, which does not carry the MAC")));
}

TEST(GadgetLint, TakesUseEemFromTheLineAndCannotReadModprobesFiles) {
  World world = WithGEther("g_ether.use_eem=0");
  world.facts.modules->loadable.insert("usb_f_eem");
  EXPECT_THAT(world.Found(), IsEmpty());
  world.Replace("g_ether.use_eem=0", "g_ether.use_eem=1");
  EXPECT_THAT(world.Found(), ElementsAre(IsError("wants usb_f_eem")));
  world.Replace("g_ether.use_eem=1", "");
  world.initramfs().names.insert("etc/modprobe.d/zero.conf");
  EXPECT_THAT(world.Found(), ElementsAre(IsWarning("wants usb_f_eem")));
}

TEST(CommandLine, IsTheFirstLinesWordsAndTheLastOfEachCounts) {
  const CommandLine line("quiet ip=1 ip=2 a=b=c\r\nip=3\n");
  EXPECT_EQ(line.Value("ip"), "2");
  EXPECT_EQ(line.Value("quiet"), "");
  EXPECT_EQ(line.Value("a"), "b=c");
  EXPECT_FALSE(line.Says("loud"));
  EXPECT_TRUE(line.is_cut());
  EXPECT_FALSE(CommandLine("").is_cut());
}

TEST(CommandLine, NamesTheRootInEachFormOfNfsroot) {
  EXPECT_EQ(ParseNfsRoot("10.0.0.1:/x/s0,vers=3,tcp"),
            (NfsRoot{"10.0.0.1", "/x/s0", "vers=3,tcp"}));
  EXPECT_EQ(ParseNfsRoot("/x/s0"), (NfsRoot{"", "/x/s0", ""}));
  EXPECT_EQ(NfsVersion("rw,vers=4.2"), 4);
  EXPECT_EQ(NfsVersion("nfsvers=4"), 4);
  EXPECT_EQ(NfsVersion("v3"), 3);
  EXPECT_EQ(NfsVersion(""), 3);
}

}  // namespace
}  // namespace zprov::lint
