#include "adapters/libnl.h"

#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netlink/attr.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <set>

#include "adapters/icmp_probe.h"
#include "adapters/nl_notices.h"
#include "adapters/nl_parse.h"
#include "adapters/nl_socket.h"

namespace zprov::adapters {
namespace {

constexpr std::string_view kBridge = "bridge";

tl::unexpected<Error> NoLink(std::string_view name) {
  return Fail(ErrorKind::kNotFound,
              "there is no link " + std::string(name) + ": look at the links that are there");
}

tl::unexpected<Error> BadName(std::string_view name) {
  return Fail(ErrorKind::kInvalid, "\"" + std::string(name) +
                                       "\" is no name for a link: take 1 to 15 letters or digits");
}

std::optional<PortPath> ReadUsbPort(const std::string& name) {
  std::array<char, 4096> text;
  const std::string path = "/sys/class/net/" + name + "/device";
  const ssize_t length = ::readlink(path.c_str(), text.data(), text.size());
  if (length <= 0) return std::nullopt;
  return UsbPortOf({text.data(), static_cast<size_t>(length)});
}

NlMessage LinkMessage(const Link& link, unsigned flags, unsigned change) {
  ifinfomsg header{};
  header.ifi_index = link.index;
  header.ifi_flags = flags;
  header.ifi_change = change;
  return MakeMessage(RTM_NEWLINK, 0, header);
}

NlMessage LinkMessage(const Link& link) { return LinkMessage(link, 0, 0); }

// A change of a bridge's settings for its port.
NlMessage BridgePortMessage(const Link& port) {
  ifinfomsg header{};
  header.ifi_family = AF_BRIDGE;
  header.ifi_index = port.index;
  return MakeMessage(RTM_SETLINK, 0, header);
}

void PutMac(nl_msg* message, int attribute, const Mac& mac) {
  nla_put(message, attribute, static_cast<int>(mac.bytes.size()), mac.bytes.data());
}

class Libnl final : public os::Netlink {
 public:
  Libnl(EventLoop& loop, NlSocket socket, std::unique_ptr<NlNotices> notices)
      : socket_(std::move(socket)), notices_(std::move(notices)), probes_(loop) {}

  Result<std::vector<Link>> Links() override;
  Result<std::vector<os::LinkAddress>> Addresses() override;
  Result<void> EnsureBridge(std::string_view name, const os::BridgeSettings& settings) override;
  Result<void> SetLink(std::string_view name, const os::LinkChange& change) override;
  Result<void> AddAddress(std::string_view name, const InterfaceAddress& address) override;
  Result<void> Pin(std::string_view port, const Mac& mac, Ipv4 address) override;
  Result<std::vector<os::PinnedPort>> Pins() override;
  Result<os::ProbeId> Probe(std::string_view name, Ipv4 address) override;

 private:
  Result<std::vector<ParsedNeighbour>> Neighbours(int family, uint16_t state);
  Result<std::optional<Link>> Find(std::string_view name);
  Result<Link> Need(std::string_view name);
  Result<void> Ask(std::string_view doing, NlMessage message);

  Result<void> Apply(Link link, const os::LinkChange& change);
  Result<void> Rename(Link& link, const std::string& name);
  Result<void> SetMac(const Link& link, const Mac& mac);
  Result<void> SetMtu(const Link& link, uint32_t mtu);
  Result<void> AskMtu(const Link& link, uint32_t mtu);
  Result<void> SetMaster(const Link& link, const std::string& master);
  Result<void> SetIsolated(const Link& link, const os::LinkChange& change);
  Result<void> PutUp(const Link& link);
  Result<void> TakeDown(const Link& link);

  NlSocket socket_;
  std::unique_ptr<NlNotices> notices_;
  IcmpProbes probes_;
  std::set<int> bridges_with_mtu_;  // indexes of those that no longer follow their ports
};

Result<std::vector<Link>> Libnl::Links() {
  std::map<int, ParsedLink> parsed;
  const int failed = socket_.Dump(RTM_GETLINK, AF_UNSPEC, [&](nlmsghdr* message) {
    if (auto link = ParseLink(message)) parsed[link->link.index] = std::move(*link);
  });
  if (failed != 0) return FailNetlink("list the links", failed);
  std::vector<Link> links;
  for (auto& [index, entry] : parsed) {
    const auto master = parsed.find(entry.master_index);
    if (master != parsed.end()) entry.link.master = master->second.link.name;
    entry.link.usb = ReadUsbPort(entry.link.name);
    links.push_back(entry.link);
  }
  return links;
}

Result<std::vector<os::LinkAddress>> Libnl::Addresses() {
  ZPROV_ASSIGN(const std::vector<Link> links, Links());
  std::vector<std::pair<int, InterfaceAddress>> parsed;
  const int failed = socket_.Dump(RTM_GETADDR, AF_INET, [&](nlmsghdr* message) {
    if (const auto address = ParseAddress(message)) {
      parsed.emplace_back(address->link_index, address->address);
    }
  });
  if (failed != 0) return FailNetlink("list the addresses", failed);
  std::sort(parsed.begin(), parsed.end());
  std::vector<os::LinkAddress> addresses;
  for (const auto& [index, address] : parsed) {
    const auto link = std::find_if(links.begin(), links.end(),
                                   [&](const Link& one) { return one.index == index; });
    if (link != links.end()) addresses.push_back({link->name, address});
  }
  return addresses;
}

Result<std::optional<Link>> Libnl::Find(std::string_view name) {
  ZPROV_ASSIGN(const std::vector<Link> links, Links());
  const auto found =
      std::find_if(links.begin(), links.end(), [&](const Link& link) { return link.name == name; });
  return found == links.end() ? std::nullopt : std::optional(*found);
}

Result<Link> Libnl::Need(std::string_view name) {
  ZPROV_ASSIGN(std::optional<Link> found, Find(name));
  if (!found) return NoLink(name);
  return *std::move(found);
}

Result<void> Libnl::Ask(std::string_view doing, NlMessage message) {
  const int failed = socket_.Ask(std::move(message));
  if (failed != 0) return FailNetlink(doing, failed);
  return {};
}

Result<void> Libnl::EnsureBridge(std::string_view name, const os::BridgeSettings& settings) {
  if (!IsLinkName(name)) return BadName(name);
  const std::string wanted(name);
  ZPROV_ASSIGN(std::optional<Link> bridge, Find(name));
  if (!bridge) {
    NlMessage message = MakeMessage(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{});
    nla_put_string(message.get(), IFLA_IFNAME, wanted.c_str());
    if (settings.mac) PutMac(message.get(), IFLA_ADDRESS, *settings.mac);
    nlattr* details = nla_nest_start(message.get(), IFLA_LINKINFO);
    nla_put_string(message.get(), IFLA_INFO_KIND, kBridge.data());
    nla_nest_end(message.get(), details);
    ZPROV_TRY(Ask("make the bridge " + wanted, std::move(message)));
    ZPROV_ASSIGN(bridge, Find(name));
  }
  if (!bridge) return NoLink(name);  // somebody removed it again
  if (bridge->kind != kBridge) {
    return Fail(ErrorKind::kExists,
                "the link " + wanted + " is no bridge: rename it, or name the bridge otherwise");
  }
  return Apply(*bridge, {.mac = settings.mac, .mtu = settings.mtu, .up = true});
}

Result<void> Libnl::SetLink(std::string_view name, const os::LinkChange& change) {
  ZPROV_ASSIGN(Link link, Need(name));
  return Apply(std::move(link), change);
}

Result<void> Libnl::Apply(Link link, const os::LinkChange& change) {
  if (change.name) ZPROV_TRY(Rename(link, *change.name));
  if (change.mac) ZPROV_TRY(SetMac(link, *change.mac));
  if (change.mtu) ZPROV_TRY(SetMtu(link, *change.mtu));
  if (change.master) ZPROV_TRY(SetMaster(link, *change.master));
  if (change.isolated) ZPROV_TRY(SetIsolated(link, change));
  if (change.up && *change.up != link.up) return *change.up ? PutUp(link) : TakeDown(link);
  return {};
}

Result<void> Libnl::Rename(Link& link, const std::string& name) {
  if (link.name == name) return {};
  if (!IsLinkName(name)) return BadName(name);
  if (link.up || !link.master.empty()) {
    return Fail(ErrorKind::kBusy, link.name +
                                      " is up or in a bridge: take it down and out before it gets "
                                      "another name");
  }
  NlMessage message = LinkMessage(link);
  nla_put_string(message.get(), IFLA_IFNAME, name.c_str());
  ZPROV_TRY(Ask("rename " + link.name + " to " + name, std::move(message)));
  link.name = name;
  return {};
}

Result<void> Libnl::SetMac(const Link& link, const Mac& mac) {
  const bool bridge = link.kind == kBridge;
  // A bridge keeps a MAC only once it was set, though it be the one that it has; and takes it up.
  if (link.mac == mac && !bridge) return {};
  const bool down_first = link.up && !bridge;
  if (down_first) ZPROV_TRY(TakeDown(link));
  NlMessage message = LinkMessage(link);
  PutMac(message.get(), IFLA_ADDRESS, mac);
  Result<void> set = Ask("give " + link.name + " the MAC " + mac.ToString(), std::move(message));
  if (down_first) {
    Result<void> up_again = PutUp(link);
    if (set) return up_again;
  }
  return set;
}

Result<void> Libnl::SetMtu(const Link& link, uint32_t mtu) {
  const bool pins = link.kind == kBridge && !bridges_with_mtu_.contains(link.index);
  if (link.mtu == mtu) {
    if (!pins) return {};
    // The kernel takes an MTU that the bridge has already for no change, and the bridge would go on
    // following its ports: step aside first.
    constexpr uint32_t kSmallest = 68;  // ETH_MIN_MTU
    ZPROV_TRY(AskMtu(link, mtu > kSmallest ? mtu - 1 : mtu + 1));
  }
  ZPROV_TRY(AskMtu(link, mtu));
  if (pins) bridges_with_mtu_.insert(link.index);
  return {};
}

Result<void> Libnl::AskMtu(const Link& link, uint32_t mtu) {
  NlMessage message = LinkMessage(link);
  nla_put_u32(message.get(), IFLA_MTU, mtu);
  const int failed = socket_.Ask(std::move(message));
  if (failed == 0) return {};
  const std::string doing = "set the MTU of " + link.name + " to " + std::to_string(mtu);
  if (failed != EINVAL) return FailNetlink(doing, failed);
  return While(doing,
               {ErrorKind::kOutOfRange, "the link takes " + std::to_string(link.min_mtu) + " to " +
                                            std::to_string(link.max_mtu) + ": take one of these"});
}

Result<void> Libnl::SetMaster(const Link& link, const std::string& master) {
  if (link.master == master) return {};
  uint32_t bridge_index = 0;
  if (!master.empty()) {
    ZPROV_ASSIGN(const Link bridge, Need(master));
    if (bridge.kind != kBridge || link.kind == kBridge) {
      return Fail(ErrorKind::kInvalid, link.name + " cannot be a port of " + master +
                                           ": only a bridge has ports, and none is one");
    }
    bridge_index = static_cast<uint32_t>(bridge.index);
  }
  NlMessage message = LinkMessage(link);
  nla_put_u32(message.get(), IFLA_MASTER, bridge_index);
  return Ask(master.empty() ? "take " + link.name + " out of " + link.master
                            : "put " + link.name + " into " + master,
             std::move(message));
}

// libnl-route 3.7 does not know this setting of a port.
Result<void> Libnl::SetIsolated(const Link& link, const os::LinkChange& change) {
  const bool wanted = *change.isolated;
  const bool is_new_port = change.master && *change.master != link.master;
  if (change.master.value_or(link.master).empty()) {
    return Fail(ErrorKind::kInvalid,
                link.name + " is in no bridge: put it into the bridge, then isolate it");
  }
  if ((link.isolated && !is_new_port) == wanted) return {};
  NlMessage message = BridgePortMessage(link);
  nlattr* settings = nla_nest_start(message.get(), IFLA_PROTINFO | NLA_F_NESTED);
  nla_put_u8(message.get(), IFLA_BRPORT_ISOLATED, wanted ? 1 : 0);
  nla_nest_end(message.get(), settings);
  return Ask((wanted ? "isolate " : "end the isolation of ") + link.name, std::move(message));
}

Result<void> Libnl::PutUp(const Link& link) {
  return Ask("put " + link.name + " up", LinkMessage(link, IFF_UP, IFF_UP));
}

Result<void> Libnl::TakeDown(const Link& link) {
  return Ask("take " + link.name + " down", LinkMessage(link, 0, IFF_UP));
}

Result<void> Libnl::AddAddress(std::string_view name, const InterfaceAddress& address) {
  ZPROV_ASSIGN(const Link link, Need(name));
  ifaddrmsg header{};
  header.ifa_family = AF_INET;
  header.ifa_prefixlen = static_cast<uint8_t>(address.prefix);
  header.ifa_index = static_cast<uint32_t>(link.index);
  NlMessage message = MakeMessage(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, header);
  nla_put_u32(message.get(), IFA_LOCAL, htonl(address.address.number));
  nla_put_u32(message.get(), IFA_ADDRESS, htonl(address.address.number));
  nla_put_u32(message.get(), IFA_BROADCAST, htonl(address.Broadcast().number));
  const int failed = socket_.Ask(std::move(message));
  if (failed == 0 || failed == EEXIST) return {};
  return FailNetlink("give " + link.name + " the address " + address.ToString(), failed);
}

NlMessage PortMessage(const Link& port) {
  NlMessage message = BridgePortMessage(port);
  nlattr* settings = nla_nest_start(message.get(), IFLA_PROTINFO | NLA_F_NESTED);
  nla_put_u8(message.get(), IFLA_BRPORT_LEARNING, 0);
  nla_put_u8(message.get(), IFLA_BRPORT_UNICAST_FLOOD, 0);
  nla_nest_end(message.get(), settings);
  return message;
}

// A forwarding entry. Not NUD_PERMANENT, which in a bridge means "for the host itself"; sticky, or
// a frame from a port that still learns would move it there (kernels before 4.20 know no sticky).
NlMessage ForwardingMessage(const Link& port, const Mac& mac) {
  ndmsg header{};
  header.ndm_family = AF_BRIDGE;
  header.ndm_ifindex = port.index;
  header.ndm_state = NUD_NOARP;
  header.ndm_flags = NTF_MASTER | NTF_STICKY;
  NlMessage message = MakeMessage(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, header);
  PutMac(message.get(), NDA_LLADDR, mac);
  return message;
}

NlMessage NeighbourMessage(const Link& bridge, const Mac& mac, Ipv4 address) {
  ndmsg header{};
  header.ndm_family = AF_INET;
  header.ndm_ifindex = bridge.index;
  header.ndm_state = NUD_PERMANENT;
  NlMessage message = MakeMessage(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, header);
  nla_put_u32(message.get(), NDA_DST, htonl(address.number));
  PutMac(message.get(), NDA_LLADDR, mac);
  return message;
}

Result<void> Libnl::Pin(std::string_view port, const Mac& mac, Ipv4 address) {
  ZPROV_ASSIGN(const Link link, Need(port));
  if (link.master.empty()) {
    return Fail(ErrorKind::kInvalid,
                std::string(port) + " is in no bridge: put it into the bridge, then pin it");
  }
  ZPROV_ASSIGN(const Link bridge, Need(link.master));
  const std::string doing = "pin " + link.name + " to " + mac.ToString();
  ZPROV_TRY(Ask(doing, PortMessage(link)));
  ZPROV_TRY(Ask(doing, ForwardingMessage(link, mac)));
  return Ask(doing, NeighbourMessage(bridge, mac, address));
}

// Of AF_INET or AF_BRIDGE, in exactly that state.
Result<std::vector<ParsedNeighbour>> Libnl::Neighbours(int family, uint16_t state) {
  std::vector<ParsedNeighbour> neighbours;
  const int failed = socket_.Dump(RTM_GETNEIGH, family, [&](nlmsghdr* message) {
    const auto parsed = ParseNeighbour(message);
    if (parsed && parsed->state == state) neighbours.push_back(*parsed);
  });
  if (failed != 0) return FailNetlink("list the neighbours", failed);
  return neighbours;
}

Result<std::vector<os::PinnedPort>> Libnl::Pins() {
  std::map<int, ParsedLink> closed;
  const int failed = socket_.Dump(RTM_GETLINK, AF_UNSPEC, [&](nlmsghdr* message) {
    auto link = ParseLink(message);
    if (link && link->is_closed) closed[link->link.index] = std::move(*link);
  });
  if (failed != 0) return FailNetlink("list the links", failed);
  ZPROV_ASSIGN(const auto forwarded, Neighbours(AF_BRIDGE, NUD_NOARP));
  ZPROV_ASSIGN(const auto known, Neighbours(AF_INET, NUD_PERMANENT));
  std::vector<os::PinnedPort> pins;
  for (const auto& [index, port] : closed) {
    for (const ParsedNeighbour& node : known) {
      const bool is_behind_it = std::ranges::any_of(forwarded, [&](const auto& entry) {
        return entry.link_index == index && entry.mac == node.mac;
      });
      if (node.link_index == port.master_index && is_behind_it) {
        pins.push_back({port.link.name, node.mac, node.address});
      }
    }
  }
  return pins;
}

Result<os::ProbeId> Libnl::Probe(std::string_view name, Ipv4 address) {
  ZPROV_ASSIGN(const Link link, Need(name));
  return probes_.Start(link.name, address);
}

}  // namespace

Result<std::unique_ptr<os::Netlink>> MakeLibnl(EventLoop& loop) {
  ZPROV_ASSIGN(NlSocket socket, NlSocket::Open());
  ZPROV_ASSIGN(auto notices, NlNotices::Open(loop));
  return std::make_unique<Libnl>(loop, std::move(socket), std::move(notices));
}

}  // namespace zprov::adapters
