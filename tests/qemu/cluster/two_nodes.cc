#include "qemu/cluster/two_nodes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/boots/timeline_text.h"

namespace zprov::tests {
namespace {

using engine::BootStep;
using engine::BootTimeline;

std::string Line(const BootStep& step) {
  const std::string cause = step.cause.empty() ? "" : ": " + step.cause;
  return fmt::format("  {} {}{}", engine::Name(step.what), step.text, cause);
}

// What must differ, and is no part of a trace: how often the firmware leaves between two files,
// which each board draws from its seed and port ...
std::vector<BootStep> WithoutPauses(const std::vector<BootStep>& steps) {
  std::vector<BootStep> all;
  for (const BootStep& step : steps) {
    const bool is_back = step.what == BootStep::What::kBus && step.text == "file server" &&
                         all.size() > 1 && all.back().text == "left the bus" &&
                         all[all.size() - 2].text == engine::Name(engine::NodeState::kServing);
    if (is_back) {
      all.pop_back();
    } else {
      all.push_back(step);
    }
  }
  return all;
}

// ... and overlays, of which Debian's kernel for armel has none, and QEMU's Zero needs none.
bool IsOverlay(const engine::FileRecord& file) { return file.name.starts_with("overlays/"); }

void AddBoot(std::vector<std::string>& lines, const std::string& text) {
  const auto boot = engine::ParseTimeline(text);
  ASSERT_TRUE(boot.has_value()) << boot.error().message << "\n" << text;
  lines.push_back(fmt::format("boot of generation {}: {}{}{}", boot->generation.value_or(-1),
                              boot->ending, boot->cause.empty() ? "" : ": ", boot->cause));
  for (const BootStep& step : WithoutPauses(boot->steps)) lines.push_back(Line(step));
  for (const engine::FileRecord& file : boot->files) {
    if (IsOverlay(file)) continue;
    lines.push_back(fmt::format("  file {}: {}", file.name, engine::Name(file.what)));
  }
}

}  // namespace

void LiveThrough(TwoNodes& rig) {
  rig.Await(2, "healthy");
  rig.CutPower(0);
  rig.Await(1, "absent");
  rig.GivePower(0);
  rig.Await(2, "healthy");
  rig.Zprov({"reboot", "s1"});
  rig.Zprov({"update", "--reboot"});
  rig.Await(2, "healthy");
  rig.Zprov({"halt", "s1"});
}

std::vector<std::string> TraceOf(TwoNodes& rig, int node) {
  std::vector<std::string> lines;
  for (const std::string& boot : rig.BootsOf(node)) AddBoot(lines, boot);
  lines.push_back("link " + rig.LinkOf(node));
  lines.push_back("mount " + rig.MountOf(node));
  for (const std::string& path : rig.ExportsTo(node)) lines.push_back("export " + path);
  return lines;
}

}  // namespace zprov::tests
