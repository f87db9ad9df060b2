// A simulated host whose links are looked after: the engine's loop in small, with every call to the
// kernel counted.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "engine/links/links.h"
#include "engine/links/probes.h"
#include "sim/faults/faulty_system.h"
#include "sim/world.h"

namespace zprov::scenario {

// Kernels before and after the cap of an ECM gadget's MTU (sim/kernel_rules.h).
inline constexpr char kCapsNoMtu[] = "6.1.140";
inline constexpr char kCapsMtu[] = "6.1.177";

class AttachedHost {
 public:
  AttachedHost(const char* kernel, spec::ClusterSpec spec);

  const spec::ClusterSpec& spec() const { return spec_; }
  engine::Links& links() { return *links_; }
  sim::World& world() { return world_; }
  os::System& system() { return faulty_.system(); }  // counted
  sim::Network& network() { return world_.network(); }
  os::Netlink& netlink() { return world_.system().live->netlink; }
  faults::Seam& seam() { return seam_; }

  void Begin();
  // The process starts again, on links as they are.
  void BeginAgain() { BeginWith(spec_); }
  void BeginWith(const spec::ClusterSpec& spec);

  // From here on a systemd-udevd listens.
  void UdevRuns() { world_.Put("/run/udev/control", ""); }
  // The node's gadget appears at its port, and its board answers. Returns the kernel's name.
  std::string Plug(const spec::Node& node, sim::UsbDriver driver, const Mac& mac);
  // What waits to be told is never told.
  void ForgetNotices();

  // They are part of the loop from here on; they must live as long.
  void Watch(engine::Probes& probes) { probes_ = &probes; }
  // The loop, for so long, and until nothing is due.
  void Run(std::chrono::nanoseconds time);

  const engine::LinkView& At(size_t place) const { return links_->At(place); }
  Link LinkNamed(const std::string& name);
  std::vector<os::LinkAddress> Addresses() { return netlink().Addresses().value(); }
  bool Answers(const spec::Node& node);
  // What was asked of the kernel that changes something, since the last Begin: "pin s0".
  std::vector<std::string> Changes() const;

 private:
  os::Moment NextDeadline() const;

  sim::World world_;
  spec::ClusterSpec spec_;
  faults::Seam seam_;
  faults::FaultySystem faulty_;
  std::unique_ptr<engine::Links> links_;
  engine::Probes* probes_ = nullptr;
  size_t logged_ = 0;
};

}  // namespace zprov::scenario
