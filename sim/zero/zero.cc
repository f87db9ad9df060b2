#include "sim/zero/zero.h"

#include <stdexcept>
#include <utility>

namespace zprov::sim::zero {

Zero::Zero(World& world, Options options)
    : world_(world),
      board_(std::move(options), world.seed(), AtPort()),
      serial_(DrawSerial(board_.random())) {
  world_.usb().WirePower(port(), [this](os::UsbBus::PortPower power) { board_.Follow(power); });
}

Board::Surroundings Zero::AtPort() {
  return {
      .show =
          [this](const os::UsbDevice& device, std::shared_ptr<UsbFunction> function) {
            world_.usb().Plug(device, std::move(function));
          },
      .leave = [this] { LeaveBus(); },
      .jam = [this] { world_.usb().Jam(port()); },
      .after = [this](std::chrono::nanoseconds delay,
                      std::function<void()> then) { world_.queue().After(delay, std::move(then)); },
      .start_linux = [this] { StartLinux(); },
      .clock = world_.clock(),
      .entered = [this] { world_.NoteStage(port()); },
  };
}

void Zero::LeavePort() {
  const Link* const link = world_.network().LinkAt(port());
  if (link != nullptr) world_.network().Unplug(link->name);
  world_.usb().Unplug(port());
}

void Zero::LeaveBus() {
  LeavePort();
  node_.reset();
}

void Zero::UnplugAlive() {
  if (!node_.has_value()) throw std::logic_error("a board that runs no Linux is unplugged alive");
  LeavePort();
}

void Zero::PlugInAlive() {
  if (!node_.has_value()) throw std::logic_error("a board that runs no Linux is plugged in alive");
  ShowGadget();
}

std::shared_ptr<Zero> PlugZero(World& world, Options options) {
  auto zero = std::make_shared<Zero>(world, std::move(options));
  world.AtBoot([zero](World&) { zero->Start(); });
  return zero;
}

}  // namespace zprov::sim::zero
