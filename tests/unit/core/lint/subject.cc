#include "unit/core/lint/subject.h"

#include "core/render/renderers.h"
#include "core/spec/format.h"

namespace zprov::lint {
namespace {

constexpr char kDrivers[] = "usr/lib/modules/6.1.21+/kernel/drivers/usb/";
constexpr char kRoot[] = "/x/.zprov/gen/8/s0/root";

}  // namespace

void World::Replace(const std::string& word, const std::string& by) {
  std::string content = node().cmdline.content;
  const size_t at = content.find(word);
  if (at == std::string::npos) throw std::logic_error("no " + word + " in " + content);
  SetCmdline(content.replace(at, word.size(), by));
}

void World::RemoveModule(const std::string& name) {
  std::erase_if(initramfs().names, [&](const std::string& each) {
    return each.find("/" + name + ".ko") != std::string::npos;
  });
}

World Sound() {
  World world;
  world.spec = spec::ProcedureSpec(1, spec::Mode::kNative).value();
  world.facts.kernel = kVersion;
  world.facts.modules =
      Modules{{"nfs", "nfsv3", "nfsv4", "sunrpc"}, {"dwc2", "libcomposite", "usb_f_ecm"}};
  world.facts.host_kernel = gadget::KernelVersion{6, 1, 177};
  Initramfs initramfs;
  for (const char* module : {"dwc2/dwc2", "gadget/libcomposite", "gadget/function/u_ether",
                             "gadget/function/usb_f_ecm", "gadget/function/usb_f_ecm_subset"}) {
    initramfs.names.insert(std::string(kDrivers) + module + ".ko.xz");
  }
  world.facts.initramfs[kInitramfsPath] = initramfs;
  NodeBoot boot;
  boot.node = "s0";
  boot.place = kPlace;
  boot.roots = {kRoot, "/x/s0"};
  boot.files.emplace();
  for (const std::string name :
       {"bootcode.bin", "start.elf", "fixup.dat", "kernel.img", "initrd.img",
        "bcm2708-rpi-zero.dtb", "bcm2835-rpi-zero.dtb", "overlays/dwc2.dtbo"}) {
    (*boot.files)[name] = {std::string(kPlace) + "/" + name, 100};
  }
  const spec::Node& node = world.spec.nodes.front();
  boot.cmdline = {"cmdline:s0", render::PlainContent(render::Cmdline(world.spec, node, kRoot))};
  boot.config = {"config:s0", render::PlainContent(render::Config(world.spec, node))};
  world.facts.nodes = {boot};
  return world;
}

}  // namespace zprov::lint
