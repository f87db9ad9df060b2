// The host of what is recorded and replayed: nodes with a generation, an operator's cmdline.txt and
// config.txt, and nonces that are counted. All that decides what crosses the wire is here, so that
// a recording stays true when the product renders or installs something else.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "engine/fleet/fleet.h"
#include "os/system.h"
#include "sim/world.h"

namespace zprov::transcripts {

// The name of a port's node is s0, s1, … in this order.
inline constexpr const char* kPorts[] = {"1-1.2", "1-1.3", "1-1.4", "1-1.5.1", "1-1.5.2"};

// The bus that a fleet is to be given, and its time.
struct Bus {
  os::UsbBus& usb;
  os::Events& events;
  os::Clock& clock;
};

class Rig {
 public:
  explicit Rig(size_t nodes);
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  sim::World& world() { return world_; }
  const spec::ClusterSpec& spec() const { return spec_; }
  // The simulated bus itself.
  Bus bus();
  // The world, but with that bus; valid until the next call.
  os::System& With(const Bus& bus);

 private:
  class CountedIdentities;

  sim::World world_;
  spec::ClusterSpec spec_;
  std::unique_ptr<os::Identities> identities_;
  std::unique_ptr<os::Live> live_;
  std::unique_ptr<os::System> system_;
};

// Lets the events come until `end`, or until there are none.
void Run(engine::Fleet& fleet, const Bus& bus, os::Moment end);

struct RecordedBoot {
  std::string transcript;
  std::vector<engine::NodeView> views;
};

// A healthy boot of so many boards, from power to their gadgets, on the simulated bus.
RecordedBoot RecordBoot(size_t nodes);

}  // namespace zprov::transcripts
