#include "unit/core/plan/hosts.h"

#include "util/path.h"

namespace zprov::plan::tests {
namespace {

// The effect of each kind of step on what is observed.
struct Effect {
  Observed& observed;

  void operator()(const MakeDirectory& step) { Set(step.path, PathType::kDirectory); }
  void operator()(const MakeSubvolume& step) { Set(step.path, PathType::kSubvolume); }
  void operator()(const WriteFile& step) {
    Set(step.path, PathType::kFile);
    observed.paths[step.path].content = step.after;
  }
  void operator()(const RetireFile& step) { observed.paths.erase(step.path); }
  void operator()(const MakeSymlink& step) {
    Set(step.path, PathType::kSymlink);
    observed.paths[step.path].target = step.target;
    observed.paths[step.path].resolved = JoinPath(ParentOf(step.path), step.target);
  }
  void operator()(const MoveHome& step) {
    observed.paths[step.from] = {PathType::kSymlink, "", RelativeTarget(step.from, step.to),
                                 step.to};
    Set(step.to, PathType::kSubvolume);
    Set(step.parked, PathType::kDirectory);
    observed.paths.erase(step.incoming);
    observed.home = {};
  }
  void operator()(const DropOldHome& step) { observed.paths.erase(step.move.parked); }
  void operator()(const AdoptRoot& step) { Set(CurrentPointer(step), PathType::kSymlink); }
  void operator()(const MakeGeneration& step) {
    for (const std::string& node : step.nodes) {
      const std::string target = ".zprov/current/" + node + "/root";
      observed.paths["/x/" + node] = {PathType::kSymlink, "", target, "/x/" + target};
      Set("/x/.zprov/current/" + node, PathType::kSymlink);
    }
    observed.source.reset();
  }
  void operator()(const SetUpBridge& step) {
    std::erase_if(observed.links->links, [&](const Link& link) { return link.name == step.name; });
    Link bridge{.name = step.name, .kind = "bridge", .up = true};
    bridge.mac = step.mac.value_or(bridge.mac);
    bridge.mtu = step.mtu.value_or(1500);
    observed.links->links.push_back(bridge);
    observed.links->addresses[step.name] = {step.address};
  }
  void operator()(const SetUpLink& step) {
    for (Link& link : observed.links->links) {
      if (link.name != step.link) continue;
      link.name = step.name;
      link.mac = step.mac.value_or(link.mac);
      link.mtu = step.mtu.value_or(link.mtu);
      link.master = step.master;
      link.isolated = step.isolated.value_or(link.isolated);
      link.up = true;
    }
  }
  void operator()(const RunProgram&) {}

  void Set(const std::string& path, PathType type) { observed.paths[path].type = type; }
};

}  // namespace

spec::ClusterSpec Cluster(spec::Mode mode) {
  spec::ClusterSpec spec;
  spec.mode = mode;
  spec.bridge.address = *InterfaceAddress::Parse("192.168.7.2/24");
  spec.bridge.mac = *Mac::Parse("02:34:33:3c:50:03");
  spec.deny = {"usb0", "usb2"};
  for (uint32_t i = 0; i < 5; ++i) {
    spec::Node node;
    node.name = "s" + std::to_string(i);
    if (mode == spec::Mode::kNative) node.usb = PortPath{1, {1, 3, static_cast<uint8_t>(i + 1)}};
    node.address = {Ipv4::Parse("192.168.7.33")->number + 4 * i};
    node.host_mac = *Mac::FromNumber(Mac::Parse("02:34:33:3c:50:22")->Number() + 4 * i);
    node.node_mac = *Mac::FromNumber(node.host_mac.Number() - 1);
    spec.nodes.push_back(node);
  }
  return spec;
}

Observed BareHost() {
  Observed observed;
  observed.store.filesystem = "btrfs";
  observed.paths["/home"].type = PathType::kDirectory;
  observed.links = ObservedLinks{};
  observed.programs = {"systemctl", "udevadm", "exportfs"};
  return observed;
}

Desired Wanted(spec::Mode mode) {
  return DesiredState(Cluster(mode), render::HostFacts::Everything());
}

Observed After(Observed observed, const Plan& plan) {
  for (const Step& step : plan.steps) std::visit(Effect{observed}, step.action);
  observed.interrupted.reset();
  return observed;
}

std::optional<WriteFile> Writing(const Plan& plan, const std::string& path) {
  for (const Step& step : plan.steps) {
    const auto* write = std::get_if<WriteFile>(&step.action);
    if (write != nullptr && write->path == path) return *write;
  }
  return std::nullopt;
}

}  // namespace zprov::plan::tests
