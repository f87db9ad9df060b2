// A story of two nodes that is told on two rigs, QEMU's and the simulated one, and what a rig shows
// of it afterwards.
#pragma once

#include <string>
#include <vector>

namespace zprov::tests {

// What the story does to a rig and asks of it. Nodes are 0 and 1. Who cannot do it fails the test.
class TwoNodes {
 public:
  virtual ~TwoNodes() = default;

  // To its end, and it succeeds.
  virtual void Zprov(const std::vector<std::string>& words) = 0;
  virtual void CutPower(int node) = 0;
  virtual void GivePower(int node) = 0;
  // serve says so of so many nodes, in the words of NodeState.
  virtual void Await(int nodes, const std::string& state) = 0;

  // The boots that serve kept of that node (src/engine/boots), the first one first.
  virtual std::vector<std::string> BootsOf(int node) = 0;
  // What the kernel says: "02:34:33:3c:50:22 7418 in san"; "none".
  virtual std::string LinkOf(int node) = 0;
  // What the node's Linux mounted as its root: "192.168.7.2:/x/s0"; "none" when none runs.
  virtual std::string MountOf(int node) = 0;
  // What the NFS server gives to that node's own address, by path.
  virtual std::vector<std::string> ExportsTo(int node) = 0;
};

// Both are served, the second one leaves within start.elf at its first boot; then one loses its
// power, one is rebooted, all are updated, and one is halted.
void LiveThrough(TwoNodes& rig);

// How it went for that node, a line for each thing that happened, without times: its boots with
// their steps and files, and what of its link and NFS there is now. What must differ between the
// rigs is left out; two_nodes.cc says why.
std::vector<std::string> TraceOf(TwoNodes& rig, int node);

}  // namespace zprov::tests
