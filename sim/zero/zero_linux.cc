// A Zero under Linux: when its link comes, its root is mounted, it reports, and it obeys.
#include <fmt/format.h>

#include <algorithm>

#include "sim/zero/ids.h"
#include "sim/zero/zero.h"
#include "util/strings.h"

namespace zprov::sim::zero {
namespace {

// A hard mount waits, and TCP asks again after twice the time each time: TCP_RTO_MIN, TCP_RTO_MAX
// (kernel, include/net/tcp.h).
constexpr auto kFirstAskedAgain = milliseconds(200);
constexpr auto kLastAskedAgain = seconds(120);

}  // namespace

Mac Zero::RandomMac() {
  // As the kernel draws one: for one link, and locally administered.
  Mac mac = *Mac::FromNumber(board_.random().Next() >> 16);
  mac.bytes[0] = static_cast<uint8_t>((mac.bytes[0] & 0xfc) | 0x02);
  return mac;
}

UsbLink Zero::OwnLink() {
  const Orders& orders = node_->orders();
  UsbLink link{.port = port()};
  const bool is_geth = orders.gadget == "geth";
  if (is_geth) link.driver = UsbDriver::kCdcSubset;
  link.mac = orders.host_mac.has_value() && !is_geth ? *orders.host_mac : RandomMac();
  const bool is_full_speed = board_.options().profile.speed == UsbSpeed::kFull;
  link.bulk_packet = is_full_speed ? 64 : 512;  // bytes; USB 2.0, 5.8.3
  link.has_carrier = !board_.Has(Fault::kNoCarrier);
  return link;
}

void Zero::StartLinux() {
  linux_since_ = world_.clock().Now();
  board_.After(board_.random().In(board_.options().profile.kernel_to_gadget),
               [this] { StartNode(); });
}

void Zero::StartNode() {
  Orders orders = Orders::Of(served().files.at(std::string(kCommandLine)));
  if (board_.Has(Fault::kRandomMacs)) {
    orders.own_mac.reset();
    orders.host_mac.reset();
  }
  const uint64_t first = board_.random().Next();
  const uint64_t second = board_.random().Next();
  const std::string boot_id = fmt::format(  // a version 4 UUID
      "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", first >> 32, first >> 16 & 0xffff, first & 0xfff,
      second >> 52, second & 0xffffffffffff);
  node_.emplace(Node::Board{port(), serial_, boot_id}, orders);
  board_.Enter(Stage::kGadget);
  ShowGadget();
  LookForHost();
}

void Zero::ShowGadget() {
  const Orders& orders = node_->orders();
  const uint16_t product = orders.gadget == "ecm" ? kGadgetCdcProduct : kGadgetProduct;
  world_.usb().Plug({port(), kGadgetVendor, product, 0, kGadgetClass});
  const std::string name = world_.network().PlugUsb(OwnLink());
  if (orders.address.has_value()) {
    const auto mtu = static_cast<uint32_t>(ParseNumber(orders.mtu, 65535).value_or(1500));
    world_.network().SetNeighbour(
        name, Neighbour{orders.own_mac.value_or(RandomMac()), *orders.address, mtu});
  }
}

void Zero::LookForHost() {
  if (node_->ReachesServer(world_.network())) return TryToMount();
  board_.After(board_.options().profile.looks_for_host, [this] { LookForHost(); });
}

bool Zero::MustWait(void (Zero::*then)()) {
  if (node_->ReachesServer(world_.network())) {
    asks_again_after_ = kFirstAskedAgain;
    return false;
  }
  board_.After(asks_again_after_, [this, then] { (this->*then)(); });
  asks_again_after_ = std::min<os::Moment>(2 * asks_again_after_, kLastAskedAgain);
  return true;
}

void Zero::TryToMount() {
  if (MustWait(&Zero::TryToMount)) return;
  if (board_.Has(Fault::kNoMount) || !node_->Mount(world_.nfs())) {
    board_.After(board_.options().profile.tries_to_mount, [this] { TryToMount(); });
    return;
  }
  board_.Enter(Stage::kMounted);
  board_.After(board_.random().In(board_.options().profile.mounted_to_healthy),
               [this] { BeHealthy(); });
}

void Zero::BeHealthy() {
  if (MustWait(&Zero::BeHealthy)) return;
  const auto uptime =
      std::chrono::duration_cast<std::chrono::seconds>(world_.clock().Now() - linux_since_);
  if (!node_->HasReporter(world_.nfs())) return;
  if (!node_->Report(world_.nfs(), uptime)) {  // src/node: tried again whenever it looks for orders
    board_.After(board_.options().profile.looks_for_ask, [this] { BeHealthy(); });
    return;
  }
  board_.Enter(Stage::kHealthy);
  LookForOrder();
}

void Zero::LookForOrder() {
  if (MustWait(&Zero::LookForOrder)) return;
  const Node::Order order = node_->TakeOrder(world_.nfs());
  if (order == Node::Order::kNone || board_.Has(Fault::kIgnoresOrders)) {
    board_.After(board_.options().profile.looks_for_ask, [this] { LookForOrder(); });
  } else {
    board_.After(board_.random().In(board_.options().profile.shutdown),
                 [this, order] { ShutDown(order); });
  }
}

void Zero::ShutDown(Node::Order order) {
  if (order == Node::Order::kHalt) return board_.Halt();
  if (board_.Has(Fault::kNoWarmReboot)) return board_.Die();
  board_.Reboot();
}

}  // namespace zprov::sim::zero
