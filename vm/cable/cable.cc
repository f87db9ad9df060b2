#include "vm/cable/cable.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/zero/config_txt.h"
#include "sim/zero/ids.h"

namespace zprov::vm {
namespace {

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

}  // namespace

Cable::Cable(sim::zero::Options options, uint64_t seed, const os::Clock& clock, Outside outside)
    : clock_(clock),
      outside_(std::move(outside)),
      host_port_(clock),
      zero_port_(std::make_unique<RedirPort>(clock)),
      board_(std::move(options), seed, OnCable()) {}

sim::zero::Board::Surroundings Cable::OnCable() {
  return {
      .show = [this](const os::UsbDevice& shown,
                     std::shared_ptr<sim::UsbFunction> function) { Show(shown, function); },
      .leave =
          [this] {
            outside_.say("leaves the bus");
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
  host_port_.Plug({.descriptor = {.vendor = shown.vendor,
                                  .product = shown.product,
                                  .device_class = shown.device_class,
                                  .manufacturer_index = 1,
                                  .product_index = 2,
                                  .serial_index = shown.serial_index},
                   .strings = {"Broadcom", "BCM2708 Boot"},
                   .function = std::move(function)});
}

void Cable::StartLinux() {
  const Served served = ForMachine(board_.served());
  for (const auto& [name, bytes] : board_.served().files) {
    outside_.say(fmt::format("was served {} ({} bytes)", name, bytes.size()));
  }
  if (sim::zero::Word(served.command_line, "zprov.gadget") != "geth") {
    outside_.say("the command line names another gadget than geth, the only one of this cable: " +
                 served.command_line);
    return board_.Die();
  }
  host_end_.reset();
  zero_end_ = std::make_shared<NetworkEnd>(
      kZeroSpeed, NetworkEnd::Told{[this](const std::string& frame) {
                                     if (!host_end_) return true;
                                     const bool has_room = host_end_->Send(frame);
                                     host_port_.Poke();
                                     return has_room;
                                   },
                                   [this] { ShowGadget(); }});
  zero_port_ = std::make_unique<RedirPort>(clock_);
  zero_port_->Plug(GadgetOf(zero_end_, ""));
  outside_.say("starts Linux: " + served.command_line);
  outside_.start_machine(served);
}

// Not before the Zero's own driver has taken up its end: a Zero whose initramfs has none offers
// none.
void Cable::ShowGadget() {
  if (host_end_) return;
  outside_.say("offers its gadget");
  board_.Enter(Stage::kGadget);
  host_end_ = std::make_shared<NetworkEnd>(
      kHostSpeed, NetworkEnd::Told{[this](const std::string& frame) {
                                     const bool has_room = zero_end_->Send(frame);
                                     zero_port_->Poke();
                                     return has_room;
                                   },
                                   [this] { outside_.say("its host took up the link"); }});
  const std::string line = ForMachine(board_.served()).command_line;
  std::string mac = sim::zero::Word(line, "zprov.mac").value_or("");
  std::erase(mac, ':');
  host_port_.Plug(GadgetOf(host_end_, mac));
}

void Cable::MachineEnded() {
  outside_.say("its machine ended");
  zero_port_ = std::make_unique<RedirPort>(clock_);
  host_end_.reset();
  board_.Reboot();
}

void Cable::CatchUp() {
  while (!planned_.empty() && planned_.begin()->first <= clock_.Now()) {
    const auto then = planned_.extract(planned_.begin());
    then.mapped()();
  }
  host_port_.CatchUp();
  zero_port_->CatchUp();
}

os::Moment Cable::NextDeadline() const {
  const os::Moment planned = planned_.empty() ? os::Moment::max() : planned_.begin()->first;
  return std::min({planned, host_port_.NextDeadline(), zero_port_->NextDeadline()});
}

}  // namespace zprov::vm
