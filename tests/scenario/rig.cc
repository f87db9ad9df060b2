#include "scenario/rig.h"

#include <span>

#include "core/spec/format.h"
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

engine::Request Request(plan::Wishes wishes) {
  return {.wishes = wishes, .scope = engine::Scope::kEverything, .holder = "a test"};
}

Result<plan::Plan> Apply(os::System& system, const spec::ClusterSpec& spec, plan::Wishes wishes) {
  return engine::Apply(system, spec, Request(wishes), [](const engine::Progress&) {});
}

Result<plan::Plan> PlanOf(os::System& system, const spec::ClusterSpec& spec, plan::Wishes wishes) {
  return engine::PlanFor(system, spec, Request(wishes));
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
    if (line.find("/x/.zprov/lock ") == std::string_view::npos) settled += line;
  }
  return settled;
}

std::string HomeOf(sim::World& world) { return world.system().files.Resolve("/home").value(); }

}  // namespace zprov::scenario
