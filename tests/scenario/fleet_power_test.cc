// The last rung of the ladder where the spec names a program that switches a node's power, and the
// kernel's pool for transfers when it is empty.
#include <gmock/gmock.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/fleet/fleet.h"
#include "scenario/rig.h"
#include "sim/scenarios/hosts.h"
#include "sim/zero/zero.h"

namespace zprov::scenario {
namespace {

using engine::NodeState;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kSwitch[] = "/usr/local/sbin/relay";
constexpr size_t kSick = 2;

// A bus whose kernel has no memory for bulk transfers to a port while it says so.
class ScarceUsb final : public os::UsbBus {
 public:
  using IsEmpty = std::function<bool(const PortPath& port)>;

  ScarceUsb(os::UsbBus& inner, IsEmpty is_empty) : inner_(inner), is_empty_(std::move(is_empty)) {}

  Result<std::vector<os::UsbDevice>> Devices() override { return inner_.Devices(); }
  Result<void> Watch() override { return inner_.Watch(); }
  Result<os::UsbOpened> Open(const PortPath& port) override {
    auto opened = inner_.Open(port);
    if (opened) ports_[opened->handle] = port;
    return opened;
  }
  Result<void> Claim(os::UsbHandle handle, uint8_t interface_number) override {
    return inner_.Claim(handle, interface_number);
  }
  Result<os::UsbTransferId> Submit(os::UsbHandle handle, const os::UsbTransfer& transfer) override {
    if (std::holds_alternative<os::BulkOut>(transfer.what) && is_empty_(ports_.at(handle))) {
      ++refused;
      return Fail(ErrorKind::kNoSpace, "the kernel has no memory left for transfers");
    }
    return inner_.Submit(handle, transfer);
  }
  void Cancel(os::UsbTransferId transfer) override { inner_.Cancel(transfer); }
  Result<void> Reset(os::UsbHandle handle) override { return inner_.Reset(handle); }
  void Close(os::UsbHandle handle) override { inner_.Close(handle); }
  Result<void> SetPortPower(const PortPath& port, PortPower power) override {
    return inner_.SetPortPower(port, power);
  }

  int refused = 0;

 private:
  os::UsbBus& inner_;
  IsEmpty is_empty_;
  std::map<os::UsbHandle, PortPath> ports_;
};

class Boot {
 public:
  // The rig after apply; one board is sick.
  explicit Boot(std::vector<sim::zero::Trouble> troubles) {
    sim::Rig(world_);
    for (const spec::Node& node : spec_.nodes) world_.usb().Unplug(*node.usb);
    EXPECT_TRUE(Apply(world_.system(), spec_));
    for (size_t i = 0; i < spec_.nodes.size(); ++i) {
      zeros_.push_back(sim::zero::PlugZero(
          world_, {.port = *spec_.nodes[i].usb,
                   .troubles = i == kSick ? troubles : std::vector<sim::zero::Trouble>()}));
    }
  }

  // From here on the sick node's power is switched by a program.
  void HasASwitch(sim::Program program) {
    world_.scene().Put(kSwitch, "program", 0755);
    world_.processes().Install(kSwitch, std::move(program));
    spec_.nodes[kSick].power = spec::Power::kCommand;
    spec_.nodes[kSick].power_command = std::string(kSwitch) + " 3";
  }
  // As a relay in the board's cable does it, whatever its hub can.
  sim::ProgramRun Switches(const std::vector<std::string>& argv) {
    world_.usb().SetHubPower(*PortPath::Parse("1-1"), sim::HubPower::kPerPort);
    const auto power =
        argv.back() == "on" ? os::UsbBus::PortPower::kOn : os::UsbBus::PortPower::kOff;
    EXPECT_TRUE(world_.usb().SetPortPower(*spec_.nodes[kSick].usb, power));
    return {};
  }

  void Run(
      seconds time, const std::function<bool()>& is_over = [] { return false; }) {
    os::System& system = world_.system();
    engine::Fleet fleet(system, spec_);
    ASSERT_TRUE(fleet.Begin());
    const os::Moment end = world_.clock().Now() + time;
    while (world_.clock().Now() < end && !is_over()) {
      const auto event = system.events.Next(std::min(fleet.NextDeadline(), end));
      ASSERT_TRUE(event) << event.error().message;
      fleet.On(*event);
    }
    views = fleet.Views();
  }

  // The switch's words, in the order in which it was started.
  std::vector<std::string> Switched() {
    std::vector<std::string> words;
    for (const auto& argv : world_.processes().Started()) {
      if (argv.front() == kSwitch) words.push_back(argv.back());
    }
    return words;
  }

  void ExpectTheOthersWell() {
    for (size_t i = 0; i < views.size(); ++i) {
      if (i == kSick) continue;
      EXPECT_EQ(views[i].state, NodeState::kHealthy) << i << ": " << views[i].cause;
      EXPECT_EQ(views[i].failures, 0) << i;
      EXPECT_EQ(world_.usb().PowerCuts(*spec_.nodes[i].usb), 0) << i;
    }
  }

  sim::World world_;
  spec::ClusterSpec spec_ = Cluster(spec::Mode::kNative);
  std::vector<std::shared_ptr<sim::zero::Zero>> zeros_;
  std::vector<engine::NodeView> views;
};

TEST(PowerCommand, CutsTheSickNodesPowerAndItBoots) {
  Boot boot({{sim::zero::Fault::kRomDeaf, 1}});
  boot.HasASwitch([&](const auto& argv) { return boot.Switches(argv); });
  boot.Run(seconds(180));
  EXPECT_EQ(boot.views[kSick].state, NodeState::kHealthy) << boot.views[kSick].cause;
  EXPECT_THAT(boot.Switched(), ElementsAre("off", "on"));
  boot.ExpectTheOthersWell();
}

TEST(PowerCommand, IsRunOnceAndNoMoreWhenItDoesNotHelp) {
  Boot boot({{sim::zero::Fault::kRomDeaf}});
  boot.HasASwitch([&](const auto& argv) { return boot.Switches(argv); });
  boot.Run(seconds(300));
  EXPECT_EQ(boot.views[kSick].state, NodeState::kQuarantined);
  EXPECT_THAT(boot.Switched(), ElementsAre("off", "on"));
  boot.ExpectTheOthersWell();
}

TEST(PowerCommand, ThatFailsIsNamedWithWhyItWasNeeded) {
  Boot boot({{sim::zero::Fault::kRomDeaf}});
  boot.HasASwitch([](const auto&) { return sim::ProgramRun{.exit_code = 3}; });
  boot.Run(seconds(180));
  EXPECT_EQ(boot.views[kSick].state, NodeState::kQuarantined);
  EXPECT_THAT(
      boot.views[kSick].cause,
      AllOf(HasSubstr("boot ROM: "), HasSubstr("power off: the power command ended with 3")));
  EXPECT_THAT(boot.Switched(), ElementsAre("off"));
  boot.ExpectTheOthersWell();
}

TEST(PowerCommand, ThatHangsIsGivenUpAndHoldsUpNobody) {
  Boot boot({{sim::zero::Fault::kRomDeaf}});
  boot.HasASwitch(
      [](const auto&) { return sim::ProgramRun{.ending = sim::ProgramRun::Ending::kHangs}; });
  boot.Run(seconds(180));
  EXPECT_EQ(boot.views[kSick].state, NodeState::kQuarantined);
  EXPECT_THAT(boot.views[kSick].cause, HasSubstr("power off: the power command does not end"));
  boot.ExpectTheOthersWell();
}

TEST(PowerCommand, ThatIsNotInstalledIsNamed) {
  Boot boot({{sim::zero::Fault::kRomDeaf}});
  boot.spec_.nodes[kSick].power = spec::Power::kCommand;
  boot.spec_.nodes[kSick].power_command = kSwitch;
  boot.Run(seconds(180));
  EXPECT_EQ(boot.views[kSick].state, NodeState::kQuarantined);
  EXPECT_THAT(boot.views[kSick].cause, HasSubstr(kSwitch));
  boot.ExpectTheOthersWell();
}

// The serve that cut the power ends before it gave it again: nobody else would.
TEST(PowerCommand, IsGoneOnWithByALaterServe) {
  Boot boot({{sim::zero::Fault::kRomDeaf, 1}});
  boot.HasASwitch([&](const auto& argv) { return boot.Switches(argv); });
  boot.Run(seconds(180), [&] { return !boot.Switched().empty(); });
  ASSERT_THAT(boot.Switched(), ElementsAre("off"));
  boot.Run(seconds(180));
  EXPECT_EQ(boot.views[kSick].state, NodeState::kHealthy) << boot.views[kSick].cause;
  EXPECT_THAT(boot.Switched(), ElementsAre("off", "on"));
  boot.ExpectTheOthersWell();
}

TEST(PowerCommand, ThatALaterServeRunsInVainIsNotRunAgain) {
  Boot boot({{sim::zero::Fault::kRomDeaf, 1}});
  boot.HasASwitch([&](const auto& argv) {
    return argv.back() == "off" ? boot.Switches(argv) : sim::ProgramRun{};
  });
  boot.Run(seconds(180), [&] { return !boot.Switched().empty(); });
  boot.Run(seconds(180));
  EXPECT_EQ(boot.views[kSick].state, NodeState::kQuarantined);
  EXPECT_THAT(boot.views[kSick].cause, HasSubstr("ended before it gave it again"));
  EXPECT_THAT(boot.Switched(), ElementsAre("off", "on"));
}

// Somebody else may have cut it, and may be at work on the board.
TEST(PowerCommand, IsNotRunForABoardThatIsAwayAndWasNotCutByUs) {
  Boot boot({});
  boot.HasASwitch([&](const auto& argv) { return boot.Switches(argv); });
  boot.zeros_[kSick]->Unplug();
  boot.Run(seconds(60));
  boot.Run(seconds(60));
  EXPECT_EQ(boot.views[kSick].state, NodeState::kAbsent);
  EXPECT_THAT(boot.Switched(), IsEmpty());
}

// The pool of 16 MB is one for all devices.
struct PoolBoot : Boot {
  PoolBoot() : Boot({}) {}

  void RunWith(ScarceUsb& usb) {
    os::System& all = world_.system();
    os::Live live{all.live->netlink,       usb,
                  all.live->process_table, all.live->control,
                  all.live->supervisor,    all.live->background};
    os::Live* const real = std::exchange(all.live, &live);
    Run(seconds(120));
    all.live = real;
  }
};

TEST(UsbPool, ThatIsEmptyForAWhileDelaysTheBoardsAndFailsNone) {
  PoolBoot boot;
  const os::Moment full = boot.world_.clock().Now() + milliseconds(900);
  ScarceUsb usb(boot.world_.usb(),
                [&](const PortPath&) { return boot.world_.clock().Now() < full; });
  boot.RunWith(usb);
  EXPECT_GE(usb.refused, 5);
  for (const engine::NodeView& view : boot.views) {
    EXPECT_EQ(view.state, NodeState::kHealthy) << view.node << ": " << view.cause;
    EXPECT_EQ(view.failures, 0) << view.node;
  }
}

TEST(UsbPool, ThatIsEmptyEverySecondTimeFailsNoBoard) {
  PoolBoot boot;
  ScarceUsb usb(boot.world_.usb(),
                [calls = 0](const PortPath&) mutable { return ++calls % 2 == 1; });
  boot.RunWith(usb);
  EXPECT_GE(usb.refused, 25);
  for (const engine::NodeView& view : boot.views) {
    EXPECT_EQ(view.state, NodeState::kHealthy) << view.node << ": " << view.cause;
    EXPECT_EQ(view.failures, 0) << view.node;
  }
  for (const auto& zero : boot.zeros_) EXPECT_THAT(zero->served().changed, IsEmpty());
}

TEST(UsbPool, ThatIsEmptyForOneBoardIsAskedAgainSoonHoweverMuchTheOthersSend) {
  constexpr size_t kTries = 12;
  PoolBoot boot;
  boot.world_.Put(boot.spec_.storage.boot + "/start.elf", std::string(4'000'000, 'e'));
  std::vector<os::Moment> refused;
  int chunks = 0;
  ScarceUsb usb(boot.world_.usb(), [&](const PortPath& port) {
    const bool is_in_the_middle = port == boot.spec_.nodes[kSick].usb && ++chunks > 50;
    const bool is_empty = is_in_the_middle && refused.size() < kTries;
    if (is_empty) refused.push_back(boot.world_.clock().Now());
    return is_empty;
  });
  boot.RunWith(usb);
  ASSERT_EQ(refused.size(), kTries);
  for (size_t i = 1; i < kTries; ++i) EXPECT_LE(refused[i] - refused[i - 1], milliseconds(25)) << i;
  boot.ExpectTheOthersWell();
  EXPECT_EQ(boot.views[kSick].state, NodeState::kHealthy);
}

}  // namespace
}  // namespace zprov::scenario
