// Kernel, initramfs and root that do not go together.
#include "core/lint/module_names.h"
#include "unit/core/lint/matchers.h"
#include "unit/core/lint/subject.h"

namespace zprov::lint {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(InitramfsModules, MustHoldTheGadgetThatTheLineNames) {
  World world = Sound();  // 7418: geth
  world.RemoveModule("usb_f_ecm_subset");
  EXPECT_THAT(world.Found(), ElementsAre(IsError("no network gadget: usb_f_ecm_subset is not")));
  world.Replace("zprov.gadget=geth", "zprov.gadget=ecm");
  world.Replace("zprov.mtu=7418", "zprov.mtu=1500");
  world.spec.bridge.mtu = 1500;
  EXPECT_THAT(world.Found(), IsEmpty());
  world.RemoveModule("usb_f_ecm");
  EXPECT_THAT(world.Found(), ElementsAre(IsError("no network gadget: usb_f_ecm is not")));
  world.initramfs().names.insert("lib/modules/6.1.21+/kernel/drivers/usb/gadget/g_ether.ko");
  EXPECT_THAT(world.Found(), IsEmpty()) << "the other way to be ecm";
}

TEST(InitramfsModules, MustHoldTheControllerAndTheNetwork) {
  for (const char* module : {"dwc2", "u_ether"}) {
    World world = Sound();
    world.RemoveModule(module);
    EXPECT_THAT(world.Found(), ElementsAre(IsError(std::string(module) + " is not in the")));
  }
}

TEST(InitramfsModules, MustHoldNfsOfTheRootsVersionUnlessItIsBuiltIn) {
  World world = Sound();
  world.facts.modules->built_in.clear();
  EXPECT_THAT(world.Found(), ElementsAre(IsError("no NFS client: nfs, nfsv3, sunrpc are not")));
  for (const char* module : {"nfs/nfs", "nfs/nfsv3", "net/sunrpc"}) {
    world.initramfs().names.insert("lib/modules/6.1.21+/kernel/" + std::string(module) + ".ko");
  }
  EXPECT_THAT(world.Found(), IsEmpty());
  world.Replace("vers=3", "vers=4.1");
  EXPECT_THAT(world.Found(), ElementsAre(IsError("no NFS client: nfsv4 is not")));
}

TEST(InitramfsModules, OfAnotherKernelAreNone) {
  World world = Sound();
  world.facts.kernel = "6.6.31+";
  EXPECT_THAT(world.Found(), ElementsAre(IsError("is for kernel 6.1.21+, and kernel.img is kernel "
                                                 "6.6.31+")));
}

TEST(InitramfsModules, OfAnyKernelWillDoWhenNobodyKnowsWhichIsServed) {
  World world = Sound();
  world.facts.kernel.clear();
  world.facts.modules.reset();
  for (const char* module : {"nfs", "nfsv3", "sunrpc"}) {
    world.initramfs().names.insert("lib/modules/6.6.31+/" + std::string(module) + ".ko");
  }
  EXPECT_THAT(world.Found(), IsEmpty());
}

TEST(InitramfsModules, OfAStandInLackTheGadgetWithAWarning) {
  World world = Sound();
  world.spec.boot_arch = spec::BootArch::kAny;
  world.initramfs().names.clear();
  world.facts.modules->built_in.clear();
  EXPECT_THAT(world.Found(), ElementsAre(IsWarning("dwc2"), IsWarning("usb_f_ecm_subset"),
                                         IsWarning("u_ether"), IsError("no NFS client")));
}

TEST(Kernel, ThatIsCutOffIsFoundByWhatItSaysOfItself) {
  World world = Sound();  // files of 100 bytes
  const std::string path = std::string(kPlace) + "/kernel.img";
  world.facts.kernel_sizes[path] = 100;
  EXPECT_THAT(world.Found(), IsEmpty());
  world.facts.kernel_sizes[path] = 101;
  EXPECT_THAT(world.Found(), ElementsAre(IsError("the kernel is cut off: 100 bytes of 101")));
}

TEST(Initramfs, ThatCannotBeReadIsTheOnlyFinding) {
  World world = Sound();
  world.initramfs() = {{}, "not a cpio archive"};
  EXPECT_THAT(world.Found(), ElementsAre(IsError("cannot be read, nor by the kernel: not a cpio")));
}

TEST(Initramfs, ThatConfigTxtDoesNotNameLeavesAllToTheKernel) {
  World world = Sound();
  world.node().config.content = "kernel=kernel.img\n";
  EXPECT_THAT(world.Found(), ElementsAre(IsError("names no initramfs"), IsError("libcomposite"),
                                         IsError("u_ether")));
  for (const char* module : {"dwc2", "libcomposite", "usb_f_ecm_subset", "u_ether"}) {
    world.facts.modules->built_in.insert(module);
  }
  EXPECT_THAT(world.Found(), IsEmpty());
}

TEST(Root, MustHaveTheModulesOfTheKernel) {
  World world = Sound();
  world.facts.modules.reset();
  EXPECT_THAT(world.Found(),
              ElementsAre(IsError("kernel 6.1.21+ has no lib/modules/6.1.21+ in the nodes' root"),
                          IsError("no NFS client")));
}

TEST(ModuleNames, AreAsTheKernelWritesThem) {
  EXPECT_EQ(ModuleName("kernel/drivers/net/usb/cdc-subset.ko.xz"), "cdc_subset");
  EXPECT_EQ(ModuleName("nfs.ko"), "nfs");
  EXPECT_EQ(ModuleName("nfs.ko.bak"), "");
  EXPECT_EQ(ModuleName("modules.dep"), "");
  EXPECT_THAT(ModulesListed("kernel/fs/nfs/nfs.ko: kernel/net/sunrpc.ko\nkernel/net/u.ko\n\n"),
              ElementsAre("nfs", "u"));
}

TEST(ModuleNames, CountOnlyBelowAVersion) {
  const auto versions = ModulesByVersion(
      {"./lib/modules/6.1/a.ko", "usr/lib/modules/6.1/k/b.ko.gz", "/lib/modules/6.6/c.ko",
       "lib/modules/d.ko", "opt/lib/modules/6.1/e.ko", "lib/modules/6.1/modules.dep"});
  EXPECT_THAT(versions, ElementsAre(::testing::Pair("6.1", ElementsAre("a", "b")),
                                    ::testing::Pair("6.6", ElementsAre("c"))));
}

}  // namespace
}  // namespace zprov::lint
