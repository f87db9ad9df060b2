// The nodes' links as they come and go, on this kernel's netlink: veth pairs for gadgets, a network
// namespace per node. What a veth lacks, the USB port that it sits on, is told by the test.
#include <gmock/gmock.h>

#include <functional>
#include <map>

#include "contract/netlink_world.h"
#include "engine/links/links.h"
#include "engine/links/probes.h"
#include "kernel/hosts/hosts.h"
#include "sim/world.h"
#include "support/capability.h"

namespace zprov::tests {
namespace {

using engine::LinkState;
using engine::Pulse;
using std::chrono::seconds;

// The kernel's links, some of them with a USB port.
class OnPorts final : public os::Netlink {
 public:
  explicit OnPorts(os::Netlink& kernel) : kernel_(kernel) {}

  Result<std::vector<Link>> Links() override {
    auto links = kernel_.Links();
    if (!links) return links;
    for (Link& link : *links) {
      const auto port = ports.find(link.index);
      if (port != ports.end()) link.usb = port->second;
    }
    return links;
  }
  Result<std::vector<os::LinkAddress>> Addresses() override { return kernel_.Addresses(); }
  Result<void> EnsureBridge(std::string_view name, const os::BridgeSettings& settings) override {
    return kernel_.EnsureBridge(name, settings);
  }
  Result<void> SetLink(std::string_view name, const os::LinkChange& change) override {
    return kernel_.SetLink(name, change);
  }
  Result<void> AddAddress(std::string_view name, const InterfaceAddress& address) override {
    return kernel_.AddAddress(name, address);
  }
  Result<void> Pin(std::string_view port, const Mac& mac, Ipv4 address) override {
    return kernel_.Pin(port, mac, address);
  }
  Result<std::vector<os::PinnedPort>> Pins() override { return kernel_.Pins(); }
  Result<os::ProbeId> Probe(std::string_view name, Ipv4 address) override {
    return kernel_.Probe(name, address);
  }

  std::map<int, PortPath> ports;  // by the link's index

 private:
  os::Netlink& kernel_;
};

// A host with real links, whose files are simulated: a udev that listens, or none.
class Host {
 public:
  explicit Host(spec::ClusterSpec wanted) : spec(std::move(wanted)) {
    links.emplace(system_, spec);
    probes.emplace(system_, spec, *links);
  }

  // A gadget on the port of node i: the kernel's name for it, a MAC of its own, its node behind it.
  void Plug(size_t i, const std::string& name, const Mac& mac) {
    const spec::Node& node = spec.nodes[i];
    network->Plug(name, mac, {node.node_mac, node.address});
    on_ports.ports[network->LinkNamed(name).index] = node.usb.value_or(kSomewhere);
  }

  // The engine's loop, until `done`.
  ::testing::AssertionResult Until(const std::function<bool()>& done) {
    const os::Moment late = network->Late();
    while (!done()) {
      const os::Moment next = std::min(links->NextDeadline(), probes->NextDeadline());
      const auto event = network->events().Next(std::min(next, late));
      if (!event) return ::testing::AssertionFailure() << event.error().message;
      if (network->clock().Now() >= late) return ::testing::AssertionFailure() << "it never came";
      links->On(*event);
      probes->On(*event);
    }
    return ::testing::AssertionSuccess();
  }

  ::testing::AssertionResult UntilAttached(size_t node) {
    return Until([this, node] { return links->At(node).state == LinkState::kAttached; });
  }
  ::testing::AssertionResult UntilItAnswers(size_t node) {
    return Until([this, node] { return probes->At(node) == Pulse::kAnswers; });
  }

  spec::ClusterSpec spec;
  std::unique_ptr<NetlinkWorld> network = MakeKernelNetlinkWorld();
  OnPorts on_ports{network->netlink()};
  sim::World files;
  std::optional<engine::Links> links;
  std::optional<engine::Probes> probes;

 private:
  const PortPath kSomewhere = *PortPath::Parse("1-1.7");

  os::System& rest_ = files.system();
  os::Live live_{on_ports,
                 rest_.live->usb,
                 rest_.live->process_table,
                 rest_.live->control,
                 rest_.live->supervisor,
                 rest_.live->background};
  os::System system_{.clock = network->clock(),
                     .files = rest_.files,
                     .trees = rest_.trees,
                     .locks = rest_.locks,
                     .btrfs = rest_.btrfs,
                     .events = network->events(),
                     .processes = rest_.processes,
                     .roots = rest_.roots,
                     .identities = rest_.identities,
                     .archives = rest_.archives,
                     .live = &live_};
};

const Mac kRandom = *Mac::Parse("a6:11:22:33:44:55");

class AttachOnKernel : public ::testing::Test {
 protected:
  void Make(const spec::ClusterSpec& spec) {
    ZPROV_NEEDS(CanMakeKernelNetlinkWorld(), "root");
    host.emplace(spec);
    ASSERT_TRUE(host->links->Begin());
  }

  void ExpectAttached(size_t i) {
    const spec::Node& node = host->spec.nodes[i];
    const Link link = host->network->LinkNamed(node.name);
    EXPECT_EQ(link.mac, node.host_mac);
    EXPECT_EQ(link.mtu, host->spec.bridge.mtu);
    EXPECT_EQ(link.master, "san");
    EXPECT_TRUE(link.up);
  }

  std::optional<Host> host;
};

TEST_F(AttachOnKernel, AGadgetOnANodesPortBecomesThatNodesLinkAndAnswers) {
  Make(FiveNodes(spec::Mode::kNative));
  host->Plug(0, "usb0", kRandom);
  ASSERT_TRUE(host->UntilAttached(0));
  ExpectAttached(0);
  EXPECT_TRUE(host->UntilItAnswers(0));
  EXPECT_EQ(host->links->At(1).state, LinkState::kAbsent);
  EXPECT_THAT(host->links->Warnings(), ::testing::IsEmpty());
}

TEST_F(AttachOnKernel, ANodeThatLeftAndCameBackIsAttachedAndPinnedAgain) {
  Make(FiveNodes(spec::Mode::kNative));
  host->Plug(0, "usb0", kRandom);
  ASSERT_TRUE(host->UntilItAnswers(0));
  host->network->Unplug("s0");
  ASSERT_TRUE(host->Until([&] { return host->links->At(0).state == LinkState::kAbsent; }));
  host->Plug(0, "usb0", *Mac::Parse("a6:11:22:33:44:66"));
  ASSERT_TRUE(host->UntilAttached(0));
  ExpectAttached(0);
  EXPECT_TRUE(host->UntilItAnswers(0));
}

TEST_F(AttachOnKernel, WhatSomebodyUndidIsDoneAgain) {
  Make(FiveNodes(spec::Mode::kNative));
  host->Plug(0, "usb0", kRandom);
  host->Plug(1, "usb1", *Mac::Parse("a6:11:22:33:44:66"));
  ASSERT_TRUE(host->UntilAttached(0));
  ASSERT_TRUE(host->UntilAttached(1));
  os::LinkChange out;
  out.master = "";
  out.up = false;
  ASSERT_TRUE(host->network->netlink().SetLink("s0", out));
  ASSERT_TRUE(host->Until([&] { return host->network->LinkNamed("s0").up; }));
  ExpectAttached(0);
  ExpectAttached(1);
  EXPECT_TRUE(host->UntilItAnswers(0));
}

TEST_F(AttachOnKernel, BoardsThatChangedPlacesChangeNames) {
  Make(FiveNodes(spec::Mode::kNative));
  host->Plug(0, "usb0", kRandom);
  host->Plug(1, "usb1", *Mac::Parse("a6:11:22:33:44:66"));
  ASSERT_TRUE(host->UntilAttached(0));
  ASSERT_TRUE(host->UntilAttached(1));
  const int first = host->network->LinkNamed("s0").index;
  const int second = host->network->LinkNamed("s1").index;
  std::swap(host->on_ports.ports[first], host->on_ports.ports[second]);
  ASSERT_TRUE(host->network->netlink().SetLink("s0", {.mtu = 1500}));  // a notice
  ASSERT_TRUE(host->Until([&] { return host->network->LinkNamed("s0").index == second; }));
  ASSERT_TRUE(host->UntilAttached(1));
  EXPECT_EQ(host->network->LinkNamed("s1").index, first);
  ExpectAttached(0);
  ExpectAttached(1);
}

TEST_F(AttachOnKernel, IsolatedNodesStillReachTheHost) {
  spec::ClusterSpec spec = FiveNodes(spec::Mode::kNative);
  spec.bridge.isolate = true;
  Make(spec);
  host->Plug(0, "usb0", kRandom);
  ASSERT_TRUE(host->UntilAttached(0));
  EXPECT_TRUE(host->network->LinkNamed("s0").isolated);
  EXPECT_TRUE(host->UntilItAnswers(0));
}

TEST_F(AttachOnKernel, InTheCompatibleModeTheMacFindsTheNode) {
  Make(FiveNodes(spec::Mode::kCompatible));
  host->Plug(2, "usb0", host->spec.nodes[2].host_mac);
  ASSERT_TRUE(host->UntilAttached(2));
  ExpectAttached(2);
  EXPECT_TRUE(host->UntilItAnswers(2));
}

}  // namespace
}  // namespace zprov::tests
