// The host of one of the cable's gadgets, through the cable's own port but for the notices, of
// which the port keeps some back (vm/cable/README.md, Limits).
#pragma once

#include <memory>

#include "qemu/gadget_reader/interview.h"
#include "sim/clock.h"
#include "unit/vm/machine_port.h"
#include "vm/cable/gadget.h"

namespace zprov::tests {

class ModelHost final : public UsbHost {
 public:
  ModelHost(vm::Gadget gadget, sim::UsbSpeed speed, const vm::GadgetNames& names);

  Answer Control(const Setup& setup, const std::string& out) override;
  Answer Configure(uint8_t value) override;
  Answer Set(uint8_t interface_number, uint8_t setting) override;
  std::vector<std::string> Listen(uint8_t endpoint, uint16_t packet_size) override;

 private:
  Answer Of(uint64_t transfer);

  sim::VirtualClock clock_;
  vm::Device device_;
  uint8_t configuration_ = 0;
  vm::RedirPort port_{clock_};
  MachinePort machine_{port_};
};

}  // namespace zprov::tests
