#include "adapters/icmp_probe.h"

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "adapters/nl_socket.h"

namespace zprov::adapters {
namespace {

constexpr auto kDeadline = std::chrono::seconds(3);  // os/netlink.h
constexpr auto kSendAgain = std::chrono::seconds(1);
constexpr size_t kCookieBytes = 16;

struct EchoSocket {
  Fd fd;
  bool raw = false;
};

Result<EchoSocket> OpenSocket(const std::string& link, Ipv4 address) {
  constexpr int kFlags = SOCK_CLOEXEC | SOCK_NONBLOCK;
  EchoSocket opened{Fd(::socket(AF_INET, SOCK_DGRAM | kFlags, IPPROTO_ICMP))};
  if (!opened.fd.valid()) {
    opened = {Fd(::socket(AF_INET, SOCK_RAW | kFlags, IPPROTO_ICMP)), true};
  }
  if (!opened.fd.valid()) return FailNetlink("open a socket for the probe", errno);
  const int fd = opened.fd.number();
  if (::setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, link.data(),
                   static_cast<socklen_t>(link.size())) != 0) {
    return FailNetlink("probe through " + link, errno);
  }
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(address.number);
  // An unreachable network shows as no answer, as it would a moment later.
  (void)::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  return opened;
}

std::string RandomCookie() {
  std::string cookie(kCookieBytes, '\0');
  (void)::getrandom(cookie.data(), cookie.size(), 0);
  return cookie;
}

uint16_t Checksum(std::string_view bytes) {
  uint32_t sum = 0;
  for (size_t at = 0; at + 1 < bytes.size(); at += 2) {
    sum += static_cast<uint32_t>(static_cast<uint8_t>(bytes[at]) << 8) +
           static_cast<uint8_t>(bytes[at + 1]);
  }
  while ((sum >> 16) != 0) sum = (sum & 0xffff) + (sum >> 16);
  return htons(static_cast<uint16_t>(~sum));
}

// An even number of bytes, as Checksum needs it.
std::string EchoRequest(os::ProbeId id, const std::string& cookie) {
  icmphdr header{};
  header.type = ICMP_ECHO;
  header.un.echo.sequence = htons(static_cast<uint16_t>(id));
  std::string packet(sizeof header, '\0');
  std::memcpy(packet.data(), &header, sizeof header);
  packet += cookie;
  header.checksum = Checksum(packet);
  std::memcpy(packet.data(), &header, sizeof header);
  return packet;
}

// The ICMP part of what a raw socket heard; empty when it is too short to have one.
std::string_view WithoutIpHeader(std::string_view packet) {
  constexpr size_t kShortest = 20;
  if (packet.size() < kShortest) return {};
  const size_t words = static_cast<uint8_t>(packet[0]) & 0x0f;
  return packet.substr(std::min(packet.size(), words * sizeof(uint32_t)));
}

bool IsAnswer(std::string_view icmp, std::string_view cookie) {
  return icmp.size() >= sizeof(icmphdr) && static_cast<uint8_t>(icmp[0]) == ICMP_ECHOREPLY &&
         icmp.substr(sizeof(icmphdr)) == cookie;
}

}  // namespace

Result<os::ProbeId> IcmpProbes::Start(const std::string& link, Ipv4 address) {
  ZPROV_ASSIGN(EchoSocket opened, OpenSocket(link, address));
  const os::ProbeId id = ++last_;
  Probe& probe = probes_[id];
  probe.socket = std::move(opened.fd);
  probe.raw = opened.raw;
  probe.cookie = RandomCookie();
  probe.answer = loop_.WhenReadable(probe.socket.number(), [this, id] { return Hear(id); });
  probe.deadline = loop_.After(kDeadline, [this, id] { Finish(id, {id, false}); });
  Send(id);
  return id;
}

void IcmpProbes::Send(os::ProbeId id) {
  Probe& probe = probes_.at(id);
  const std::string packet = EchoRequest(id, probe.cookie);
  // What cannot be sent is not answered: the deadline says so.
  (void)::send(probe.socket.number(), packet.data(), packet.size(), MSG_NOSIGNAL);
  probe.again = loop_.After(kSendAgain, [this, id] { Send(id); });
}

EventLoop::Watching IcmpProbes::Hear(os::ProbeId id) {
  Probe& probe = probes_.at(id);
  std::array<char, 2048> buffer;
  const ssize_t count = ::recv(probe.socket.number(), buffer.data(), buffer.size(), 0);
  if (count < 0) return EventLoop::Watching::kGoOn;  // a host or net unreachable: wait on
  const std::string_view packet(buffer.data(), static_cast<size_t>(count));
  if (!IsAnswer(probe.raw ? WithoutIpHeader(packet) : packet, probe.cookie)) {
    return EventLoop::Watching::kGoOn;
  }
  // Not here: this runs inside probe.answer, which must not be destroyed by its own callback.
  probe.deadline = loop_.After(std::chrono::nanoseconds(0), [this, id] { Finish(id, {id, true}); });
  return EventLoop::Watching::kStop;
}

void IcmpProbes::Finish(os::ProbeId id, const os::ProbeAnswered& outcome) {
  probes_.erase(id);
  loop_.Post(outcome);
}

}  // namespace zprov::adapters
