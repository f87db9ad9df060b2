#include "qemu/cluster/simulated_nodes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/boots/timeline_text.h"
#include "support/simulated_zprov.h"

namespace zprov::tests {
namespace {

run::Plan TwoQuietNodes() {
  run::Plan plan = run::QuietPlan(1);
  plan.nodes = 2;
  return plan;
}

}  // namespace

SimulatedNodes::SimulatedNodes() : on_(TwoQuietNodes(), SimulatedZprov, {}) {
  on_.board(1).zero->Suffer(sim::zero::Fault::kVanishesInBulk, 1);
  on_.SetUp();
}

void SimulatedNodes::Zprov(const std::vector<std::string>& words) {
  EXPECT_EQ(on_.RunToTheEnd(words), 0) << "simulated zprov " << words.front();
}

void SimulatedNodes::Await(int nodes, const std::string& state) {
  const os::Moment late = on_.Now() + std::chrono::minutes(30);
  const auto are = [&] {
    return std::ranges::count_if(on_.claims(),
                                 [&](const auto& claim) { return claim.second.state == state; });
  };
  while (are() < nodes && on_.Now() < late) on_.Go(on_.Now() + std::chrono::seconds(1));
  EXPECT_GE(are(), nodes) << "simulated nodes that are " << state;
}

std::vector<std::string> SimulatedNodes::BootsOf(int node) {
  std::vector<std::string> boots;
  for (int number = 1;; ++number) {
    const std::string path =
        fmt::format("/x/.zprov/boots/{}/{}.json", on_.board(node).name, number);
    const auto text = on_.world().system().files.Read(path, engine::kLongestTimeline);
    if (!text) return boots;
    boots.push_back(*text);
  }
}

std::string SimulatedNodes::LinkOf(int node) {
  const auto links = on_.world().network().Links();
  EXPECT_TRUE(links.has_value());
  for (const Link& link : *links) {
    if (link.name != on_.board(node).name) continue;
    return fmt::format("{} {} in {}", link.mac.ToString(), link.mtu, link.master);
  }
  return "none";
}

std::string SimulatedNodes::MountOf(int node) {
  const auto& linux = on_.board(node).zero->node();
  if (!linux || !linux->mount()) return "none";
  return linux->orders().server->ToString() + ":" + linux->orders().root;
}

std::vector<std::string> SimulatedNodes::ExportsTo(int node) {
  std::vector<std::string> paths;
  for (const sim::NfsExport& each : on_.world().nfs().exports()) {
    if (each.client == fmt::format("192.168.7.{}", 33 + 4 * node)) paths.push_back(each.path);
  }
  std::ranges::sort(paths);
  return paths;
}

}  // namespace zprov::tests
