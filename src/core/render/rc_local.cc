// /etc/rc.local: one script for the host and, through the snapshots, for the nodes: the bridge and
// rpiboot on the one, the MTU on the others. Only in the compatible mode;
// natively nothing of it stays.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/render/renderers.h"
#include "util/strings.h"

namespace zprov::render {
namespace {

// "s[0-4]" for one prefix with ascending single digits; nothing for other names.
std::string DigitRange(const std::vector<spec::Node>& nodes) {
  const std::string& first = nodes.front().name;
  const std::string prefix = first.substr(0, first.size() - 1);
  char digit = first.back();
  if (nodes.size() < 2 || digit < '0') return "";
  for (const spec::Node& node : nodes) {
    if (digit > '9' || node.name != prefix + digit) return "";
    ++digit;
  }
  return fmt::format("{}[{}-{}]", prefix, first.back(), nodes.back().name.back());
}

std::string NodePattern(const std::vector<spec::Node>& nodes) {
  if (nodes.empty()) return "''";
  if (std::string range = DigitRange(nodes); !range.empty()) return range;
  std::vector<std::string> names;
  for (const spec::Node& node : nodes) names.push_back(node.name);
  return Join(names, "|");
}

// The procedure's "snail*" also takes snail.local; it must not take a node called snail1.
std::string HostPattern(const spec::ClusterSpec& spec) {
  const bool takes_a_node =
      std::any_of(spec.nodes.begin(), spec.nodes.end(),
                  [&](const spec::Node& node) { return node.name.starts_with(spec.host); });
  return takes_a_node ? fmt::format("{0}|{0}.*", spec.host) : spec.host + "*";
}

std::string RpibootLines(const spec::ClusterSpec& spec) {
  return fmt::format(
      "echo Starting rpiboot to boot nodes...\n"
      "/usr/bin/rpiboot -m 500000 -l -d {} -o \\\n"
      ">>/var/log/rpiboot.log &\n",
      spec.storage.boot);
}

std::string HostBranch(const spec::ClusterSpec& spec, const std::string& boot_lines) {
  return fmt::format(
      "{0})\n"
      "echo Loading {1} bridge device...\n"
      "ip link add name {1} type bridge\n"
      "ip link set {1} up\n"
      "{2}"
      ";;\n",
      HostPattern(spec), spec.bridge.name, boot_lines);
}

std::string NodeBranch(const spec::ClusterSpec& spec) {
  return fmt::format(
      "{0})\n"
      "echo Setting usb0 mtu to {1}\n"
      "ip link set usb0 mtu {1}\n"
      ";;\n",
      NodePattern(spec.nodes), spec.bridge.mtu);
}

std::string Script(const std::string& branches) {
  return "case `hostname` in\n" + branches + "esac\n";
}

// The procedure's own text is recognised, whatever takes its place.
ManagedFile FileWith(const spec::ClusterSpec& spec, const std::string& branches) {
  const std::string procedure = HostBranch(spec, RpibootLines(spec)) + NodeBranch(spec);
  const Block block{.id = "rc.local",
                    .place = Block::Place::kBeforeExit,
                    .content = Script(branches),
                    .recognise = Block::Recognise::kSequence,
                    .procedure = Script(procedure)};
  return {"rc.local", "/etc/rc.local",
          BlockFile{.blocks = {block},
                    .mode = 0755,
                    .new_file = "#!/bin/sh -e\nexit 0\n",
                    .starts_once = "rpiboot"}};
}

}  // namespace

ManagedFile RcLocal(const spec::ClusterSpec& spec) {
  const bool rpiboot = spec.boot_server == spec::BootServer::kRpiboot;
  return FileWith(spec, HostBranch(spec, rpiboot ? RpibootLines(spec) : "") + NodeBranch(spec));
}

ManagedFile RcLocalOfNobody(const spec::ClusterSpec& spec) {
  ManagedFile file = FileWith(spec, "");
  auto& body = std::get<BlockFile>(file.body);
  body.blocks.front().place = Block::Place::kNowhere;
  body.new_file.clear();
  body.starts_once.clear();  // serve itself refuses beside rpiboot, and says so
  return file;
}

ManagedFile RcLocalOfNodes(const spec::ClusterSpec& spec) {
  return FileWith(spec, NodeBranch(spec));
}

}  // namespace zprov::render
