#include "sim/zero/node.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/zero/config_txt.h"
#include "util/strings.h"

namespace zprov::sim::zero {
namespace {

// src/node: what update puts into a root, and what the host reads there.
constexpr std::string_view kProgram = "/usr/lib/zprov/zprov-node";
constexpr std::string_view kGeneration = "/etc/zprov/generation";
constexpr std::string_view kMounted = "/var/lib/zprov/mounted";
constexpr std::string_view kReport = "/var/lib/zprov/boot.json";
constexpr std::string_view kAsk = "/var/lib/zprov/ask";
constexpr std::string_view kKernelVersion = "6.1.21+";  // sim/scenarios/boot_files.h

std::optional<Mac> MacOf(const std::string& line, std::string_view name) {
  const auto word = Word(line, name);
  return word.has_value() ? Mac::Parse(*word) : std::nullopt;
}

// src/node: the host's end has the next number.
std::optional<Mac> Following(const std::optional<Mac>& mac) {
  return mac.has_value() ? Mac::FromNumber(mac->Number() + 1) : std::nullopt;
}

// ip=client:server:… and nfsroot=[server:]path[,options] (kernel, nfsroot.rst)
void ReadRoot(const std::string& line, Orders& orders) {
  const std::string ip = Word(line, "ip").value_or("");
  const auto parts = Split(ip, ':');
  if (!parts.empty()) orders.address = Ipv4::Parse(parts[0]);
  if (parts.size() > 1) orders.server = Ipv4::Parse(parts[1]);
  std::string path = Word(line, "nfsroot").value_or("");
  const std::string options = path.substr(std::min(path.find(','), path.size()));
  path.resize(path.size() - options.size());
  const size_t colon = path.find(':');
  if (colon != std::string::npos) orders.server = Ipv4::Parse(path.substr(0, colon));
  orders.root = colon == std::string::npos ? path : path.substr(colon + 1);
  if (options.find("vers=4") != std::string::npos) orders.version = NfsVersion::k4;
}

}  // namespace

Orders Orders::Of(const std::string& command_line) {
  Orders orders;
  orders.gadget = Word(command_line, "zprov.gadget").value_or("");
  if (orders.gadget.empty()) {
    orders.own_mac = MacOf(command_line, "g_ether.dev_addr");
    orders.host_mac = MacOf(command_line, "g_ether.host_addr");
  } else {
    orders.own_mac = MacOf(command_line, "zprov.mac");
    orders.host_mac = Following(orders.own_mac);
  }
  orders.mtu = Word(command_line, "zprov.mtu").value_or(orders.mtu);
  orders.nonce = Word(command_line, "zprov.boot").value_or("");
  ReadRoot(command_line, orders);
  return orders;
}

bool Node::ReachesServer(Network& network) const {
  const Link* const own = network.LinkAt(board_.port);
  if (own == nullptr || !own->up || !own->carrier || own->master.empty()) return false;
  if (orders_.address.has_value() && !network.SendsTo(own->name, *orders_.address)) return false;
  const Link* const bridge = network.LinkNamed(own->master);
  return bridge != nullptr && bridge->up && orders_.server &&
         network.HasAddress(own->master, *orders_.server);
}

bool Node::Mount(NfsServer& nfs) {
  if (!orders_.address.has_value()) return false;
  auto mounted = nfs.Mount(orders_.version, *orders_.address, orders_.root);
  if (!mounted.has_value()) return false;
  mount_ = *mounted;
  if (!orders_.nonce.empty()) (void)nfs.Write(*mount_, kMounted, orders_.nonce + "\n");
  return true;
}

bool Node::HasReporter(NfsServer& nfs) { return nfs.Read(*mount_, kProgram).has_value(); }

bool Node::Report(NfsServer& nfs, std::chrono::seconds uptime) {
  const auto generation = nfs.Read(*mount_, kGeneration);
  const std::string number(Trim(generation.value_or("0")));
  const std::string report = fmt::format(
      R"({{"nonce":"{}","generation":{},"boot_id":"{}","serial":"{}","kernel":"{}","mtu":{},)"
      R"("uptime_s":{}}})"
      "\n",
      orders_.nonce, number, board_.boot_id, board_.serial, kKernelVersion, orders_.mtu,
      uptime.count());
  return nfs.Write(*mount_, kReport, report).has_value();
}

Node::Order Node::TakeOrder(NfsServer& nfs) {
  const auto ask = nfs.Read(*mount_, kAsk);
  if (!ask.has_value()) return Order::kNone;
  (void)nfs.Remove(*mount_, kAsk);
  if (orders_.nonce.empty()) return Order::kNone;
  if (*ask == "halt " + orders_.nonce + "\n") return Order::kHalt;
  if (*ask == "reboot " + orders_.nonce + "\n") return Order::kReboot;
  return Order::kNone;
}

}  // namespace zprov::sim::zero
