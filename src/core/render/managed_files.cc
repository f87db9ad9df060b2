#include "core/render/managed_files.h"

#include <algorithm>
#include <utility>

#include "core/render/renderers.h"

namespace zprov::render {
namespace {

using spec::ClusterSpec;
using spec::Mode;

bool HasAny(const ClusterSpec& spec, const HostFacts& facts) {
  return std::any_of(spec.nodes.begin(), spec.nodes.end(),
                     [&](const spec::Node& node) { return facts.host_keys.contains(node.name); });
}

void AddBootFiles(const ClusterSpec& spec, const HostFacts& facts,
                  std::vector<ManagedFile>& files) {
  for (const spec::Node& node : spec.nodes) {
    ManagedFile cmdline = Cmdline(spec, node);
    ManagedFile config = Config(spec, node);
    if (facts.boots_from_generation && facts.boots_from_generation(node.name)) {
      cmdline.path.clear();
      config.path.clear();
    }
    files.push_back(std::move(cmdline));
    files.push_back(std::move(config));
  }
}

void AddNative(const ClusterSpec& spec, std::vector<ManagedFile>& files) {
  files.push_back(NativeUdev());
  for (const spec::Node& node : spec.nodes) {
    if (node.usb) files.push_back(LinkFile(spec, node));
  }
  files.push_back(ServiceUnit(spec));
}

void AddCompatible(const ClusterSpec& spec, std::vector<ManagedFile>& files) {
  files.push_back(CompatibleUdev(spec));
  files.push_back(Interfaces(spec));
  files.push_back(RcLocal(spec));
  if (IsServedByZprov(spec)) files.push_back(ServiceUnit(spec));
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
      {kNativeUdevPath, "in the compatible mode 70-gadget.rules names the links"}};
  if (!IsServedByZprov(spec)) {
    files.push_back({kServiceUnitPath, "in the compatible mode rpiboot boots the nodes"});
  }
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
  AddBootFiles(spec, facts, files);
  // Without keys it is looked at for a block that had some.
  if (facts.has_known_hosts || HasAny(spec, facts)) files.push_back(KnownHosts(spec, facts));
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
