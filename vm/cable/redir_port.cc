#include "vm/cable/redir_port.h"

#include <fmt/format.h>
#include <usbredirfilter.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <variant>

#include "vm/cable/redir_packets.h"

namespace zprov::vm {
namespace {

using redir::Bulk;
using redir::Bytes;
using redir::Control;
using redir::IndexOf;
using redir::kIn;
using redir::LengthOf;
using redir::Packet;
using redir::SetLength;
using redir::Taken;
using redir::Waiting;
using sim::UsbReply;

// USB 2.0, 9.3 and 9.4.
constexpr uint8_t kTypeMask = 0x60;
constexpr uint8_t kGetStatus = 0;
constexpr uint8_t kGetDescriptor = 6;
constexpr uint16_t kControlPacketSize = 64;

// usbredirproto.h, in the size of its fields.
constexpr uint8_t kSuccess = usb_redir_success;
constexpr uint8_t kStall = usb_redir_stall;
constexpr uint8_t kIoError = usb_redir_ioerror;

// What QEMU's xhci asks of a usb-redir device; bulk_receiving stays off (README.md).
constexpr std::array kCapabilities = {usb_redir_cap_connect_device_version,
                                      usb_redir_cap_filter,
                                      usb_redir_cap_device_disconnect_ack,
                                      usb_redir_cap_ep_info_max_packet_size,
                                      usb_redir_cap_64bits_ids,
                                      usb_redir_cap_32bits_bulk_length};

// A guest of Linux 6.1 that hears within 30 ms that its link is not there and then that it is stays
// without carrier while it is busy (README.md, Limits): it hears only how things are now. The kind
// of a notice is in its first two bytes (USB CDC 1.2, 6.3).
std::vector<std::string> LastOfEachKind(const std::vector<std::string>& notices) {
  std::vector<std::string> last;
  for (const std::string& each : notices) {
    std::erase_if(last, [&](const auto& one) { return one.substr(0, 2) == each.substr(0, 2); });
    last.push_back(each);
  }
  return last;
}

}  // namespace

// Everything that knows libusbredirparser.
class RedirPort::Wire {
 public:
  explicit Wire(const os::Clock& clock) : clock_(clock), parser_(usbredirparser_create()) {
    parser_->priv = this;
    SetPipes();
    SetRequests();
    SetTransfers();
    std::array<uint32_t, USB_REDIR_CAPS_SIZE> capabilities{};
    for (const int each : kCapabilities) usbredirparser_caps_set_cap(capabilities.data(), each);
    usbredirparser_init(parser_, "zprov cable", capabilities.data(), USB_REDIR_CAPS_SIZE,
                        usbredirparser_fl_usb_host);
  }
  ~Wire() { usbredirparser_destroy(parser_); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  void Plug(Device device) {
    Unplug();
    next_ = std::move(device);
    ShowNext();
  }

  void Unplug() {
    next_.reset();
    if (!device_) return;
    for (const auto& [endpoint, queue] : queues_) {
      for (const Waiting& each : queue) Cancelled(each.packet);
    }
    queues_.clear();
    device_.reset();
    Forget();
    usbredirparser_send_device_disconnect(parser_);
    awaits_ack_ = usbredirparser_peer_has_cap(parser_, usb_redir_cap_device_disconnect_ack) != 0;
  }

  void Poke() {
    for (const uint8_t endpoint : Endpoints()) {
      if ((endpoint & kIn) != 0) Ask(endpoint);
    }
  }

  void CatchUp() {
    const os::Moment now = clock_.Now();
    for (const uint8_t endpoint : Endpoints()) {
      const auto queue = queues_.find(endpoint);
      const bool is_due =
          queue != queues_.end() && !queue->second.empty() && queue->second.front().again <= now;
      if (is_due) Ask(endpoint);
    }
  }

  os::Moment NextDeadline() const {
    os::Moment next = os::Moment::max();
    for (const auto& [endpoint, queue] : queues_) {
      if (!queue.empty()) next = std::min(next, queue.front().again);
    }
    return next;
  }

  Result<void> Receive(std::string_view bytes) {
    input_ += bytes;
    if (usbredirparser_do_read(parser_) == 0) return {};
    return Fail(ErrorKind::kInvalid, "QEMU sent what is no usbredir: " + complaint_);
  }

  std::string TakeOutput() {
    while (usbredirparser_has_data_to_write(parser_) > 0) usbredirparser_do_write(parser_);
    return std::exchange(output_, "");
  }

 private:
  static Wire& Of(void* priv) { return *static_cast<Wire*>(priv); }

  void SetPipes();
  void SetRequests();
  void SetTransfers();

  // ---- coming and going
  void ShowNext() {
    if (!next_ || !has_peer_ || awaits_ack_) return;
    device_ = std::exchange(next_, std::nullopt);
    SendShape();
    const DeviceDescriptor& shown = device_->descriptor;
    usb_redir_device_connect_header connect{};
    connect.speed = static_cast<uint8_t>(device_->function->Speed() == sim::UsbSpeed::kHigh
                                             ? usb_redir_speed_high
                                             : usb_redir_speed_full);
    connect.device_class = shown.device_class;
    connect.vendor_id = shown.vendor;
    connect.product_id = shown.product;
    connect.device_version_bcd = shown.release;
    usbredirparser_send_device_connect(parser_, &connect);
  }

  // What the host has chosen, or could.
  std::string Shown() const {
    return configuration_ == 0 ? device_->function->Configuration()
                               : ConfigurationWith(*device_, configuration_);
  }

  void Forget() {
    configuration_ = 0;
    settings_.clear();
    listened_to_ = 0;
  }

  void SendShape() {
    usb_redir_interface_info_header interfaces{};
    usb_redir_ep_info_header endpoints{};
    std::fill(std::begin(endpoints.type), std::end(endpoints.type),
              static_cast<uint8_t>(usb_redir_type_invalid));
    for (const size_t i : {IndexOf(0), IndexOf(kIn)}) {
      endpoints.type[i] = usb_redir_type_control;
      endpoints.max_packet_size[i] = kControlPacketSize;
    }
    for (const Interface& each : InterfacesOf(Shown(), settings_)) {
      const uint32_t at = interfaces.interface_count++;
      interfaces.interface[at] = each.number;
      interfaces.interface_class[at] = each.device_class;
      interfaces.interface_subclass[at] = each.subclass;
      interfaces.interface_protocol[at] = each.protocol;
      for (const Endpoint& endpoint : each.endpoints) {
        const size_t i = IndexOf(endpoint.address);
        endpoints.type[i] = endpoint.type;
        endpoints.interval[i] = endpoint.interval;
        endpoints.interface[i] = endpoint.interface_number;
        endpoints.max_packet_size[i] = endpoint.packet_size;
      }
    }
    usbredirparser_send_interface_info(parser_, &interfaces);
    usbredirparser_send_ep_info(parser_, &endpoints);
  }

  // The guest resets each new device before it chooses a configuration; only a later one is a reset
  // that somebody wanted.
  void OnReset() {
    if (device_ && configuration_ != 0) device_->function->OnReset();
    Forget();
  }

  void OnConfiguration(uint64_t id, uint8_t value) {
    if (!device_) return SendConfiguration(id, kIoError);
    if (value != 0 && ConfigurationWith(*device_, value).empty()) {
      return SendConfiguration(id, kStall);
    }
    const bool is_new = configuration_ == 0 && value != 0;
    Forget();
    configuration_ = value;
    SendShape();
    SendConfiguration(id, kSuccess);
    if (!is_new || !device_->configured) return;
    const auto configured = device_->configured;  // lives until it returns
    configured();
  }

  void SendConfiguration(uint64_t id, uint8_t status) {
    usb_redir_configuration_status_header header{};
    header.status = status;
    header.configuration = configuration_;
    usbredirparser_send_configuration_status(parser_, id, &header);
  }

  void OnSetting(uint64_t id, uint8_t interface_number, uint8_t setting) {
    const bool has_it = device_ && HasSetting(Shown(), interface_number, setting);
    if (has_it) {
      settings_[interface_number] = setting;
      SendShape();
    }
    SendSetting(id, {has_it ? kSuccess : kStall, interface_number, setting});
  }

  void SendSetting(uint64_t id, usb_redir_alt_setting_status_header status) {
    usbredirparser_send_alt_setting_status(parser_, id, &status);
  }

  void TellSetting(uint64_t id, uint8_t interface_number) {
    const auto setting = settings_.find(interface_number);
    const uint8_t chosen = setting == settings_.end() ? uint8_t{0} : setting->second;
    SendSetting(id, {kSuccess, interface_number, chosen});
  }

  // On an interrupt endpoint, which is there to say that something changed.
  void OnListens(uint64_t id, uint8_t endpoint) {
    const bool is_there = device_ && HasInterruptEndpoint(Shown(), settings_, endpoint);
    SendListening(id, {is_there ? kSuccess : kStall, endpoint});
    if (!is_there) return;
    listened_to_ = endpoint;
    if (device_->notices) SendNotices(LastOfEachKind(device_->notices(configuration_)));
    SendNews();
  }

  void SendNews() {
    if (device_ && device_->news && listened_to_ != 0) SendNotices(device_->news());
  }

  void SendNotices(const std::vector<std::string>& notices) {
    for (std::string notice : notices) {
      usb_redir_interrupt_packet_header header{};
      header.endpoint = listened_to_;
      header.status = usb_redir_success;
      header.length = static_cast<uint16_t>(notice.size());
      usbredirparser_send_interrupt_packet(parser_, 0, &header, Bytes(notice),
                                           static_cast<int>(notice.size()));
    }
  }

  void OnListensNoMore(uint64_t id, uint8_t endpoint) {
    if (listened_to_ == endpoint) listened_to_ = 0;
    SendListening(id, {kSuccess, endpoint});
  }

  void SendListening(uint64_t id, usb_redir_interrupt_receiving_status_header status) {
    usbredirparser_send_interrupt_receiving_status(parser_, id, &status);
  }

  // ---- transfers, one of an endpoint after the other
  void Add(uint8_t endpoint, Packet packet) {
    if (!device_) return Cancelled(packet);
    auto& queue = queues_[endpoint];
    queue.push_back({std::move(packet)});
    if (queue.size() == 1) Ask(endpoint);
  }

  std::vector<uint8_t> Endpoints() const {
    std::vector<uint8_t> endpoints;
    for (const auto& [endpoint, queue] : queues_) endpoints.push_back(endpoint);
    return endpoints;
  }

  // A device may unplug itself while it is asked, and then nothing of its queues is left.
  void Ask(uint8_t endpoint) {
    for (;;) {
      const auto queue = queues_.find(endpoint);
      if (queue == queues_.end() || queue->second.empty()) return;
      const Packet packet = queue->second.front().packet;
      const auto function = device_->function;  // lives until it has answered
      UsbReply reply = std::visit([this](const auto& each) { return ReplyTo(each); }, packet);
      const auto still = queues_.find(endpoint);
      if (still == queues_.end() || still->second.empty()) return;
      Waiting& head = still->second.front();
      if (reply.kind == UsbReply::Kind::kNever) head.again = os::Moment::max();
      if (reply.kind == UsbReply::Kind::kLater) head.again = clock_.Now() + reply.again;
      const bool is_over =
          reply.kind == UsbReply::Kind::kTaken || reply.kind == UsbReply::Kind::kStall;
      if (!is_over) return;
      still->second.pop_front();
      std::visit([&](const auto& each) { Complete(each, std::move(reply)); }, packet);
    }
  }

  UsbReply ReplyTo(const Control& control) {
    const auto& header = control.header;
    if ((header.requesttype & kTypeMask) == 0) return StandardReply(header);
    if (device_->on_request) {
      return device_->on_request({header.requesttype, header.request, header.value, header.index,
                                  header.length, control.bytes, configuration_});
    }
    if ((header.requesttype & kIn) == 0) {
      return device_->function->OnControlOut(
          {header.requesttype, header.request, header.value, header.index});
    }
    return device_->function->OnControlIn(
        {header.requesttype, header.request, header.value, header.index, header.length});
  }

  UsbReply ReplyTo(const Bulk& bulk) {
    const uint8_t endpoint = bulk.header.endpoint;
    if ((endpoint & kIn) == 0) return device_->function->OnBulkOut(endpoint, bulk.bytes);
    return device_->bulk_in ? device_->bulk_in(LengthOf(bulk.header)) : UsbReply::Stall();
  }

  UsbReply StandardReply(const usb_redir_control_packet_header& header) const {
    if ((header.requesttype & kIn) == 0) return UsbReply::Taken();  // e.g. the end of a stall
    if (header.request == kGetStatus) return UsbReply::Taken(std::string(2, '\0'));
    if (header.request != kGetDescriptor) return UsbReply::Stall();
    std::string bytes = DescriptorOf(*device_, static_cast<uint8_t>(header.value >> 8),
                                     static_cast<uint8_t>(header.value & 0xff));
    return bytes.empty() ? UsbReply::Stall() : UsbReply::Taken(std::move(bytes));
  }

  static uint8_t StatusOf(const UsbReply& reply) {
    return static_cast<uint8_t>(reply.kind == UsbReply::Kind::kStall ? usb_redir_stall
                                                                     : usb_redir_success);
  }

  void Complete(Control control, UsbReply reply) {
    auto& header = control.header;
    header.status = StatusOf(reply);
    std::string& bytes = reply.bytes;
    const bool to_host = (header.endpoint & kIn) != 0;
    bytes.resize(to_host ? std::min<size_t>(bytes.size(), header.length) : 0);
    if (to_host) header.length = static_cast<uint16_t>(bytes.size());
    usbredirparser_send_control_packet(parser_, control.id, &header, Bytes(bytes),
                                       static_cast<int>(bytes.size()));
    SendNews();
  }

  void Complete(Bulk bulk, UsbReply reply) {
    bulk.header.status = StatusOf(reply);
    std::string& bytes = reply.bytes;
    if ((bulk.header.endpoint & kIn) != 0) SetLength(bulk.header, bytes.size());
    usbredirparser_send_bulk_packet(parser_, bulk.id, &bulk.header, Bytes(bytes),
                                    static_cast<int>(bytes.size()));
  }

  void Cancelled(Packet packet) {
    if (auto* control = std::get_if<Control>(&packet)) {
      control->header.status = usb_redir_cancelled;
      control->header.length = 0;
      usbredirparser_send_control_packet(parser_, control->id, &control->header, nullptr, 0);
    } else if (auto* bulk = std::get_if<Bulk>(&packet)) {
      bulk->header.status = usb_redir_cancelled;
      SetLength(bulk->header, 0);
      usbredirparser_send_bulk_packet(parser_, bulk->id, &bulk->header, nullptr, 0);
    }
  }

  void Cancel(uint64_t id) {
    for (auto& [endpoint, queue] : queues_) {
      const auto found = std::ranges::find_if(queue, [id](const Waiting& each) {
        return std::visit([id](const auto& packet) { return packet.id == id; }, each.packet);
      });
      if (found == queue.end()) continue;
      const Packet packet = found->packet;
      const bool was_head = found == queue.begin();
      queue.erase(found);
      Cancelled(packet);
      if (was_head) Ask(endpoint);
      return;
    }
  }

  const os::Clock& clock_;
  usbredirparser* parser_;
  std::string input_;
  std::string output_;
  std::string complaint_;
  bool has_peer_ = false;
  bool awaits_ack_ = false;
  uint8_t configuration_ = 0;  // the value of the one in use; 0: none
  uint8_t listened_to_ = 0;    // the interrupt endpoint; 0: none
  std::optional<Device> device_;
  std::optional<Device> next_;
  Settings settings_;
  std::map<uint8_t, std::deque<Waiting>> queues_;  // by endpoint; control's is 0 both ways
};

void RedirPort::Wire::SetPipes() {
  parser_->log_func = [](void* priv, int level, const char* text) {
    if (level == usbredirparser_error) Of(priv).complaint_ = text;
  };
  parser_->read_func = [](void* priv, uint8_t* data, int count) {
    std::string& input = Of(priv).input_;
    const size_t size = std::min(input.size(), static_cast<size_t>(count));
    std::memcpy(data, input.data(), size);
    input.erase(0, size);
    return static_cast<int>(size);
  };
  parser_->write_func = [](void* priv, uint8_t* data, int count) {
    Of(priv).output_.append(reinterpret_cast<char*>(data), static_cast<size_t>(count));
    return count;
  };
}

void RedirPort::Wire::SetRequests() {
  parser_->hello_func = [](void* priv, usb_redir_hello_header*) {
    Of(priv).has_peer_ = true;
    Of(priv).ShowNext();
  };
  parser_->device_disconnect_ack_func = [](void* priv) {
    Of(priv).awaits_ack_ = false;
    Of(priv).ShowNext();
  };
  parser_->reset_func = [](void* priv) { Of(priv).OnReset(); };
  parser_->set_configuration_func = [](void* priv, uint64_t id,
                                       usb_redir_set_configuration_header* header) {
    Of(priv).OnConfiguration(id, header->configuration);
  };
  parser_->get_configuration_func = [](void* priv, uint64_t id) {
    Of(priv).SendConfiguration(id, Of(priv).device_ ? kSuccess : kIoError);
  };
  parser_->set_alt_setting_func = [](void* priv, uint64_t id,
                                     usb_redir_set_alt_setting_header* header) {
    Of(priv).OnSetting(id, header->interface, header->alt);
  };
  parser_->get_alt_setting_func = [](void* priv, uint64_t id,
                                     usb_redir_get_alt_setting_header* header) {
    Of(priv).TellSetting(id, header->interface);
  };
}

void RedirPort::Wire::SetTransfers() {
  parser_->start_interrupt_receiving_func = [](void* priv, uint64_t id,
                                               usb_redir_start_interrupt_receiving_header* header) {
    Of(priv).OnListens(id, header->endpoint);
  };
  parser_->stop_interrupt_receiving_func = [](void* priv, uint64_t id,
                                              usb_redir_stop_interrupt_receiving_header* header) {
    Of(priv).OnListensNoMore(id, header->endpoint);
  };
  parser_->cancel_data_packet_func = [](void* priv, uint64_t id) { Of(priv).Cancel(id); };
  parser_->filter_reject_func = [](void*) {};
  parser_->filter_filter_func = [](void*, usbredirfilter_rule* rules, int) { free(rules); };
  parser_->control_packet_func = [](void* priv, uint64_t id,
                                    usb_redir_control_packet_header* header, uint8_t* data,
                                    int length) {
    Control control{id, *header, Taken(data, length)};
    usbredirparser_free_packet_data(Of(priv).parser_, data);
    Of(priv).Add(0, std::move(control));
  };
  parser_->bulk_packet_func = [](void* priv, uint64_t id, usb_redir_bulk_packet_header* header,
                                 uint8_t* data, int length) {
    Bulk bulk{id, *header, Taken(data, length)};
    usbredirparser_free_packet_data(Of(priv).parser_, data);
    Of(priv).Add(header->endpoint, std::move(bulk));
  };
}

RedirPort::RedirPort(const os::Clock& clock) : wire_(std::make_unique<Wire>(clock)) {}
RedirPort::~RedirPort() = default;

void RedirPort::Plug(Device device) { wire_->Plug(std::move(device)); }
void RedirPort::Unplug() { wire_->Unplug(); }
void RedirPort::Poke() { wire_->Poke(); }
void RedirPort::CatchUp() { wire_->CatchUp(); }
os::Moment RedirPort::NextDeadline() const { return wire_->NextDeadline(); }
Result<void> RedirPort::Receive(std::string_view bytes) { return wire_->Receive(bytes); }
std::string RedirPort::TakeOutput() { return wire_->TakeOutput(); }

}  // namespace zprov::vm
