#include "vm/cable/cable.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/zero/config_txt.h"
#include "sim/zero/ids.h"
#include "sim/zero/node.h"

namespace zprov::vm {
namespace {

using sim::zero::Fault;
using sim::zero::Stage;

// A real Zero's gadget is a high-speed device. Its own end is a full-speed one, which costs QEMU's
// dwc2 a fifth of the start-of-frame interrupts, and nobody but the two of them sees it.
constexpr sim::UsbSpeed kHostSpeed = sim::UsbSpeed::kHigh;
constexpr sim::UsbSpeed kZeroSpeed = sim::UsbSpeed::kFull;

std::string FileOf(const sim::zero::Served& served, std::string_view name) {
  const auto found = served.files.find(std::string(name));
  return found == served.files.end() ? "" : found->second;
}

Served ForMachine(const sim::zero::Served& served) {
  const std::string line = FileOf(served, sim::zero::kCommandLine);
  return {.kernel = FileOf(served, served.KernelName()),
          .device_tree = FileOf(served, sim::zero::kDeviceTree),
          .initramfs = FileOf(served, served.InitramfsName()),
          .command_line = line.substr(0, line.find('\n'))};
}

// What the Zero's initramfs makes of its command line.
std::optional<Gadget> GadgetOf(const std::string& line) {
  const auto named = sim::zero::Word(line, "zprov.gadget");
  if (named) return GadgetNamed(*named);
  const bool has_words = sim::zero::Word(line, "g_ether.host_addr").has_value();
  return has_words ? std::optional(Gadget::kGEther) : std::nullopt;
}

// Why no board on this cable can have it; empty: it can.
std::string_view WhyNever(Fault fault) {
  switch (fault) {
    case Fault::kRomDeaf:
    case Fault::kRomStalls:
    case Fault::kStatusReadFails:
    case Fault::kNeverReturns:
    case Fault::kReturnsAsRom:
    case Fault::kImpatient:
    case Fault::kVanishesInBulk:
    case Fault::kShowsItselfAgain:
    case Fault::kNoGadget:
    case Fault::kNoWarmReboot:
      return "";
    case Fault::kRandomMacs:
    case Fault::kNoCarrier:
    case Fault::kNoMount:
    case Fault::kIgnoresOrders:
      return "that is done by Linux, and the Zero's is a real one: change what it is served";
    case Fault::kRomAfterHalt:
      return "every Zero on this cable is a ROM again after it was halted";
    case Fault::kJamsHub:
      return "QEMU has no way to let a port answer -110";
  }
  return "";
}

std::string SerialFor(const PortPath& port, uint64_t seed) {
  sim::zero::Random random(seed, port.ToString() + " serial");
  return sim::zero::DrawSerial(random);
}

}  // namespace

Cable::Cable(sim::zero::Options options, uint64_t seed, const os::Clock& clock, Outside outside)
    : clock_(clock),
      outside_(std::move(outside)),
      host_port_(clock),
      zero_port_(std::make_unique<RedirPort>(clock)),
      to_host_(clock, {seed, options.port.ToString() + " to the host"},
               [this](const std::string& frame) { return ToHost(frame); }),
      to_zero_(clock, {seed, options.port.ToString() + " to the Zero"},
               [this](const std::string& frame) { return ToZero(frame); }),
      serial_(SerialFor(options.port, seed)),
      board_(std::move(options), seed, OnCable()) {}

void Cable::PowerOn() {
  if (has_power_) board_.Start();
}

void Cable::CutPower() {
  outside_.say("power off");
  has_power_ = false;
  outside_.kill_machine();
  TakeDownNetwork();
  board_.Follow(os::UsbBus::PortPower::kOff);
}

void Cable::GivePower() {
  outside_.say("power on");
  has_power_ = true;
  board_.Follow(os::UsbBus::PortPower::kOn);
}

void Cable::Unplug() {
  outside_.say("unplugged");
  is_plugged_in_ = false;
  host_port_.Unplug();
}

void Cable::Plug() {
  if (std::exchange(is_plugged_in_, true)) return;
  outside_.say("plugged in");
  if (!shown_) return;
  // What has the first stage already runs on and will leave by itself.
  if (board_.stage() != Stage::kFirstStage) shown_->function->OnReset();
  host_port_.Plug(*shown_);
}

Result<void> Cable::Break(Fault fault, int boots) {
  const std::string_view why = WhyNever(fault);
  if (!why.empty()) {
    return Fail(ErrorKind::kNotSupported, fmt::format("{}: {}", NameOf(fault), why));
  }
  outside_.say(fmt::format("from its next boot on: {}", NameOf(fault)));
  board_.Break(fault, boots);
  return {};
}

void Cable::set_line_faults(const LineFaults& faults) {
  outside_.say(fmt::format("the network delays by {} ms, drops {} %, damages {} %",
                           faults.delay.count(), faults.drop_percent, faults.corrupt_percent));
  line_faults_ = faults;
  to_host_.set_faults(faults);
  to_zero_.set_faults(faults);
}

void Cable::StallNetwork(std::chrono::seconds time) {
  outside_.say(fmt::format("the network stands still for {} s", time.count()));
  to_host_.StallUntil(clock_.Now() + time);
  to_zero_.StallUntil(clock_.Now() + time);
}

sim::zero::Board::Surroundings Cable::OnCable() {
  return {
      .show = [this](const os::UsbDevice& shown,
                     std::shared_ptr<sim::UsbFunction> function) { Show(shown, function); },
      .leave =
          [this] {
            outside_.say("leaves the bus");
            shown_.reset();
            host_port_.Unplug();
          },
      .jam = [] {},  // QEMU has no way to let a port answer -110: the simulator alone does it
      .after =
          [this](std::chrono::nanoseconds delay, std::function<void()> then) {
            planned_.emplace(clock_.Now() + delay, std::move(then));
          },
      .start_linux = [this] { StartLinux(); },
      .clock = clock_,
  };
}

// The serial string is "Broadcom" on every Zero (src/core/usbboot/README.md, Identification).
void Cable::Show(const os::UsbDevice& shown, std::shared_ptr<sim::UsbFunction> function) {
  outside_.say(fmt::format("shows {:04x}:{:04x}", shown.vendor, shown.product));
  Present({.descriptor = {.vendor = shown.vendor,
                          .product = shown.product,
                          .device_class = shown.device_class,
                          .manufacturer_index = 1,
                          .product_index = 2,
                          .serial_index = shown.serial_index},
           .strings = {"Broadcom", "BCM2708 Boot"},
           .function = std::move(function)});
}

void Cable::Present(Device device) {
  shown_ = device;
  if (is_plugged_in_) host_port_.Plug(std::move(device));
}

void Cable::StartLinux() {
  Served served = ForMachine(board_.served());
  served.serial = serial_;
  for (const auto& [name, bytes] : board_.served().files) {
    outside_.say(fmt::format("was served {} ({} bytes)", name, bytes.size()));
  }
  const auto gadget = GadgetOf(served.command_line);
  if (!gadget) {
    outside_.say("the command line names a gadget that this cable does not have: " +
                 served.command_line);
    return board_.Die();
  }
  gadget_ = *gadget;
  host_end_.reset();
  zero_end_ = std::make_shared<NetworkEnd>(
      kZeroSpeed, ConfigurationsOf(Gadget::kGeth, kZeroSpeed).front(),
      NetworkEnd::Told{[this](const std::string& frame) { return FromZero(frame); },
                       [this] { ShowGadget(); }});
  zero_port_ = std::make_unique<RedirPort>(clock_);
  zero_port_->Plug(DeviceOf(Gadget::kGeth, zero_end_, {}));
  outside_.say(fmt::format("starts Linux on board {}: {}", served.serial, served.command_line));
  outside_.start_machine(served);
}

// Not before the Zero's own driver has taken up its end: a Zero whose initramfs has none offers
// none.
void Cable::ShowGadget() {
  if (host_end_) return;
  outside_.say("offers its gadget");
  board_.Enter(Stage::kGadget);
  host_end_ = std::make_shared<NetworkEnd>(
      kHostSpeed, ConfigurationsOf(gadget_, kHostSpeed).front(),
      NetworkEnd::Told{[this](const std::string& frame) { return FromHost(frame); },
                       [this] { outside_.say("its host took up the link"); }});
  const std::string line = ForMachine(board_.served()).command_line;
  Present(DeviceOf(gadget_, host_end_,
                   {.node = sim::zero::Word(line, "zprov.node").value_or(""),
                    .host_mac = sim::zero::Orders::Of(line).host_mac}));
}

Result<void> Cable::CaptureTo(Side side, const std::string& path) {
  std::optional<Capture>& capture = side == Side::kHost ? host_capture_ : zero_capture_;
  capture.reset();
  if (path.empty()) return {};
  ZPROV_ASSIGN(capture, Capture::To(path));
  return {};
}

void Cable::Captured(std::optional<Capture>& capture, const std::string& frame) {
  if (capture) capture->Add(frame, clock_.WallTime());
}

bool Cable::FromHost(const std::string& frame) {
  if (!to_zero_.Send(frame)) return false;
  Captured(host_capture_, frame);
  return true;
}

bool Cable::FromZero(const std::string& frame) {
  if (!to_host_.Send(frame)) return false;
  Captured(zero_capture_, frame);
  return true;
}

bool Cable::ToHost(const std::string& frame) {
  if (!host_end_ || !is_plugged_in_) return true;
  if (!host_end_->Send(frame)) return false;
  host_port_.Poke();
  Captured(host_capture_, frame);
  return true;
}

bool Cable::ToZero(const std::string& frame) {
  if (!zero_end_) return true;
  if (!zero_end_->Send(frame)) return false;
  zero_port_->Poke();
  Captured(zero_capture_, frame);
  return true;
}

void Cable::TakeDownNetwork() {
  zero_port_ = std::make_unique<RedirPort>(clock_);
  host_end_.reset();
  zero_end_.reset();
  to_host_.Clear();
  to_zero_.Clear();
}

void Cable::MachineEnded() {
  outside_.say("its machine ended");
  TakeDownNetwork();
  board_.Has(Fault::kNoWarmReboot) ? board_.Die() : board_.Reboot();
}

void Cable::CatchUp() {
  while (!planned_.empty() && planned_.begin()->first <= clock_.Now()) {
    const auto then = planned_.extract(planned_.begin());
    then.mapped()();
  }
  to_host_.CatchUp();
  to_zero_.CatchUp();
  host_port_.CatchUp();
  zero_port_->CatchUp();
}

os::Moment Cable::NextDeadline() const {
  const os::Moment planned = planned_.empty() ? os::Moment::max() : planned_.begin()->first;
  return std::min({planned, to_host_.NextDeadline(), to_zero_.NextDeadline(),
                   host_port_.NextDeadline(), zero_port_->NextDeadline()});
}

}  // namespace zprov::vm
