#include "unit/vm/machine_port.h"

#include <fmt/format.h>
#include <usbredirfilter.h>
#include <usbredirparser.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace zprov::tests {

class MachinePort::Parser {
 public:
  explicit Parser(MachinePort& port) : port_(port), parser_(usbredirparser_create()) {
    parser_->priv = this;
    SetCallbacks();
    uint32_t capabilities[USB_REDIR_CAPS_SIZE] = {0};
    for (const int each :
         {usb_redir_cap_connect_device_version, usb_redir_cap_filter,
          usb_redir_cap_device_disconnect_ack, usb_redir_cap_ep_info_max_packet_size,
          usb_redir_cap_64bits_ids, usb_redir_cap_32bits_bulk_length}) {
      usbredirparser_caps_set_cap(capabilities, each);
    }
    usbredirparser_init(parser_, "test machine", capabilities, USB_REDIR_CAPS_SIZE, 0);
  }
  ~Parser() { usbredirparser_destroy(parser_); }

  std::string TakeOutput() {
    while (usbredirparser_has_data_to_write(parser_) > 0) usbredirparser_do_write(parser_);
    return std::exchange(output_, "");
  }
  bool Receive(const std::string& bytes) {
    input_ += bytes;
    return usbredirparser_do_read(parser_) == 0;
  }
  usbredirparser* get() { return parser_; }

 private:
  static MachinePort& Of(void* priv) { return static_cast<Parser*>(priv)->port_; }
  static void Keep(void* priv, uint64_t id, Done done) { Of(priv).done_[id] = std::move(done); }
  static Done Ended(int status, uint8_t* data, int length) {
    return {status, std::string(reinterpret_cast<char*>(data), static_cast<size_t>(length))};
  }
  void SetCallbacks();
  void SetTransfers();

  MachinePort& port_;
  usbredirparser* parser_;
  std::string input_;
  std::string output_;
};

void MachinePort::Parser::SetCallbacks() {
  parser_->log_func = [](void*, int, const char*) {};
  parser_->read_func = [](void* priv, uint8_t* data, int count) {
    std::string& input = static_cast<Parser*>(priv)->input_;
    const size_t size = std::min(input.size(), static_cast<size_t>(count));
    std::memcpy(data, input.data(), size);
    input.erase(0, size);
    return static_cast<int>(size);
  };
  parser_->write_func = [](void* priv, uint8_t* data, int count) {
    static_cast<Parser*>(priv)->output_.append(reinterpret_cast<char*>(data),
                                               static_cast<size_t>(count));
    return count;
  };
  parser_->hello_func = [](void*, usb_redir_hello_header*) {};
  parser_->device_connect_func = [](void* priv, usb_redir_device_connect_header* device) {
    Of(priv).plugged_.push_back(
        fmt::format("{:04x}:{:04x} {}", uint16_t{device->vendor_id}, uint16_t{device->product_id},
                    device->speed == usb_redir_speed_high ? "high" : "full"));
  };
  // The library acknowledges by itself.
  parser_->device_disconnect_func = [](void* priv) { Of(priv).plugged_.push_back("-"); };
  parser_->interface_info_func = [](void*, usb_redir_interface_info_header*) {};
  parser_->ep_info_func = [](void* priv, usb_redir_ep_info_header* info) {
    Of(priv).endpoints_.clear();
    for (size_t i = 0; i < 32; ++i) {
      if (info->type[i] != usb_redir_type_bulk) continue;
      Of(priv).endpoints_.push_back(fmt::format("{} {} {}", i < 16 ? "OUT" : "IN", i % 16,
                                                uint16_t{info->max_packet_size[i]}));
    }
  };
  parser_->configuration_status_func = [](void* priv, uint64_t id,
                                          usb_redir_configuration_status_header* status) {
    Keep(priv, id, {status->status});
  };
  parser_->alt_setting_status_func = [](void* priv, uint64_t id,
                                        usb_redir_alt_setting_status_header* status) {
    Keep(priv, id, {status->status});
  };
  parser_->interrupt_receiving_status_func =
      [](void* priv, uint64_t id, usb_redir_interrupt_receiving_status_header* status) {
        Keep(priv, id, {status->status});
      };
  parser_->interrupt_packet_func = [](void* priv, uint64_t, usb_redir_interrupt_packet_header*,
                                      uint8_t* data, int length) {
    Of(priv).notices_.push_back(Ended(0, data, length).bytes);
    usbredirparser_free_packet_data(static_cast<Parser*>(priv)->parser_, data);
  };
  SetTransfers();
}

void MachinePort::Parser::SetTransfers() {
  parser_->filter_reject_func = [](void*) {};
  parser_->filter_filter_func = [](void*, usbredirfilter_rule* rules, int) { std::free(rules); };
  parser_->control_packet_func = [](void* priv, uint64_t id,
                                    usb_redir_control_packet_header* header, uint8_t* data,
                                    int length) {
    Keep(priv, id, Ended(header->status, data, length));
    usbredirparser_free_packet_data(static_cast<Parser*>(priv)->parser_, data);
  };
  parser_->bulk_packet_func = [](void* priv, uint64_t id, usb_redir_bulk_packet_header* header,
                                 uint8_t* data, int length) {
    Keep(priv, id, Ended(header->status, data, length));
    usbredirparser_free_packet_data(static_cast<Parser*>(priv)->parser_, data);
  };
}

MachinePort::MachinePort(vm::RedirPort& far) : far_(far), parser_(std::make_unique<Parser>(*this)) {
  Pump();
}
MachinePort::~MachinePort() = default;

void MachinePort::Pump() {
  for (;;) {
    const std::string out = parser_->TakeOutput();
    const std::string in = far_.TakeOutput();
    if (out.empty() && in.empty()) return;
    if (!far_.Receive(out)) plugged_.push_back("the port understood nothing");
    if (!parser_->Receive(in)) plugged_.push_back("the machine understood nothing");
  }
}

void MachinePort::Reset() {
  usbredirparser_send_reset(parser_->get());
  Pump();
}

uint64_t MachinePort::Configure(uint8_t value) {
  usb_redir_set_configuration_header header{value};
  usbredirparser_send_set_configuration(parser_->get(), ++last_, &header);
  Pump();
  return last_;
}

uint64_t MachinePort::Set(uint8_t interface_number, uint8_t setting) {
  usb_redir_set_alt_setting_header header{interface_number, setting};
  usbredirparser_send_set_alt_setting(parser_->get(), ++last_, &header);
  Pump();
  return last_;
}

uint64_t MachinePort::Listen(uint8_t endpoint) {
  usb_redir_start_interrupt_receiving_header header{static_cast<uint8_t>(0x80 | endpoint)};
  usbredirparser_send_start_interrupt_receiving(parser_->get(), ++last_, &header);
  Pump();
  return last_;
}

uint64_t MachinePort::ControlIn(const os::ControlIn& request) {
  usb_redir_control_packet_header header{};
  header.endpoint = 0x80;
  header.requesttype = request.request_type;
  header.request = request.request;
  header.value = request.value;
  header.index = request.index;
  header.length = request.length;
  usbredirparser_send_control_packet(parser_->get(), ++last_, &header, nullptr, 0);
  Pump();
  return last_;
}

uint64_t MachinePort::ControlOut(const os::ControlOut& request, std::string bytes) {
  usb_redir_control_packet_header header{};
  header.requesttype = request.request_type;
  header.request = request.request;
  header.value = request.value;
  header.index = request.index;
  header.length = static_cast<uint16_t>(bytes.size());
  usbredirparser_send_control_packet(parser_->get(), ++last_, &header,
                                     reinterpret_cast<uint8_t*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  Pump();
  return last_;
}

uint64_t MachinePort::BulkOut(uint8_t endpoint, std::string bytes) {
  usb_redir_bulk_packet_header header{};
  header.endpoint = endpoint;
  header.length = static_cast<uint16_t>(bytes.size() & 0xffff);
  header.length_high = static_cast<uint16_t>(bytes.size() >> 16);
  usbredirparser_send_bulk_packet(parser_->get(), ++last_, &header,
                                  reinterpret_cast<uint8_t*>(bytes.data()),
                                  static_cast<int>(bytes.size()));
  Pump();
  return last_;
}

uint64_t MachinePort::BulkIn(uint8_t endpoint, size_t most) {
  usb_redir_bulk_packet_header header{};
  header.endpoint = static_cast<uint8_t>(0x80 | endpoint);
  header.length = static_cast<uint16_t>(most & 0xffff);
  header.length_high = static_cast<uint16_t>(most >> 16);
  usbredirparser_send_bulk_packet(parser_->get(), ++last_, &header, nullptr, 0);
  Pump();
  return last_;
}

void MachinePort::Cancel(uint64_t id) {
  usbredirparser_send_cancel_data_packet(parser_->get(), id);
  Pump();
}

std::optional<MachinePort::Done> MachinePort::ResultOf(uint64_t id) {
  Pump();
  const auto found = done_.find(id);
  if (found == done_.end()) return std::nullopt;
  return found->second;
}

}  // namespace zprov::tests
