// The simulated side of a story that is told on two rigs.
#pragma once

#include <string>
#include <vector>

#include "qemu/cluster/two_nodes.h"
#include "sim/run/performance.h"

namespace zprov::tests {

class SimulatedNodes final : public TwoNodes {
 public:
  // Applied to, and serve runs; the second board leaves within start.elf at its first boot.
  SimulatedNodes();

  void Zprov(const std::vector<std::string>& words) override;
  void CutPower(int node) override { on_.board(node).zero->Unplug(); }
  void GivePower(int node) override { on_.board(node).zero->PlugIn(); }
  void Await(int nodes, const std::string& state) override;
  std::vector<std::string> BootsOf(int node) override;
  std::string LinkOf(int node) override;
  std::string MountOf(int node) override;
  std::vector<std::string> ExportsTo(int node) override;

 private:
  run::Performance on_;
};

}  // namespace zprov::tests
