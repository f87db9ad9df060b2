#include "engine/fleet/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/usbboot/stage.h"
#include "engine/fleet/deadlines.h"

namespace zprov::engine {
namespace {

constexpr uint8_t kHubClass = 9;

UnknownBoard Unknown(const os::UsbDevice& device, const usbboot::Speaker& speaker) {
  const std::string port = device.port.ToString();
  const char* stage = speaker.stage == usbboot::Stage::kRom ? "boot ROM" : "file server";
  return {port, fmt::format("{} as {}", speaker.chip->description, stage),
          fmt::format("usb = \"{}\"", port)};
}

}  // namespace

Fleet::Fleet(os::System& system, spec::ClusterSpec spec)
    : system_(system),
      spec_(std::move(spec)),
      boot_sets_(system),
      starts_(static_cast<size_t>(spec_.boot_at_once)) {
  if (system_.live != nullptr) PlaceNodes();
}

// Nodes that are there already under the same name on the same port stay.
void Fleet::PlaceNodes() {
  auto before = std::exchange(nodes_, {});
  by_port_.clear();
  places_.clear();
  for (size_t place = 0; place < spec_.nodes.size(); ++place) {
    const spec::Node& node = spec_.nodes[place];
    if (!node.usb) continue;
    places_.push_back(place);
    const auto same = std::ranges::find_if(before, [&](const auto& had) {
      return had != nullptr && had->name() == node.name && had->port() == *node.usb;
    });
    if (same != before.end()) {
      (*same)->Follow(node);
      nodes_.push_back(std::move(*same));
    } else {
      nodes_.push_back(std::make_unique<NodeBoot>(
          FleetParts{system_, spec_, boot_sets_, starts_, notices_, owners_}, node));
    }
    by_port_[*node.usb] = nodes_.back().get();
  }
}

Fleet::~Fleet() {
  const bool is_writing =
      std::ranges::any_of(nodes_, [](const auto& node) { return node->log().IsWriting(); });
  if (is_writing) system_.live->background.Finish();
}

Result<void> Fleet::Begin() {
  if (system_.live == nullptr) {
    return Fail(ErrorKind::kNotSupported, "a tree of files has no USB to boot over");
  }
  probes_.reset();  // of another spec, when this follows one: places are those of one spec
  links_.reset();
  ZPROV_TRY(MakeRoomForBootMarks(system_));
  links_.emplace(system_, spec_);
  ZPROV_TRY(links_->Begin());
  probes_.emplace(system_, spec_, *links_);
  // Only the first Watch of a process says what is there; what it says twice is heard once.
  ZPROV_TRY(system_.live->usb.Watch());
  ZPROV_ASSIGN(const auto devices, system_.live->usb.Devices());
  unknown_.clear();
  for (const os::UsbDevice& device : devices) {
    NodeBoot* const node = At(device.port);
    const bool is_new = node != nullptr && !node->device() && device.device_class != kHubClass;
    if (is_new) {
      node->Found(device);
    } else {
      Arrived(device);
    }
  }
  return {};
}

Result<void> Fleet::Follow(spec::ClusterSpec spec) {
  spec_ = std::move(spec);
  starts_.SetMost(static_cast<size_t>(spec_.boot_at_once));
  PlaceNodes();
  return Begin();
}

// Transfers come by the thousand and change no link.
bool Fleet::IsForLinks(const os::Event& event) const {
  if (!links_ || !probes_) return false;
  const os::Moment due = std::min(links_->NextDeadline(), probes_->NextDeadline());
  return !std::holds_alternative<os::UsbCompleted>(event) || due <= system_.clock.Now();
}

void Fleet::On(const os::Event& event) {
  const bool is_for_links = IsForLinks(event);
  if (is_for_links) {
    links_->On(event);
    probes_->On(event);
  }
  if (const auto* completed = std::get_if<os::UsbCompleted>(&event)) {
    Completed(*completed);
  } else if (const auto* arrived = std::get_if<os::UsbArrived>(&event)) {
    Arrived(arrived->device);
  } else if (const auto* left = std::get_if<os::UsbLeft>(&event)) {
    Left(left->port);
  } else if (const auto* ended = std::get_if<os::ProcessEnded>(&event)) {
    for (const auto& node : nodes_) node->On(*ended);
  } else if (const auto* written = std::get_if<os::BackgroundEnded>(&event)) {
    for (const auto& node : nodes_) node->On(*written);
  }
  if (is_for_links) LookAtLinks();
  const os::Moment now = system_.clock.Now();
  for (const auto& node : nodes_) {
    if (node->NextDeadline() <= now) node->Tick(now);
  }
  StartWhoMay();
}

// What a node is told on its command line must be what its link runs with.
void Fleet::LookAtLinks() {
  spec_.bridge.mtu = links_->mtu();
  for (size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i]->Saw(links_->At(places_[i]), probes_->At(places_[i]));
  }
}

void Fleet::Arrived(const os::UsbDevice& device) {
  if (device.device_class == kHubClass) return;
  if (NodeBoot* node = At(device.port)) {
    if (node->device() != device) node->Arrived(device);
    return;
  }
  const auto speaker = usbboot::Identify(device.vendor, device.product, device.serial_index);
  if (speaker) unknown_[device.port] = Unknown(device, *speaker);
}

void Fleet::Left(const PortPath& port) {
  unknown_.erase(port);
  if (NodeBoot* node = At(port)) node->Left();
}

// Of a conversation that is over nothing is heard any more.
void Fleet::Completed(const os::UsbCompleted& completed) {
  const auto owner = owners_.extract(completed.transfer);
  if (!owner.empty()) owner.mapped()->On(completed);
}

void Fleet::StartWhoMay() {
  for (const std::string& name : starts_.Grant(system_.clock.Now())) Named(name)->Start();
}

NodeBoot* Fleet::At(const PortPath& port) {
  const auto found = by_port_.find(port);
  return found == by_port_.end() ? nullptr : found->second;
}

NodeBoot* Fleet::Named(const std::string& name) {
  return std::ranges::find_if(nodes_, [&](const auto& node) { return node->name() == name; })
      ->get();
}

os::Moment Fleet::NextDeadline() const {
  os::Moment next = starts_.NextDeadline();
  if (links_) next = std::min(next, links_->NextDeadline());
  if (probes_) next = std::min(next, probes_->NextDeadline());
  for (const auto& node : nodes_) next = std::min(next, node->NextDeadline());
  return next;
}

std::vector<NodeView> Fleet::Views() const {
  std::vector<NodeView> views;
  for (const auto& node : nodes_) views.push_back(node->View());
  return views;
}

std::vector<NodeView> Fleet::Summaries() const {
  std::vector<NodeView> summaries;
  for (const auto& node : nodes_) summaries.push_back(node->Summary());
  return summaries;
}

std::map<std::string_view, int> Fleet::States() const {
  std::map<std::string_view, int> states;
  for (const auto& node : nodes_) ++states[Name(node->state())];
  return states;
}

void Fleet::Hold(const std::set<std::string>& nodes) {
  using Grip = NodeBoot::Grip;
  for (const auto& node : nodes_) {
    node->Hold(nodes.contains(node->name()) ? Grip::kHeld : Grip::kReleased);
  }
}

void Fleet::HoldLinks(const std::set<std::string>& nodes) {
  if (links_) links_->Hold(nodes);
}

Result<void> Fleet::Give(Order order, const std::set<std::string>& nodes) {
  for (const auto& node : nodes_) {
    if (nodes.contains(node->name())) ZPROV_TRY(node->MayTake(order));
  }
  for (const auto& node : nodes_) {
    if (nodes.contains(node->name())) node->Give(order);
  }
  return {};
}

bool Fleet::IsServing() const {
  return std::ranges::any_of(nodes_, [](const auto& node) {
    return node->state() == NodeState::kFirstStageSent || node->state() == NodeState::kServing;
  });
}

void Fleet::TryAgain(const std::string& name) {
  for (const auto& node : nodes_) {
    if (node->name() == name) node->TryAgain();
  }
}

std::vector<UnknownBoard> Fleet::UnknownBoards() const {
  std::vector<UnknownBoard> boards;
  for (const auto& [port, board] : unknown_) boards.push_back(board);
  return boards;
}

std::vector<std::string> Fleet::Warnings() const {
  auto warnings = links_ ? links_->Warnings() : std::vector<std::string>();
  for (const auto& node : nodes_) {
    const std::string& failure = node->log().failure();
    if (failure.empty()) continue;
    warnings.push_back(
        fmt::format("{}: its boot's timeline could not be kept: {}: `zprov status` "
                    "will not show it; look after that disk",
                    node->name(), failure));
  }
  return warnings;
}

std::vector<NodeNotice> Fleet::TakeNotices() { return std::exchange(notices_, {}); }

}  // namespace zprov::engine
