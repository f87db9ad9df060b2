#include "qemu/zero/model_host.h"

namespace zprov::tests {
namespace {

using Packets = std::vector<std::string>;

constexpr int kStall = 4;  // usbredirproto.h

}  // namespace

ModelHost::ModelHost(vm::Gadget gadget, sim::UsbSpeed speed, const vm::GadgetNames& names) {
  const auto end = std::make_shared<vm::NetworkEnd>(
      speed, vm::ConfigurationsOf(gadget, speed).front(), vm::NetworkEnd::Told{});
  device_ = vm::DeviceOf(gadget, end, names);
  port_.Plug(device_);
  machine_.Pump();
}

Answer ModelHost::Of(uint64_t transfer) {
  const auto done = machine_.ResultOf(transfer);
  if (!done) return {.bytes = "no answer"};
  return {.stalled = done->status == kStall, .bytes = done->bytes};
}

Answer ModelHost::Control(const Setup& setup, const std::string& out) {
  const auto& [type, request, value, index, length] = setup;
  const bool to_host = (type & 0x80) != 0;
  return Of(to_host ? machine_.ControlIn({type, request, value, index, length})
                    : machine_.ControlOut({type, request, value, index}, out));
}

Answer ModelHost::Configure(uint8_t value) {
  const Answer answer = Of(machine_.Configure(value));
  if (!answer.stalled) configuration_ = value;
  return answer;
}

Answer ModelHost::Set(uint8_t interface_number, uint8_t setting) {
  return Of(machine_.Set(interface_number, setting));
}

std::vector<std::string> ModelHost::Listen(uint8_t /*endpoint*/, uint16_t /*packet_size*/) {
  std::vector<std::string> said = device_.notices ? device_.notices(configuration_) : Packets();
  for (std::string& each : device_.news ? device_.news() : Packets()) said.push_back(each);
  return said;
}

}  // namespace zprov::tests
