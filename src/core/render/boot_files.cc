// cmdline.txt and config.txt as a node's firmware reads them. Without the boot's nonce: that is
// appended on the wire, never on disk.
#include <fmt/format.h>

#include "core/gadget/function.h"
#include "core/render/renderers.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::render {
namespace {

// Compatibly rpiboot reads it there; natively, and for a node on no port, it is made on request.
std::string BootPath(const spec::ClusterSpec& spec, const spec::Node& node, const char* name) {
  if (spec.mode == spec::Mode::kNative || !node.usb) return "";
  return JoinPath(JoinPath(spec.storage.boot, node.usb->ToString()), name);
}

}  // namespace

ManagedFile Cmdline(const spec::ClusterSpec& spec, const spec::Node& node) {
  return Cmdline(spec, node, RootPath(spec, node));
}

ManagedFile Cmdline(const spec::ClusterSpec& spec, const spec::Node& node,
                    const std::string& root) {
  const std::string host = spec.bridge.address.address.ToString();
  std::string words = "console=serial0,115200 root=/dev/nfs";
  words += fmt::format(" nfsroot={}:{},{} rw rootwait", host, root, spec.nfs.root_options);
  // client:server:gateway:netmask:hostname:device:autoconf (kernel, nfsroot.rst)
  words += fmt::format(" ip={0}:{1}:{1}:{2}:{3}:usb0:off", node.address.ToString(), host,
                       spec.bridge.address.Netmask().ToString(), node.name);
  words += fmt::format(" zprov.node={} zprov.gadget={} zprov.mtu={} zprov.mac={}", node.name,
                       gadget::Name(gadget::FunctionFor(spec.bridge.mtu)), spec.bridge.mtu,
                       node.node_mac.ToString());
  // Word by word: the firmware takes the first line and nothing else.
  for (const std::string_view word : Words(spec.boot_cmdline)) words += fmt::format(" {}", word);
  return {"cmdline:" + node.name, BootPath(spec, node, "cmdline.txt"), SeedFile{words + "\n"}};
}

ManagedFile Config(const spec::ClusterSpec& spec, const spec::Node& node) {
  // The names are the ones we serve. No gpu_mem=16: the firmware would then ask for
  // start_cd.elf, which is not among them.
  return {"config:" + node.name, BootPath(spec, node, "config.txt"),
          SeedFile{"kernel=kernel.img\n"
                   "initramfs initrd.img followkernel\n"
                   "dtoverlay=dwc2,dr_mode=peripheral\n"
                   "enable_uart=1\n"}};
}

}  // namespace zprov::render
