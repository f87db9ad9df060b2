// The bridge, made by the engine in a network namespace that vanishes with its process.
#include <gmock/gmock.h>
#include <sched.h>

#include "adapters/control_socket.h"
#include "adapters/event_loop.h"
#include "adapters/host_world.h"
#include "adapters/libnl.h"
#include "adapters/libusb.h"
#include "adapters/proc_table.h"
#include "adapters/sd_daemon.h"
#include "adapters/worker_thread.h"
#include "engine/apply.h"
#include "engine/observe.h"
#include "kernel/hosts/hosts.h"
#include "support/capability.h"
#include "support/loop_btrfs.h"
#include "support/namespaces.h"

namespace zprov::tests {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

// A tree of files on a real btrfs together with the real links of this namespace.
class Host {
 public:
  explicit Host(const std::string& root)
      : tree_(adapters::OpenTreeWorld(root).value()),
        loop_(adapters::MakeEventLoop(tree_->system().clock)),
        netlink_(adapters::MakeLibnl(*loop_).value()),
        usb_(adapters::MakeLibusb(*loop_)),
        processes_(adapters::MakeProcTable()),
        control_(adapters::MakeControlSocket(*loop_)),
        supervisor_(adapters::MakeSdDaemon()),
        background_(adapters::MakeWorkerThread(*loop_, root).value()) {
    tree_->system().live = &live_;
  }

  os::System& system() { return tree_->system(); }

 private:
  std::unique_ptr<adapters::HostWorld> tree_;
  std::unique_ptr<adapters::EventLoop> loop_;
  std::unique_ptr<os::Netlink> netlink_;
  std::unique_ptr<os::UsbBus> usb_;
  std::unique_ptr<os::ProcessTable> processes_;
  std::unique_ptr<os::Control> control_;
  std::unique_ptr<os::Supervisor> supervisor_;
  std::unique_ptr<os::Background> background_;
  os::Live live_{*netlink_, *usb_, *processes_, *control_, *supervisor_, *background_};
};

Link LinkNamed(os::System& system, const std::string& name) {
  const std::vector<Link> links = system.live->netlink.Links().value();
  for (const Link& link : links) {
    if (link.name == name) return link;
  }
  return {};
}

void ExpectTheBridgeOf(const spec::ClusterSpec& spec, os::System& system) {
  const Link bridge = LinkNamed(system, "san");
  EXPECT_EQ(bridge.kind, "bridge");
  EXPECT_EQ(bridge.mac, spec.bridge.mac);
  EXPECT_EQ(bridge.mtu, 7418u);
  EXPECT_TRUE(bridge.up);
  EXPECT_THAT(system.live->netlink.Addresses().value(),
              Contains(os::LinkAddress{"san", spec.bridge.address}));
}

TEST(Bridge, IsMadePinnedAndAddressedByApplyAndPutBackByLinksAlone) {
  ZPROV_NEEDS(EnterPrivateNamespaces(CLONE_NEWNET) == 0, "root");
  auto disk = LoopBtrfs::Make(uint64_t{256} << 20);
  ZPROV_NEEDS(disk, disk.error().message);
  const std::string root = (*disk)->path() + "/host";
  MakeSubvolume(root);
  MakeSmallSystem(root);
  AddRaspberryPiFiles(root);
  MakeStore(root);
  Host host(root);
  const spec::ClusterSpec spec = FiveNodes(spec::Mode::kNative);
  const engine::Request request{.wishes = {.allow_open = true}, .holder = "a test"};
  const auto ignore = [](const engine::Progress&) {};

  const auto applied = engine::Apply(host.system(), spec, request, ignore);
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_THAT(applied->refusals, IsEmpty());
  ExpectTheBridgeOf(spec, host.system());
  EXPECT_THAT(engine::MakePlan(host.system(), spec, request.wishes)->steps, IsEmpty());

  ASSERT_TRUE(host.system().live->netlink.SetLink("san", {.mtu = 1500, .up = false}));
  EXPECT_EQ(engine::MakePlan(host.system(), spec, request.wishes)->steps.size(), 1u);
  ASSERT_TRUE(engine::Apply(host.system(), spec, request, ignore));
  ExpectTheBridgeOf(spec, host.system());
  EXPECT_THAT(engine::MakePlan(host.system(), spec, request.wishes)->steps, IsEmpty());
}

}  // namespace
}  // namespace zprov::tests
