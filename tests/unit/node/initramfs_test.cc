// Between the kernel and the root: the busybox-only init, and initramfs-tools' boot script and
// hook, which share zprov-functions.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "unit/node/sandbox.h"

namespace zprov::tests {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace fs = std::filesystem;

constexpr char kGadget[] = "/sys/kernel/config/usb_gadget/zprov";

std::string Cmdline(const std::string& gadget, const std::string& more = "") {
  return fmt::format(
      "console=serial0,115200 root=/dev/nfs nfsroot=192.168.7.2:/x/.zprov/gen/8/s0/root,vers=3 rw "
      "rootwait ip=192.168.7.33:192.168.7.2:192.168.7.2:255.255.255.0:s0:usb0:off zprov.node=s0 "
      "zprov.gadget={} zprov.mtu={} zprov.mac=02:34:33:3c:50:21 zprov.boot={}{}\n",
      gadget, gadget == "geth" ? 7418 : 1500, kNonce, more);
}

class Init : public Sandbox {
 protected:
  void SetUp() override {
    Sandbox::SetUp();
    Put("/sbin/switch_root",
        "#!/bin/sh\necho switch_root \"${1#$ZPROV_ROOT}\" \"$2\" >>\"$ZPROV_ROOT/calls\"\n");
    fs::permissions(root_ + "/sbin/switch_root", fs::perms::owner_all);
  }

  Ran Boot(const std::string& cmdline, const std::map<std::string, std::string>& variables = {}) {
    Put("/proc/cmdline", cmdline);
    return Run("init", variables);
  }

  void ExpectNoMount() { EXPECT_THAT(Calls(), Not(HasSubstr("mount -t nfs"))); }
};

TEST_P(Init, OffersEcmWithTheNodesMacAndTheHostsBesideIt) {
  Boot(Cmdline("ecm"));
  EXPECT_EQ(Listing(root_ + kGadget, root_),
            "UDC: 20980000.usb\n"
            "configs/c.1/ecm.usb0 -> /sys/kernel/config/usb_gadget/zprov/functions/ecm.usb0\n"
            "functions/ecm.usb0/dev_addr: 02:34:33:3c:50:21\n"
            "functions/ecm.usb0/host_addr: 02:34:33:3c:50:22\n"
            "idProduct: 0xa4a1\n"
            "idVendor: 0x0525\n"
            "strings/0x409/manufacturer: zprov\n"
            "strings/0x409/product: USB network of a node\n"
            "strings/0x409/serialnumber: s0\n");
}

TEST_P(Init, OffersGethAloneUnderTheIdsThatTheHostsCdcSubsetTakes) {
  Boot(Cmdline("geth"));
  EXPECT_EQ(Listing(root_ + kGadget, root_),
            "UDC: 20980000.usb\n"
            "configs/c.1/geth.usb0 -> /sys/kernel/config/usb_gadget/zprov/functions/geth.usb0\n"
            "functions/geth.usb0/dev_addr: 02:34:33:3c:50:21\n"
            "functions/geth.usb0/host_addr: 02:34:33:3c:50:22\n"
            "idProduct: 0xa4a2\n"
            "idVendor: 0x0525\n"
            "strings/0x409/manufacturer: zprov\n"
            "strings/0x409/product: USB network of a node\n"
            "strings/0x409/serialnumber: s0\n");
}

TEST_P(Init, GivesTheHostsEndTheNextMacAlsoWhereItCarries) {
  std::string cmdline = Cmdline("ecm");
  cmdline.replace(cmdline.find("02:34:33:3c:50:21"), 17, "02:34:33:ff:ff:ff");
  Boot(cmdline);
  EXPECT_EQ(Content(std::string(kGadget) + "/functions/ecm.usb0/host_addr"), "02:34:34:00:00:00\n");
}

TEST_P(Init, MountsTheRootAndTellsTheHostBeforeItHandsOver) {
  const Ran ran = Boot(Cmdline("geth", " init=/lib/systemd/systemd"));
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_EQ(Content("/sys/class/net/usb0/mtu"), "7418\n");
  EXPECT_EQ(Content("/root/var/lib/zprov/mounted"), std::string(kNonce) + "\n");
  EXPECT_FALSE(Has("/root/var/lib/zprov/mounted.new"));
  EXPECT_THAT(Calls(),
              AllOf(HasSubstr("mount -t nfs -o rw,vers=3,proto=tcp,nolock,addr=192.168.7.2 "
                              "192.168.7.2:/x/.zprov/gen/8/s0/root /root\n"),
                    HasSubstr("ip addr add 192.168.7.33/255.255.255.0 dev usb0\n"
                              "ip link set dev usb0 up\n"
                              "ip route add default via 192.168.7.2 dev usb0\n"),
                    HasSubstr("switch_root /root /lib/systemd/systemd\n")));
}

TEST_P(Init, DoesNotTryTheMountBeforeThereIsCarrier) {
  const Ran ran = Boot(Cmdline("ecm"), {{"ZPROV_NEVER", "carrier"}, {"ZPROV_SLEEPS", "700"}});
  EXPECT_THAT(ran.out, HasSubstr("waiting for the host to take up usb0"));
  ExpectNoMount();
}

TEST_P(Init, MountsAgainUntilTheHostsServerIsUp) {
  const Ran ran = Boot(Cmdline("ecm"), {{"ZPROV_MOUNT_FAILS", "3"}});
  EXPECT_THAT(ran.out, AllOf(HasSubstr("cannot mount 192.168.7.2:/x/.zprov/gen/8/s0/root"),
                             HasSubstr("export it to 192.168.7.33?")));
  EXPECT_THAT(Calls(), HasSubstr("switch_root /root /sbin/init\n"));
}

TEST_P(Init, MountsByNfs4WhenTheCommandLineSaysSo) {
  std::string cmdline = Cmdline("ecm");
  cmdline.replace(cmdline.find("vers=3"), 6, "vers=4.2,nconnect=2");
  Boot(cmdline);
  EXPECT_THAT(Calls(), AllOf(HasSubstr("-o rw,vers=4.2,nconnect=2,proto=tcp,addr=192.168.7.2 "),
                             HasSubstr("modprobe nfsv4\n"), Not(HasSubstr("nolock"))));
}

TEST_P(Init, KeepsOptionsOfTheMountThatTheCommandLineHas) {
  std::string cmdline = Cmdline("ecm");
  cmdline.replace(cmdline.find("192.168.7.2:/x/.zprov/gen/8/s0/root,vers=3"), 42,
                  "/x/s0,nfsvers=3,tcp,lock");
  Boot(cmdline);
  EXPECT_THAT(Calls(), HasSubstr("-o rw,nfsvers=3,tcp,lock,addr=192.168.7.2 192.168.7.2:/x/s0 "));
}

TEST_P(Init, StopsAtAWordOfZprovThatItDoesNotKnowAndNamesIt) {
  const Ran ran = Boot(Cmdline("ecm", " zprov.speed=fast"));
  EXPECT_THAT(ran.out, AllOf(HasSubstr("zprov.speed=fast"), HasSubstr("zprov update"),
                             HasSubstr("the boot stops here")));
  EXPECT_FALSE(Has(kGadget));
  ExpectNoMount();
}

TEST_P(Init, StopsAtAValueThatIsNone) {
  const std::map<std::string, std::string> bad = {{"zprov.gadget=ecm", "zprov.gadget=rndis"},
                                                  {"zprov.mtu=1500", "zprov.mtu=1500x"},
                                                  {"zprov.mtu=1500", "zprov.mtu="},
                                                  {"50:21", "50:2"},
                                                  {kNonce, "0123"},
                                                  {"192.168.7.2:/x", "192.168.7.2:x"}};
  for (const auto& [good, instead] : bad) {
    std::string cmdline = Cmdline("ecm");
    cmdline.replace(cmdline.find(good), good.size(), instead);
    const Ran ran = Boot(cmdline);
    EXPECT_THAT(ran.out, AllOf(HasSubstr("correct cluster.toml"), HasSubstr("stops here")))
        << cmdline;
  }
  ExpectNoMount();
}

TEST_P(Init, BootsWithoutANonceAndThenTellsNobody) {
  std::string cmdline = Cmdline("ecm");
  cmdline.erase(cmdline.find(" zprov.boot="), 12 + 32);
  Boot(cmdline);
  EXPECT_FALSE(Has("/root/var/lib/zprov"));
  EXPECT_THAT(Calls(), HasSubstr("switch_root"));
}

TEST_P(Init, TakesGEtherWithoutEemWhereConfigfsIsMissing) {
  Boot(Cmdline("ecm"), {{"ZPROV_LACKS", "libcomposite usb_f_ecm"}});
  EXPECT_THAT(Calls(), HasSubstr("modprobe g_ether use_eem=0 dev_addr=02:34:33:3c:50:21 "
                                 "host_addr=02:34:33:3c:50:22\n"));
  EXPECT_THAT(Calls(), HasSubstr("switch_root"));
}

TEST_P(Init, StopsWhenTheKernelOffersNoUsbNetworkAtAll) {
  const Ran ran = Boot(Cmdline("ecm"), {{"ZPROV_LACKS", "libcomposite usb_f_ecm g_ether"}});
  EXPECT_THAT(ran.out, AllOf(HasSubstr("neither usb_f_ecm nor g_ether"), HasSubstr("stops here")));
  ExpectNoMount();
}

TEST_P(Init, OffersNothingElseWhereGethIsMissingButNamesTheWayOut) {
  const Ran ran = Boot(Cmdline("geth"), {{"ZPROV_LACKS", "libcomposite usb_f_ecm_subset"}});
  EXPECT_THAT(ran.out, AllOf(HasSubstr("geth"), HasSubstr("bridge.mtu = 1500")));
  EXPECT_THAT(Calls(), Not(HasSubstr("g_ether")));
  ExpectNoMount();
}

TEST_P(Init, TakesAwayAGEtherThatWasLoadedBefore) {
  Put("/sys/module/g_ether/initstate", "live\n");
  Put("/sys/class/net/usb0/address", "6a:00:00:00:00:01\n");
  Boot(Cmdline("geth"));
  EXPECT_EQ(Content("/sys/class/net/usb0/address"), "02:34:33:3c:50:21\n");
  EXPECT_EQ(Content(std::string(kGadget) + "/UDC"), "20980000.usb\n");
}

TEST_P(Init, TakesALinkThatIsThereInsteadOfAGadgetAndGivesItTheMac) {
  Put("/sys/class/net/usb0/address", "6a:00:00:00:00:01\n");
  Put("/sys/class/net/usb0/mtu", "1500\n");
  const Ran ran = Boot(Cmdline("geth"), {{"ZPROV_NEVER", "udc"}});
  EXPECT_FALSE(Has(kGadget));
  EXPECT_THAT(Calls(), HasSubstr("ip link set dev usb0 address 02:34:33:3c:50:21\n"));
  EXPECT_EQ(Content("/sys/class/net/usb0/mtu"), "7418\n");
  EXPECT_THAT(Calls(), HasSubstr("switch_root"));
}

TEST_P(Init, SaysWhatIsMissingWhileThereIsNoController) {
  const Ran ran = Boot(Cmdline("ecm"), {{"ZPROV_NEVER", "udc"}, {"ZPROV_SLEEPS", "400"}});
  EXPECT_THAT(ran.out, HasSubstr("dtoverlay=dwc2,dr_mode=peripheral"));
}

TEST_P(Init, BootsOnWithASmallerMtuWhenTheLinkRefusesAndSaysSo) {
  const Ran ran = Boot(Cmdline("geth"), {{"ZPROV_FIXED_MTU", "1"}});
  EXPECT_THAT(ran.out, HasSubstr("usb0 does not take an MTU of 7418"));
  EXPECT_THAT(Calls(), HasSubstr("switch_root"));
}

TEST_P(Init, SaysWhenTheHostCannotBeToldOfTheMount) {
  Put("/root/var/lib/zprov", "a file where the directory should be");
  const Ran ran = Boot(Cmdline("ecm"));
  EXPECT_THAT(ran.out, HasSubstr("the host will not know that the root is mounted"));
  EXPECT_THAT(Calls(), HasSubstr("switch_root"));
}

ZPROV_UNDER_EACH_SHELL(Init);

class BootScript : public Sandbox {
 protected:
  Ran Boot(const std::string& cmdline) {
    Put("/proc/cmdline", cmdline);
    return Run("boot-script", {}, "rootmnt=$ZPROV_ROOT/root; mountroot");
  }
};

TEST_P(BootScript, MountsTheRootWithTheToolsOfInitramfsToolsAroundTheGadget) {
  const Ran ran = Boot(Cmdline("geth"));
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  const std::string calls = Calls();
  size_t at = 0;
  for (const char* next : {"nfs_top\n", "modprobe dwc2\n", "configure_networking\n",
                           "nfs_premount\n", "mount -t nfs -o rw,vers=3,"}) {
    const size_t found = calls.find(next, at);
    ASSERT_NE(found, std::string::npos) << next << calls;
    at = found;
  }
  EXPECT_EQ(Content("/sys/class/net/usb0/mtu"), "7418\n");
  EXPECT_EQ(Content("/root/var/lib/zprov/mounted"), std::string(kNonce) + "\n");
}

TEST_P(BootScript, PanicsWithTheSentenceAndNeverGoesOn) {
  const Ran ran = Boot(Cmdline("ecm", " zprov.future=1"));
  EXPECT_EQ(ran.exit_code, 7) << "waits for ever: " << ran.out;
  EXPECT_THAT(Calls(), AllOf(ContainsRegex("panic zprov: .*zprov\\.future=1"),
                             Not(HasSubstr("mount -t nfs"))));
}

ZPROV_UNDER_EACH_SHELL(BootScript);

class Hook : public Sandbox {
 protected:
  void SetUp() override {
    Sandbox::SetUp();
    Put("/usr/share/initramfs-tools/hook-functions", "");
    Put("/made/lib/modules/6.1/modules.builtin", "");
  }

  Ran Make() { return Run("hook", {{"DESTDIR", root_ + "/made"}, {"version", "6.1"}}); }
};

TEST_P(Hook, AsksForEachModuleOnceAndForNoComment) {
  Put("/made/lib/modules/6.1/kernel/usb_f_ecm.ko", "");
  const Ran ran = Make();
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  EXPECT_THAT(ran.out, IsEmpty());
  for (const char* module : {"dwc2", "libcomposite", "usb_f_ecm", "usb_f_ecm_subset", "g_ether",
                             "u_ether", "nfs", "nfsv3", "nfsv4"}) {
    EXPECT_THAT(Calls(), HasSubstr(fmt::format("manual_add_modules {}\n", module)));
  }
  EXPECT_THAT(Calls(), Not(HasSubstr("#")));
}

TEST_P(Hook, SaysThatAKernelHasNoGadgetAndMakesTheInitramfsAllTheSame) {
  const Ran ran = Make();
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("kernel 6.1 has no USB network gadget"),
                             HasSubstr("no Zero reaches its root")));
}

TEST_P(Hook, IsContentWithAGadgetThatTheKernelHasBuiltIn) {
  Put("/made/lib/modules/6.1/modules.builtin", "kernel/drivers/usb/gadget/legacy/g_ether.ko\n");
  EXPECT_THAT(Make().out, IsEmpty());
}

TEST_P(Hook, SendsTheCommandLinesOfNodesToTheBootScriptAndNoOthers) {
  Make();
  const std::string conf = Content("/made/conf/conf.d/zprov");
  EXPECT_THAT(conf, HasSubstr("BOOT=zprov"));
  const std::string set =
      "BOOT=; cat() { echo \"$cmdline\"; }; . \"$ZPROV_ROOT/made/conf/conf.d/zprov\"; "
      "echo BOOT is $BOOT";
  EXPECT_THAT(Run("zprov-functions", {{"cmdline", Cmdline("ecm")}}, set).out,
              HasSubstr("BOOT is zprov\n"));
  EXPECT_THAT(Run("zprov-functions", {{"cmdline", "root=/dev/nfs ro"}}, set).out,
              HasSubstr("BOOT is\n"));
}

TEST_P(Hook, NeedsNoOtherHookBeforeIt) {
  EXPECT_THAT(Run("hook", {}, "").exit_code, Not(0)) << "without its variables it stops";
}

ZPROV_UNDER_EACH_SHELL(Hook);

}  // namespace
}  // namespace zprov::tests
