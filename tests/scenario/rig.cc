#include "scenario/rig.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <stdexcept>

#include "core/spec/format.h"
#include "engine/observe.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::scenario {

spec::ClusterSpec Cluster(spec::Mode mode) {
  constexpr const char* kPorts[] = {"1-1.2", "1-1.3", "1-1.4", "1-1.5.1", "1-1.5.2"};
  spec::ClusterSpec spec = spec::ProcedureSpec(5, mode).value();
  for (size_t i = 0; i < spec.nodes.size() && mode == spec::Mode::kNative; ++i) {
    spec.nodes[i].usb = PortPath::Parse(kPorts[i]);
  }
  return spec;
}

engine::Request Request(plan::Wishes wishes) { return {.wishes = wishes, .holder = "a test"}; }

Result<plan::Plan> Apply(os::System& system, const spec::ClusterSpec& spec, plan::Wishes wishes) {
  return engine::Apply(system, spec, Request(wishes), [](const engine::Progress&) {});
}

Result<plan::Plan> PlanOf(os::System& system, const spec::ClusterSpec& spec, plan::Wishes wishes) {
  return engine::MakePlan(system, spec, wishes);
}

void Ignore(const engine::Notice&) {}

namespace {

// The paths that zprov's block in /etc/exports names.
std::vector<std::string> Exported(sim::World& world) {
  std::vector<std::string> paths;
  if (!world.scene().Has("/etc/exports")) return paths;
  const std::string exports = world.scene().Content("/etc/exports");
  for (std::string_view line : LinesWithEndings(exports)) {
    if (line.starts_with('/')) paths.emplace_back(line.substr(0, line.find(' ')));
  }
  return paths;
}

bool IsRoot(sim::World& world, const std::string& path) {
  return world.scene().Has(path + "/etc/hostname");
}

// A generation that a pointer names is finished, and its root and boot set are both there.
void ExpectWhole(sim::World& world, const std::string& generation) {
  const std::string number = NameOf(ParentOf(generation));
  EXPECT_TRUE(IsRoot(world, generation + "/root")) << generation << " has no whole root";
  if (number == "0") return;
  EXPECT_TRUE(world.scene().Has("/x/.zprov/gen/" + number + "/record.json"))
      << generation << " is unfinished";
  EXPECT_TRUE(world.scene().Has(generation + "/boot/kernel.img"))
      << generation << " has no whole boot set";
}

bool Has(std::string_view line, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return line.find(part) != std::string_view::npos;
  });
}

bool IsHint(std::string_view line) {
  return Has(line, {"/x/.zprov/lock ", "/unwritten.transid ", "/content.hash "});
}

// A node's identity, and what quotes it: made anew when a cut came before it was synced. A record
// holds the time.
bool IsRandom(std::string_view line) {
  return Has(line, {"/ssh_known_hosts ", "/x/.zprov/identity/", "/record.json "}) ||
         (Has(line, {"/x/.zprov/gen/"}) && Has(line, {"/machine-id ", "/ssh_host_"}));
}

}  // namespace

Result<engine::Updated> Update(os::System& system, const spec::ClusterSpec& spec,
                               engine::UpdateRequest request) {
  request.holder = "a test";
  return engine::Update(system, spec, request, Ignore);
}

Result<engine::RolledBack> Rollback(os::System& system, const spec::ClusterSpec& spec,
                                    engine::RollbackRequest request) {
  request.holder = "a test";
  return engine::Rollback(system, spec, request, Ignore);
}

Result<generations::Pruning> Prune(os::System& system, const spec::ClusterSpec& spec,
                                   engine::PruneRequest request) {
  request.holder = "a test";
  return engine::Prune(system, spec, request, Ignore);
}

std::string Pointers(sim::World& world, const spec::ClusterSpec& spec) {
  std::vector<std::string> pointers;
  for (const spec::Node& node : spec.nodes) {
    const auto text = world.system().files.ReadSymlink("/x/.zprov/current/" + node.name);
    if (text) pointers.push_back(node.name + ":" + NameOf(ParentOf("/" + *text)));
  }
  return Join(pointers, " ");
}

void BootNode(sim::World& world, const spec::Node& node, Answers answers) {
  world.usb().Plug({.port = *node.usb,
                    .vendor = 0x0525,
                    .product = 0xa4a2,
                    .serial_index = 0,
                    .device_class = 2});
  sim::UsbLink gadget;
  gadget.port = *node.usb;
  gadget.driver = sim::UsbDriver::kCdcSubset;  // the one that takes jumbo frames
  gadget.mac = node.host_mac;
  const std::string link = world.network().PlugUsb(gadget);
  os::LinkChange change;
  change.name = node.name;
  change.mtu = 7418;
  change.master = "san";
  change.up = true;
  auto joined = world.system().live->netlink.SetLink(link, change);
  if (!joined) throw std::logic_error("boot node: " + joined.error().message);
  if (answers == Answers::kYes) {
    world.network().SetNeighbour(node.name, sim::Neighbour{node.node_mac, node.address});
  }
}

void ExpectSound(sim::World& world, const spec::ClusterSpec& spec) {
  for (const spec::Node& node : spec.nodes) {
    const std::string stable = "/x/" + node.name;
    if (world.scene().Has(stable)) {
      EXPECT_TRUE(IsRoot(world, stable)) << stable << " leads to no root";
    }
    const auto text = world.system().files.ReadSymlink("/x/.zprov/current/" + node.name);
    if (text) ExpectWhole(world, "/x/.zprov/" + text->substr(3));
  }
  for (const std::string& path : Exported(world)) {
    EXPECT_TRUE(path == spec.storage.home || IsRoot(world, path)) << path << " is exported";
  }
}

std::string TreeAt(const sim::World& world, const std::string& path) {
  std::string relative;
  const std::string dump = world.Dump(path);
  const auto lines = LinesWithEndings(dump);
  for (std::string_view line : std::span(lines).subspan(1)) {
    const size_t at = line.find(path);
    relative += line.substr(0, at);
    relative += line.substr(at + path.size());
  }
  return relative;
}

std::string Settled(const sim::World& world) {
  std::string settled;
  const std::string dump = world.Dump();
  for (std::string_view line : LinesWithEndings(dump)) {
    if (IsHint(line)) continue;
    settled += IsRandom(line) ? line.substr(0, line.find(" bytes ")) : line;
  }
  return settled;
}

std::string HomeOf(sim::World& world) { return world.system().files.Resolve("/home").value(); }

}  // namespace zprov::scenario
