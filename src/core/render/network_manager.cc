// What keeps the host's network manager away from the gadget links: dhcpcd and NetworkManager.
#include <fmt/format.h>

#include <vector>

#include "core/render/managed_files.h"
#include "core/render/renderers.h"
#include "util/strings.h"

namespace zprov::render {
namespace {

std::vector<std::string> WithNodes(std::vector<std::string> links, const spec::ClusterSpec& spec) {
  for (const spec::Node& node : spec.nodes) links.push_back(node.name);
  return links;
}

std::string DenyLine(const std::vector<std::string>& links) {
  return "denyinterfaces " + Join(links, " ") + "\n";
}

// The links of the procedure's own line for that many nodes: usb0, usb2, usb3, … without usb1.
std::vector<std::string> ProcedureLinks(const spec::ClusterSpec& spec) {
  std::vector<std::string> links = {"usb0"};
  for (size_t i = 2; i <= spec.nodes.size(); ++i) links.push_back(fmt::format("usb{}", i));
  return links;
}

}  // namespace

// A node's root comes over usb0.
ManagedFile DhcpcdOfNodes(const spec::ClusterSpec& spec) {
  ManagedFile file = Dhcpcd(spec);
  BlockFile& body = std::get<BlockFile>(file.body);
  body.blocks.resize(1);
  body.blocks.front().content = "denyinterfaces usb0\n";
  return file;
}

std::vector<std::string> OwnLinks(const spec::ClusterSpec& spec) {
  std::vector<std::string> links = WithNodes(spec.deny, spec);
  if (spec.mode == spec::Mode::kNative) links.push_back(spec.bridge.name);
  return links;
}

// Natively without the bridge: dhcpcd defends an address by giving it up when a neighbour claims it
// twice, which each node could do (https://github.com/NetworkConfiguration/dhcpcd/issues/272).
ManagedFile Dhcpcd(const spec::ClusterSpec& spec) {
  const bool is_native = spec.mode == spec::Mode::kNative;
  const std::string address = fmt::format("interface {}\nstatic ip_address={}\n", spec.bridge.name,
                                          spec.bridge.address.ToString());
  // First in the file: after an "interface" line it would hold for that interface only.
  const Block top{.id = "deny",
                  .place = Block::Place::kTop,
                  .content = DenyLine(OwnLinks(spec)),
                  .procedure = DenyLine(WithNodes(spec.deny, spec)) +
                               DenyLine(WithNodes(ProcedureLinks(spec), spec))};
  // A sequence: "static ip_address" alone may belong to another interface of the operator's.
  const Block end{.id = "bridge",
                  .place = is_native ? Block::Place::kNowhere : Block::Place::kEnd,
                  .content = is_native ? "" : address,
                  .recognise = Block::Recognise::kSequence,
                  .procedure = address};
  return {"dhcpcd", "/etc/dhcpcd.conf", BlockFile{.blocks = {top, end}}};
}

ManagedFile NetworkManager(const spec::ClusterSpec& spec) {
  std::string links;
  for (const std::string& link : OwnLinks(spec)) links += fmt::format("interface-name:{};", link);
  return {"networkmanager", "/etc/NetworkManager/conf.d/zprov.conf",
          WholeFile{"# The cluster's own links, kept by zprov.\n[keyfile]\nunmanaged-devices=" +
                    links + "\n"}};
}

}  // namespace zprov::render
