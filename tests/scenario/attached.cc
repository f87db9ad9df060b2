#include "scenario/attached.h"

namespace zprov::scenario {

AttachedHost::AttachedHost(const char* kernel, spec::ClusterSpec spec)
    : world_({.kernel = kernel}),
      spec_(std::move(spec)),
      faulty_(world_.system(), seam_),
      links_(std::make_unique<engine::Links>(faulty_.system(), spec_)) {
  seam_.KeepLog();
}

void AttachedHost::Begin() {
  const auto begun = links_->Begin();
  ASSERT_TRUE(begun) << begun.error().message;
}

void AttachedHost::BeginWith(const spec::ClusterSpec& spec) {
  links_ = std::make_unique<engine::Links>(faulty_.system(), spec);
  logged_ = seam_.log().size();
  Begin();
}

std::string AttachedHost::Plug(const spec::Node& node, sim::UsbDriver driver, const Mac& mac) {
  const std::string link = network().PlugUsb({.port = *node.usb, .driver = driver, .mac = mac});
  network().SetNeighbour(link, sim::Neighbour{node.node_mac, node.address});
  return link;
}

void AttachedHost::ForgetNotices() {
  os::Events& events = world_.system().events;
  const os::Moment now = world_.clock().Now();
  for (auto event = events.Next(now); event && *event != os::Event(os::DeadlinePassed{});
       event = events.Next(now)) {
  }
}

os::Moment AttachedHost::NextDeadline() const {
  const os::Moment links = links_->NextDeadline();
  return probes_ == nullptr ? links : std::min(links, probes_->NextDeadline());
}

void AttachedHost::Run(std::chrono::nanoseconds time) {
  constexpr int kHotLoop = 10000;
  const os::Moment end = world_.clock().Now() + time;
  for (int steps = 0; steps < kHotLoop; ++steps) {
    const os::Moment until = std::min(end, NextDeadline());
    const auto event = world_.system().events.Next(until);
    ASSERT_TRUE(event) << event.error().message;
    links_->On(*event);
    if (probes_ != nullptr) probes_->On(*event);
    const bool is_quiet = std::holds_alternative<os::DeadlinePassed>(*event);
    if (is_quiet && world_.clock().Now() >= end && NextDeadline() > end) return;
  }
  FAIL() << "it never comes to rest";
}

Link AttachedHost::LinkNamed(const std::string& name) {
  const auto links = netlink().Links().value();
  const Link* found = links::Find(links, name);
  if (found != nullptr) return *found;
  ADD_FAILURE() << "there is no link " << name;
  return {};
}

bool AttachedHost::Answers(const spec::Node& node) {
  const auto probe = netlink().Probe(spec_.bridge.name, node.address);
  if (!probe) ADD_FAILURE() << probe.error().message;
  for (;;) {
    const auto event = world_.system().events.Next(world_.clock().Now() + std::chrono::minutes(1));
    const auto* answer = event ? std::get_if<os::ProbeAnswered>(&*event) : nullptr;
    if (answer != nullptr && answer->probe == *probe) return answer->alive;
    if (!event || std::holds_alternative<os::DeadlinePassed>(*event)) return false;
    links_->On(*event);
  }
}

std::vector<std::string> AttachedHost::Changes() const {
  std::vector<std::string> changes;
  for (const uint64_t call : seam_.changes()) {
    if (call <= logged_) continue;
    const std::string& line = seam_.log().at(call - 1);
    changes.push_back(line.substr(line.find(' ') + 1));
  }
  return changes;
}

}  // namespace zprov::scenario
