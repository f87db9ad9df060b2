#include "core/roots/shared_files.h"

#include "core/render/block.h"
#include "core/render/renderers.h"

namespace zprov::roots {
namespace {

using render::BlockFile;

constexpr std::string_view kNetworkManager =
    "# This root comes over usb0: who takes the link takes the root with it.\n"
    "[keyfile]\n"
    "unmanaged-devices=interface-name:usb0\n";

// The first .network file that matches decides (systemd.network(5)), hence the low number.
constexpr std::string_view kNetworkd =
    "# This root comes over usb0: who takes the link takes the root with it.\n"
    "[Match]\n"
    "Name=usb0\n"
    "\n"
    "[Link]\n"
    "Unmanaged=yes\n";

}  // namespace

Result<std::string> WithoutUsb0(std::string_view dhcpcd_conf, const spec::ClusterSpec& spec) {
  // First as the host has it: that turns the procedure's unmarked lines into blocks, which then go.
  const auto of_host = std::get<BlockFile>(render::Dhcpcd(spec).body);
  const auto of_nodes = std::get<BlockFile>(render::DhcpcdOfNodes(spec).body);
  ZPROV_ASSIGN(const std::string marked, render::WithBlocks(dhcpcd_conf, of_host));
  return render::WithBlocks(marked, of_nodes);
}

std::vector<LinkGuard> LinkGuards() {
  return {
      {"/etc/NetworkManager", "/etc/NetworkManager/conf.d/zprov.conf", kNetworkManager},
      {"/etc/systemd/network", "/etc/systemd/network/05-zprov-usb0.network", kNetworkd},
  };
}

}  // namespace zprov::roots
