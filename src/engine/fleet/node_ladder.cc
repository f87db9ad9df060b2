// What is done when a stage fails: try again, reset this one device, cut its own power where the
// spec says that this cuts nobody else's, and then leave it alone.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/fleet/boot_mark.h"
#include "engine/fleet/deadlines.h"
#include "engine/fleet/node_boot.h"
#include "util/strings.h"

namespace zprov::engine {
namespace {

bool RunsLinux(NodeState state) {
  return state == NodeState::kGadget || state == NodeState::kLink || state == NodeState::kMounted;
}

}  // namespace

bool NodeBoot::HasOwnPower() const {
  switch (node_.power) {
    case spec::Power::kGanged:
      return false;
    case spec::Power::kPerPort:
      return true;
    case spec::Power::kCommand:
      return !node_.power_command.empty();
  }
  return false;
}

std::string NodeBoot::StepName() const {
  switch (rung_) {
    case Rung::kRetry:
      return "try again";
    case Rung::kReset:
      return "reset the device";
    case Rung::kPowerOff:
      return "power off";
    case Rung::kPowerOn:
      return "power on";
    case Rung::kAwait:
      return "wait for it to come back";
  }
  return "";
}

// For a cause that is the board's, or may be.
void NodeBoot::FailBoot(const std::string& cause) {
  Close();
  parts_.starts.Leave(node_.name);
  // What a step of the ladder comes to says less than why it was taken.
  if (state_ != NodeState::kRecovering || cause_.empty()) {
    cause_ = fmt::format("{}: {}", Name(state_), cause);
    if (!file_.empty() && session_ > 0) cause_ += fmt::format(", after {}", file_);
    if (!miss_.empty()) cause_ += fmt::format("; {} is missing", miss_);
  }
  ++failures_;
  Climb();
}

// For a cause on this host, which no reset of a board cures.
void NodeBoot::FailHere(const std::string& cause) {
  Close();
  parts_.starts.Leave(node_.name);
  cause_ = cause;
  Enter(NodeState::kFailed, kCureAfter);
}

void NodeBoot::Climb() {
  const bool runs_linux = RunsLinux(state_);
  const bool may_come_back = runs_linux && !device_;  // it may have been told to reboot
  if (failures_ == 1 && may_come_back) return Step(Rung::kAwait, kBackWithin);
  if (failures_ == 1 && device_ && !runs_linux) return Step(Rung::kRetry, kRetryAfter);
  if (failures_ <= 2 && device_ && !runs_linux) return Step(Rung::kReset, os::Moment{0});
  if (!was_powered_ && HasOwnPower()) {
    was_powered_ = true;
    return Step(Rung::kPowerOff, os::Moment{0});
  }
  Quarantine();
}

void NodeBoot::Quarantine() {
  was_powered_ = false;
  const bool is_off = HasOrder(Order::kHalt) && !device_;
  EndOrder(is_off ? OrderView::State::kDone : OrderView::State::kFailed, is_off ? "" : cause_);
  Enter(NodeState::kQuarantined, kNever);
}

// A step that is due at once is taken at the next Tick: nothing here happens inside another event.
void NodeBoot::Step(Rung rung, os::Moment within) {
  rung_ = rung;
  Enter(NodeState::kRecovering, within);
}

void NodeBoot::TakeStep() {
  switch (rung_) {
    case Rung::kRetry:
      return Retry();
    case Rung::kReset:
      return ResetDevice();
    case Rung::kPowerOff:
      return SwitchPower(os::UsbBus::PortPower::kOff);
    case Rung::kPowerOn:
      return SwitchPower(os::UsbBus::PortPower::kOn);
    case Rung::kAwait:
      return FailBoot("nothing came back");
  }
}

void NodeBoot::Retry() {
  if (!device_ || !speaker_) return Step(Rung::kAwait, kBackWithin);
  if (speaker_->stage == usbboot::Stage::kRom) return OnRom();
  OnFileServer();
}

void NodeBoot::ResetDevice() {
  if (!device_) return Step(Rung::kAwait, kBackWithin);
  os::UsbBus& bus = parts_.system.live->usb;
  const auto opened = bus.Open(device_->port);
  if (!opened) return FailBoot(opened.error().message);
  line_.handle = opened->handle;  // until it left
  if (const auto reset = bus.Reset(line_.handle); !reset) return FailBoot(reset.error().message);
  Step(Rung::kAwait, kBackWithin);
}

void NodeBoot::SwitchPower(os::UsbBus::PortPower power) {
  const bool is_off = power == os::UsbBus::PortPower::kOff;
  if (power_command_) return FailPower("the power command does not end");
  // Without it nobody gives the power again when this serve ends now.
  if (is_off) static_cast<void>(MarkPowerCut(parts_.system, node_.name));
  if (node_.power == spec::Power::kCommand) {
    std::vector<std::string> argv;
    for (const std::string_view word : Words(node_.power_command)) argv.emplace_back(word);
    argv.emplace_back(is_off ? "off" : "on");
    const auto started = parts_.system.processes.Start(argv);
    if (!started) return FailPower(started.error().message);
    power_command_ = *started;
    deadline_ = Now() + kCommandWithin;
    return;
  }
  if (const auto set = parts_.system.live->usb.SetPortPower(*node_.usb, power); !set)
    return FailPower(set.error().message);
  PowerIsSwitched();
}

void NodeBoot::PowerIsSwitched() {
  if (rung_ == Rung::kPowerOff) return Step(Rung::kPowerOn, kOffFor);
  static_cast<void>(MarkPowerGiven(parts_.system, node_.name));
  Step(Rung::kAwait, kBackWithin);
}

bool NodeBoot::IsLeftWithoutPower() const {
  return state_ == NodeState::kAbsent && !device_ && HasOwnPower() &&
         IsMarkedPowerCut(parts_.system, node_.name);
}

void NodeBoot::GivePower() {
  cause_ = "the serve that cut its power ended before it gave it again";
  was_powered_ = true;
  Step(Rung::kPowerOn, os::Moment{0});
}

// The last rung: the operator reads both why it was needed and why it did not hold.
void NodeBoot::FailPower(const std::string& why) {
  cause_ += fmt::format("; {}: {}", StepName(), why);
  Quarantine();
}

void NodeBoot::On(const os::ProcessEnded& ended) {
  if (!power_command_ || ended.process != *power_command_) return;
  power_command_.reset();
  if (state_ != NodeState::kRecovering) return;
  if (ended.exit_code != 0) {
    return FailPower(fmt::format("the power command ended with {}", ended.exit_code));
  }
  PowerIsSwitched();
}

os::Moment NodeBoot::NextDeadline() const { return std::min({deadline_, poke_, look_}); }

void NodeBoot::Tick(os::Moment now) {
  if (poke_ <= now && conversation_ != nullptr) Meet(conversation_->Resume());
  if (look_ <= now) {
    state_ == NodeState::kHalting ? LookWhetherHeard() : LookForReports();
  }
  if (deadline_ <= now) OnDeadline();
}

void NodeBoot::OnDeadline() {
  deadline_ = kNever;
  switch (state_) {
    case NodeState::kFirstStageSent:
      return FailBoot("it took the first stage and did not come back");
    case NodeState::kServing:
      return FailBoot(device_ ? "it still asks for files" : "it left and did not come back");
    case NodeState::kServed:
      return FailBoot("it has all that it asked for, and Linux does not show");
    case NodeState::kGadget:
      return FailBoot("its link did not join the bridge" +
                      (refusal_.empty() ? "" : ": " + refusal_));
    case NodeState::kLink:
      if (is_found_ && pulse_ == Pulse::kAnswers) return BeWell(NodeState::kUp);
      return FailBoot("the link is up, and its root is not mounted");
    case NodeState::kMounted:
      if (is_found_ && pulse_ == Pulse::kAnswers) return BeWell(NodeState::kUp);
      return FailBoot("the root is mounted, and zprov-node says nothing");
    case NodeState::kHalting:
      if (IsUnheard()) return FailUnheardOrder();
      return FailOrder(device_ ? "it did not leave the bus"
                               : "it left the bus and did not come back");
    case NodeState::kRecovering:
      return TakeStep();
    case NodeState::kFailed:
      return device_ ? Arrived(os::UsbDevice(*device_)) : Enter(NodeState::kAbsent, kNever);
    case NodeState::kAbsent:
    case NodeState::kRom:
    case NodeState::kHealthy:
    case NodeState::kUp:
    case NodeState::kQuarantined:
      return;
  }
}

}  // namespace zprov::engine
