#include "engine/links/links.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/links/set_up.h"

namespace zprov::engine {
namespace {

using links::SetUpLink;
using links::WantedLink;

using std::chrono::milliseconds;
using std::chrono::seconds;

// systemd-udevd listens here while it runs.
constexpr char kUdevControl[] = "/run/udev/control";
// How long udev may take to name a link: it is the link's last change by a .link file. Fifty links
// at once keep a B+ busy for a while.
constexpr seconds kUdevsGrace{3};
constexpr seconds kRetry{10};           // after what the kernel refused
constexpr milliseconds kPatience{100};  // notices that keep coming do not put off the answer longer
// Each answer dumps all links, so nodes that boot together cost twenty dumps a second at most. A
// node is on its way for seconds by then (fleet/deadlines.h) and does not notice.
constexpr milliseconds kBetweenAnswers{50};
// Somebody who undoes our changes as fast as we make them gets the last word, for kRetry.
constexpr int kMostChanges = 5;
constexpr std::string_view kRestless =
    "somebody else keeps changing it: make the host's network manager leave it alone (zprov doctor "
    "names what is wrong)";

}  // namespace

Links::Links(os::System& system, const spec::ClusterSpec& spec)
    : system_(system),
      wanted_(links::WantedBy(spec)),
      ports_(wanted_.links.size()),
      mtu_(wanted_.mtu) {}

Result<void> Links::Begin() {
  if (system_.live == nullptr) {
    return Fail(ErrorKind::kNotSupported, "a tree of files has no links: run this on the host");
  }
  ZPROV_TRY(TryLook());
  if (!bridge_error_) return {};
  return While("set up the bridge " + wanted_.bridge, *bridge_error_);
}

void Links::On(const os::Event& event) {
  const os::Moment now = system_.clock.Now();
  const bool is_notice = std::holds_alternative<os::LinkChanged>(event) ||
                         std::holds_alternative<os::LinksLost>(event);
  if (is_notice && !changed_since_) changed_since_ = now;
  const bool is_quiet = std::holds_alternative<os::DeadlinePassed>(event);
  const bool is_over = changed_since_ && (is_quiet || now - *changed_since_ >= kPatience);
  const bool must_answer = is_over && now >= NextAnswer();
  if (must_answer || now >= NextWake()) Look();
}

void Links::Hold(std::set<std::string> nodes) {
  if (nodes == held_) return;
  held_ = std::move(nodes);
  if (!changed_since_) changed_since_ = system_.clock.Now();
}

os::Moment Links::NextDeadline() const { return std::min(NextAnswer(), NextWake()); }

// The first notice after a while is answered at once.
os::Moment Links::NextAnswer() const {
  if (!changed_since_) return kNever;
  return looks_ == 0 ? *changed_since_ : std::max(*changed_since_, looked_ + kBetweenAnswers);
}

std::vector<std::string> Links::Warnings() const {
  std::vector<std::string> warnings = links::StrayPorts(wanted_, seen_);
  if (!mtu_warning_.empty()) warnings.insert(warnings.begin(), mtu_warning_);
  if (look_error_) warnings.push_back("look at the links: " + look_error_->message);
  if (bridge_error_) {
    warnings.push_back("set up the bridge " + wanted_.bridge + ": " + bridge_error_->message);
  }
  return warnings;
}

void Links::Look() {
  if (TryLook()) return;
  look_again_ = system_.clock.Now() + kRetry;
}

Result<void> Links::TryLook() {
  ++looks_;
  looked_ = system_.clock.Now();
  changed_since_.reset();
  look_again_ = kNever;
  look_error_.reset();
  auto links = system_.live->netlink.Links();
  if (!links) {
    look_error_ = links.error();
    return tl::make_unexpected(std::move(links).error());
  }
  seen_ = std::move(*links);
  std::erase_if(refusing_, [this](int index) { return !IsSeen(index); });
  bridge_error_.reset();
  if (auto settled = SettleBridge(); !settled) {
    bridge_error_ = std::move(settled).error();
    look_again_ = system_.clock.Now() + kRetry;
  }
  const auto of_nodes = links::LinksOf(seen_, wanted_.links);
  ports_wake_ = kNever;
  for (size_t i = 0; i < ports_.size(); ++i) {
    Settle(wanted_.links[i], of_nodes[i], ports_[i]);
    ports_wake_ = std::min(ports_wake_, ports_[i].wake);
  }
  return {};
}

bool Links::IsSeen(int index) const {
  return std::ranges::binary_search(seen_, index, {}, &Link::index);
}

// A link that we attached runs with our MTU, whatever somebody else makes of it for a moment.
links::SeenLinks Links::Seen() const {
  links::SeenLinks seen{seen_, refusing_, std::nullopt};
  const bool one_runs = std::ranges::any_of(ports_, [this](const Port& port) {
    return port.view.state == LinkState::kAttached && IsSeen(port.index);
  });
  if (one_runs) seen.running = mtu_;
  return seen;
}

Result<void> Links::SettleBridge() {
  os::Netlink& netlink = system_.live->netlink;
  const links::CommonMtu common = links::ChooseMtu(wanted_, Seen());
  mtu_ = common.mtu;
  mtu_warning_ = common.warning;
  links::SeenBridge bridge{links::Find(seen_, wanted_.bridge), {}};
  ZPROV_ASSIGN(const auto addresses, netlink.Addresses());
  for (const os::LinkAddress& one : addresses) {
    if (one.link == wanted_.bridge) bridge.addresses.push_back(one.address);
  }
  const auto change = links::ChangeOf(bridge, wanted_, mtu_);
  const int index = bridge.link == nullptr ? 0 : bridge.link->index;
  if (change || index != bridge_index_) {
    // A bridge that was down, or is another one, has lost what it knew of its neighbours.
    for (Port& port : ports_) port.is_pinned = false;
  }
  bridge_index_ = index;
  if (!change) return {};
  if (IsRestless(bridge_tries_)) return Fail(ErrorKind::kBusy, std::string(kRestless));
  return SetUp(netlink, *change);
}

void Links::Settle(const WantedLink& node, const Link* link, Port& port) {
  const os::Moment now = system_.clock.Now();
  if (link == nullptr) {
    port = {};
    return;
  }
  if (port.index != link->index) {
    port = {};
    port.index = link->index;
    port.since = now;
  }
  port.wake = kNever;
  if (port.view.state == LinkState::kAttached && held_.contains(node.name)) return;
  if (now < port.tries.held_until) {
    port.wake = port.tries.held_until;
    return;
  }
  const std::string why = links::WhyNot({seen_, refusing_}, *link, mtu_);
  if (!why.empty()) return KeepOut(*link, why, port);
  const auto change = links::ChangeOf(links::AskedLink{*link, node}, wanted_, mtu_);
  if (change && bridge_error_) {
    port.view = {LinkState::kRefused, "the bridge is not there: " + bridge_error_->message};
    return;
  }
  if (change && IsUdevsTurn(*link, node, port)) {
    port.view = {LinkState::kWaiting, "udev may still give it its name"};
    port.wake = port.since + kUdevsGrace;
    return;
  }
  Attach(node, change ? &*change : nullptr, port);
}

// Where udev runs, the link's .link file sets its name last.
bool Links::IsUdevsTurn(const Link& link, const WantedLink& node, const Port& port) {
  if (link.name == node.name || system_.clock.Now() >= port.since + kUdevsGrace) return false;
  const auto udev = system_.files.Status(kUdevControl);
  return udev && udev->has_value();
}

bool Links::IsRestless(Tries& tries) const {
  const os::Moment now = system_.clock.Now();
  if (now < tries.held_until) return true;
  if (now - tries.since > kRetry) tries = {.made = 0, .since = now};
  if (++tries.made <= kMostChanges) return false;
  tries.held_until = now + kRetry;
  return true;
}

// `change`: nothing when only the pin may be missing.
void Links::Attach(const WantedLink& node, const SetUpLink* change, Port& port) {
  if (change != nullptr && IsRestless(port.tries)) return Delay(port, std::string(kRestless));
  const Result<void> attached = TryAttach(node, change, port);
  if (!attached) return Failed(attached.error(), port);
  port.is_pinned = true;
  port.view = {LinkState::kAttached, "", mtu_};
}

Result<void> Links::TryAttach(const WantedLink& node, const SetUpLink* change, const Port& port) {
  os::Netlink& netlink = system_.live->netlink;
  const bool pins = wanted_.bridge_mac.has_value();  // the procedure knows none
  if (change != nullptr) {
    SetUpLink whole = *change;
    if (pins) whole.pin = {node.node_mac, node.address};
    if (whole.link != whole.name) ZPROV_TRY(FreeName(node));
    return SetUp(netlink, whole);
  }
  if (!pins || port.is_pinned) return {};
  return netlink.Pin(node.name, node.node_mac, node.address);
}

// Boards that changed places: the other link steps aside and gets its own name in its turn.
Result<void> Links::FreeName(const WantedLink& node) {
  const auto holder = std::find_if(seen_.begin(), seen_.end(),
                                   [&](const Link& link) { return link.name == node.name; });
  if (holder == seen_.end()) return {};
  const auto of_nodes = links::LinksOf(seen_, wanted_.links);
  const bool is_a_nodes = std::ranges::find(of_nodes, &*holder) != of_nodes.end();
  if (!is_a_nodes) {
    const std::string place =
        holder->usb ? "the link at port " + holder->usb->ToString() : "another link of this host";
    return Fail(ErrorKind::kExists, fmt::format("{} is called {} already: give it another name, or "
                                                "the node one under [nodes]",
                                                place, node.name));
  }
  os::LinkChange down;
  down.master = "";
  down.up = false;
  ZPROV_TRY(system_.live->netlink.SetLink(holder->name, down));
  const std::string aside = fmt::format("zprov{}", holder->index);
  ZPROV_TRY(system_.live->netlink.SetLink(holder->name, {.name = aside}));
  holder->name = aside;
  holder->master.clear();
  holder->up = false;
  return {};
}

void Links::KeepOut(const Link& link, const std::string& why, Port& port) {
  port.view = {LinkState::kRefused, why};
  port.is_pinned = false;
  if (link.master != wanted_.bridge) return;
  os::LinkChange out;
  out.master = "";
  out.up = false;
  const auto left = system_.live->netlink.SetLink(link.name, out);
  if (!left) Failed(left.error(), port);
}

void Links::Failed(const Error& error, Port& port) {
  port.is_pinned = false;
  const os::Moment now = system_.clock.Now();
  if (error.kind == ErrorKind::kNotFound) {  // it left, or got another name: a notice is on its way
    port.view = {LinkState::kWaiting, error.message};
    port.wake = now + kRetry;
  } else if (error.kind == ErrorKind::kOutOfRange && refusing_.insert(port.index).second) {
    port.view = {LinkState::kWaiting, error.message};
    changed_since_ = now;  // all run with less, then
  } else {
    Delay(port, error.message);
  }
}

void Links::Delay(Port& port, std::string reason) {
  port.view = {LinkState::kRefused, std::move(reason)};
  port.tries.held_until = system_.clock.Now() + kRetry;
  port.wake = port.tries.held_until;
}

}  // namespace zprov::engine
