#include "core/render/managed_files.h"

#include "core/render/renderers.h"

namespace zprov::render {
namespace {

using spec::ClusterSpec;
using spec::Mode;

void AddNative(const ClusterSpec& spec, std::vector<ManagedFile>& files) {
  files.push_back(NativeUdev(spec));
  for (const spec::Node& node : spec.nodes) {
    if (node.usb) files.push_back(LinkFile(spec, node));
  }
  files.push_back(LinksUnit());
}

void AddCompatible(const ClusterSpec& spec, std::vector<ManagedFile>& files) {
  files.push_back(CompatibleUdev(spec));
  files.push_back(Interfaces(spec));
  files.push_back(RcLocal(spec));
}

std::vector<RetiredFile> RetiredNatively(const ClusterSpec& spec) {
  std::vector<RetiredFile> files = {
      {kCompatibleUdevPath, "natively .link files name the links, by USB port instead of MAC"},
      {kInterfacesPath, "natively zprov brings the links up and into the bridge"}};
  for (const spec::Node& node : spec.nodes) {
    if (!node.usb)
      files.push_back({LinkPath(node), "the spec gives " + node.name + " no USB path"});
  }
  return files;
}

std::vector<RetiredFile> RetiredCompatibly(const ClusterSpec& spec) {
  std::vector<RetiredFile> files = {
      {kNativeUdevPath, "in the compatible mode 70-gadget.rules names the links"},
      {kLinksUnitPath, "in the compatible mode ifupdown brings the links up"}};
  for (const spec::Node& node : spec.nodes) {
    files.push_back({LinkPath(node), "in the compatible mode 70-gadget.rules names the links"});
  }
  return files;
}

}  // namespace

std::vector<ManagedFile> ManagedFiles(const ClusterSpec& spec, const HostFacts& facts) {
  std::vector<ManagedFile> files = {Hosts(spec)};
  if (facts.has_dhcpcd) files.push_back(Dhcpcd(spec));
  if (facts.has_network_manager) files.push_back(NetworkManager(spec));
  switch (spec.mode) {
    case Mode::kNative:
      AddNative(spec, files);
      break;
    case Mode::kCompatible:
      AddCompatible(spec, files);
      break;
  }
  files.push_back(Exports(spec, facts));
  files.push_back(Fstab(spec));
  for (const spec::Node& node : spec.nodes) {
    files.push_back(Cmdline(spec, node));
    files.push_back(Config(spec, node));
  }
  if (NeedsNameServer(spec)) {
    files.push_back(Zone(spec));
    files.push_back(Dnsmasq(spec));
  }
  return files;
}

std::vector<RetiredFile> RetiredFiles(const ClusterSpec& spec) {
  switch (spec.mode) {
    case Mode::kNative:
      return RetiredNatively(spec);
    case Mode::kCompatible:
      return RetiredCompatibly(spec);
  }
  return {};
}

}  // namespace zprov::render
