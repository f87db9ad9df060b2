#include "contract/served_usbfs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace zprov::tests {
namespace {

constexpr size_t kPool = 16 << 20;     // usbfs_memory_mb, bytes
constexpr size_t kSetupSize = 8;       // USB 2.0, table 9-2
constexpr uint8_t kIn = 0x80;          // in bmRequestType and in an endpoint's address
constexpr uint8_t kInterfaceType = 4;  // USB 2.0, table 9-5

// The program's memory is ours, but it is another thread's: it is copied as the kernel copies it.
void Copy(decltype(::process_vm_readv)* copy, void* ours, const void* theirs, size_t size) {
  const iovec here{ours, size};
  const iovec there{const_cast<void*>(theirs), size};
  if (size != 0 && copy(::getpid(), &here, 1, &there, 1, 0) != static_cast<ssize_t>(size)) {
    std::abort();
  }
}

template <typename Value>
Value From(const Value* theirs) {
  Value value{};
  Copy(::process_vm_readv, &value, theirs, sizeof value);
  return value;
}

template <typename Value>
void To(Value* theirs, Value value) {
  Copy(::process_vm_writev, &value, theirs, sizeof value);
}

uint16_t WordAt(const uint8_t* bytes) { return static_cast<uint16_t>(bytes[0] | bytes[1] << 8); }

bool HasInterface(const std::string& configuration, unsigned number) {
  for (size_t at = 0; at + 2 < configuration.size();) {
    const auto length = static_cast<uint8_t>(configuration[at]);
    if (length == 0) return false;
    if (configuration[at + 1] == kInterfaceType &&
        static_cast<uint8_t>(configuration[at + 2]) == number) {
      return true;
    }
    at += length;
  }
  return false;
}

// What the program wants sent: all of it, or the eight bytes of a control transfer's setup.
std::string SentBytes(const UsbfsTransfer& transfer) {
  const bool is_bulk = transfer.type == USBDEVFS_URB_TYPE_BULK;
  std::string bytes(is_bulk ? transfer.length : kSetupSize, '\0');
  Copy(::process_vm_readv, bytes.data(), transfer.buffer, bytes.size());
  return bytes;
}

sim::UsbReply Ask(sim::UsbFunction* function, const UsbfsTransfer& transfer) {
  if (function == nullptr) return sim::UsbReply::Stall();
  const std::string sent = SentBytes(transfer);
  if (transfer.type == USBDEVFS_URB_TYPE_BULK) return function->OnBulkOut(transfer.endpoint, sent);
  const auto* bytes = reinterpret_cast<const uint8_t*>(sent.data());
  const uint16_t value = WordAt(bytes + 2);
  const uint16_t index = WordAt(bytes + 4);
  if ((bytes[0] & kIn) == 0) return function->OnControlOut({bytes[0], bytes[1], value, index});
  return function->OnControlIn({bytes[0], bytes[1], value, index, WordAt(bytes + 6)});
}

// Puts what the device said where the program wants it.
UsbfsEnd Fill(const UsbfsTransfer& transfer, sim::UsbReply reply) {
  if (reply.kind == sim::UsbReply::Kind::kStall) return {-EPIPE};
  auto* const bytes = static_cast<uint8_t*>(transfer.buffer);
  if (transfer.type == USBDEVFS_URB_TYPE_BULK) return {0, static_cast<int>(transfer.length)};
  if ((From(bytes) & kIn) == 0) return {};
  if (reply.bytes.size() > transfer.length - kSetupSize) return {-EOVERFLOW};
  Copy(::process_vm_writev, reply.bytes.data(), bytes + kSetupSize, reply.bytes.size());
  return {0, static_cast<int>(reply.bytes.size())};
}

}  // namespace

ServedUsbfs::ServedUsbfs(UMockdevTestbed* testbed)
    : testbed_(testbed), handler_(umockdev_ioctl_base_new()) {
  g_signal_connect(handler_, "handle-ioctl", G_CALLBACK(Asked), this);
}

ServedUsbfs::~ServedUsbfs() {
  for (const auto& [node, served] : nodes_) {
    umockdev_testbed_detach_ioctl(testbed_, node.c_str(), nullptr);
  }
  g_object_unref(handler_);
}

void ServedUsbfs::Serve(const std::string& node, std::shared_ptr<sim::UsbFunction> function) {
  {
    const std::lock_guard lock(mutex_);
    nodes_[node].function = std::move(function);
  }
  if (umockdev_testbed_attach_ioctl(testbed_, node.c_str(), handler_, nullptr) == 0) std::abort();
}

// A pipe with room for one byte: without it, poll(2) says POLLOUT, as usbfs does when a transfer
// has completed; with it, nothing.
void ServedUsbfs::MakePollable(const std::string& node) {
  gchar* const root = umockdev_testbed_get_root_dir(testbed_);
  const std::string path = root + node;
  g_free(root);
  ::unlink(path.c_str());
  if (::mkfifo(path.c_str(), 0600) != 0) std::abort();
  const std::lock_guard lock(mutex_);
  Node& served = nodes_.at(node);
  served.pipe = adapters::Fd(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (::fcntl(served.pipe.number(), F_SETPIPE_SZ, 1) < 0) std::abort();
  ShowReadiness(served);
}

void ServedUsbfs::SetFunction(const std::string& node, std::shared_ptr<sim::UsbFunction> function) {
  const std::lock_guard lock(mutex_);
  nodes_.at(node).function = std::move(function);
}

void ServedUsbfs::Hold(const std::string& node, uint8_t interface_number) {
  const std::lock_guard lock(mutex_);
  nodes_.at(node).held.insert(interface_number);
}

void ServedUsbfs::Disconnect(const std::string& node) {
  const std::lock_guard lock(mutex_);
  Node& served = nodes_.at(node);
  served.connected = false;
  EndAll(served);
}

void ServedUsbfs::ShowReadiness(Node& node) {
  const bool ready = !node.completed.empty();
  if (ready == node.ready) return;
  char byte = 0;
  const ssize_t moved =
      ready ? ::read(node.pipe.number(), &byte, 1) : ::write(node.pipe.number(), &byte, 1);
  if (moved != 1) std::abort();
  node.ready = ready;
}

// ---- transfers

void ServedUsbfs::Complete(Node& node, const Urb& urb, UsbfsEnd end) {
  To(&urb.at->status, end.status);
  To(&urb.at->actual_length, end.done);
  node.completed.push_back(urb);
  ShowReadiness(node);
}

void ServedUsbfs::Progress(Node& node, uint8_t endpoint) {
  auto& waiting = node.endpoints[endpoint];
  while (!waiting.empty() && !waiting.front().is_silent) {
    const sim::UsbReply reply = Ask(node.function.get(), waiting.front().transfer);
    if (reply.kind == sim::UsbReply::Kind::kLater) std::abort();  // not served
    if (reply.kind == sim::UsbReply::Kind::kNever) {
      waiting.front().is_silent = true;
      return;
    }
    const Urb urb = waiting.front();
    waiting.pop_front();
    Complete(node, urb, Fill(urb.transfer, reply));
  }
}

void ServedUsbfs::EndAll(Node& node) {
  for (auto& [endpoint, waiting] : node.endpoints) {
    for (const Urb& urb : std::exchange(waiting, {})) Complete(node, urb, {-ESHUTDOWN});
  }
}

ServedUsbfs::Answer ServedUsbfs::Submit(UMockdevIoctlClient* client, Node& node, usbdevfs_urb* at) {
  const usbdevfs_urb asked = From(at);
  const UsbfsTransfer transfer{asked.type, asked.endpoint, asked.buffer,
                               static_cast<size_t>(asked.buffer_length)};
  if (pool_ + transfer.length > kPool) return {-1, ENOMEM};
  pool_ += transfer.length;
  const uint8_t endpoint = asked.type == USBDEVFS_URB_TYPE_BULK ? asked.endpoint : uint8_t{0};
  node.endpoints[endpoint].push_back({client, at, transfer});
  Progress(node, endpoint);
  return {};
}

ServedUsbfs::Answer ServedUsbfs::Discard(Node& node, const usbdevfs_urb* at) {
  for (auto& [endpoint, waiting] : node.endpoints) {
    const auto found = std::ranges::find(waiting, at, &Urb::at);
    if (found == waiting.end()) continue;
    const Urb urb = *found;
    waiting.erase(found);
    Complete(node, urb, {-ENOENT});
    Progress(node, endpoint);
    return {};
  }
  return {-1, EINVAL};
}

ServedUsbfs::Answer ServedUsbfs::Reap(UMockdevIoctlClient* client, Node& node, void** urb) {
  const auto found = std::ranges::find(node.completed, client, &Urb::client);
  if (found == node.completed.end()) return {-1, node.connected ? EAGAIN : ENODEV};
  To<void*>(urb, found->at);
  pool_ -= found->transfer.length;
  node.completed.erase(found);
  ShowReadiness(node);
  return {};
}

// ---- the rest

ServedUsbfs::Answer ServedUsbfs::Claim(const Node& node, const usbdevfs_disconnect_claim& asked) {
  const std::string configuration = node.function ? node.function->Configuration() : "";
  if (!HasInterface(configuration, asked.interface)) return {-1, EINVAL};
  if (node.held.contains(static_cast<uint8_t>(asked.interface))) return {-1, EBUSY};
  return {};
}

ServedUsbfs::Answer ServedUsbfs::Reset(Node& node) {
  EndAll(node);
  if (node.function) node.function->OnReset();
  return {};
}

ServedUsbfs::Answer ServedUsbfs::On(UMockdevIoctlClient* client, Node& node) {
  void* const pointer = *reinterpret_cast<void**>(umockdev_ioctl_client_get_arg(client)->data);
  const auto request = static_cast<unsigned>(umockdev_ioctl_client_get_request(client));
  if (request == USBDEVFS_REAPURBNDELAY) return Reap(client, node, static_cast<void**>(pointer));
  if (!node.connected) return {-1, ENODEV};
  switch (request) {
    case USBDEVFS_GET_CAPABILITIES:
      To<uint32_t>(static_cast<uint32_t*>(pointer),
                   USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION |
                       USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_BULK_SCATTER_GATHER |
                       USBDEVFS_CAP_REAP_AFTER_DISCONNECT);
      return {};
    case USBDEVFS_SUBMITURB:
      return Submit(client, node, static_cast<usbdevfs_urb*>(pointer));
    case USBDEVFS_DISCARDURB:
      return Discard(node, static_cast<const usbdevfs_urb*>(pointer));
    case USBDEVFS_DISCONNECT_CLAIM:
      return Claim(node, From(static_cast<const usbdevfs_disconnect_claim*>(pointer)));
    case USBDEVFS_RELEASEINTERFACE:
      return {};
    case USBDEVFS_RESET:
      return Reset(node);
    default:
      return {-1, ENOTTY};
  }
}

gboolean ServedUsbfs::Asked(UMockdevIoctlBase*, UMockdevIoctlClient* client, ServedUsbfs* self) {
  Answer answer{-1, ENODEV};
  {
    const std::lock_guard lock(self->mutex_);
    const auto found = self->nodes_.find(umockdev_ioctl_client_get_devnode(client));
    if (found != self->nodes_.end()) answer = self->On(client, found->second);
  }
  umockdev_ioctl_client_complete(client, answer.result, answer.failed);
  return TRUE;
}

}  // namespace zprov::tests
