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
  by_name_.clear();
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
          FleetParts{system_, spec_, boot_sets_, starts_, notices_, transfers_}, node));
    }
    by_port_[*node.usb] = nodes_.size() - 1;
    by_name_[node.name] = nodes_.size() - 1;
  }
  agenda_ = Agenda(nodes_.size());
  in_state_.clear();
  for (const auto& node : nodes_) ++in_state_[node->state()];
  writing_.clear();
  TellAll([](const NodeBoot&) {});
}

// The one way to tell a node anything: what others know of it may be something else afterwards.
template <typename Tell>
void Fleet::TellNode(size_t place, const Tell& tell) {
  NodeBoot& node = *nodes_[place];
  const NodeState before = node.state();
  tell(node);
  agenda_.Set(place, node.NextDeadline());
  told_.insert(place);
  if (node.log().IsWriting()) {
    writing_.insert(place);
  } else {
    writing_.erase(place);
  }
  if (node.state() == before) return;
  ++in_state_[node.state()];
  if (--in_state_[before] == 0) in_state_.erase(before);
}

template <typename Tell>
void Fleet::TellAll(const Tell& tell) {
  for (size_t place = 0; place < nodes_.size(); ++place) TellNode(place, tell);
}

Fleet::~Fleet() {
  bool is_writing = !writing_.empty();
  for (const auto& node : nodes_) {
    node->LeaveAlone();
    is_writing = is_writing || node->log().IsWriting();
  }
  if (is_writing) system_.live->background.Finish();
}

Result<void> Fleet::Begin() {
  if (system_.live == nullptr) {
    return Fail(ErrorKind::kNotSupported, "a tree of files has no USB to boot over");
  }
  probes_.reset();  // of another spec, when this follows one: places are those of one spec
  links_.reset();
  shown_ = {};
  ZPROV_TRY(MakeRoomForBootMarks(system_));
  links_.emplace(system_, spec_);
  ZPROV_TRY(links_->Begin());
  probes_.emplace(system_, spec_, *links_);
  // Only the first Watch of a process says what is there; what it says twice is heard once.
  ZPROV_TRY(system_.live->usb.Watch());
  ZPROV_ASSIGN(const auto devices, system_.live->usb.Devices());
  unknown_.clear();
  for (const os::UsbDevice& device : devices) {
    const auto place = PlaceAt(device.port);
    const bool is_new = place && !nodes_[*place]->device() && device.device_class != kHubClass;
    if (is_new) {
      TellNode(*place, [&](NodeBoot& node) { node.Found(device); });
    } else {
      Arrived(device);
    }
  }
  for (size_t place = 0; place < nodes_.size(); ++place) {
    if (!nodes_[place]->IsLeftWithoutPower()) continue;
    TellNode(place, [](NodeBoot& node) { node.GivePower(); });
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
    TellAll([&](NodeBoot& node) { node.On(*ended); });
  } else if (const auto* written = std::get_if<os::BackgroundEnded>(&event)) {
    for (const size_t place : std::set<size_t>(writing_)) {
      TellNode(place, [&](NodeBoot& node) { node.On(*written); });
    }
  }
  if (is_for_links) ShowLinks();
  const os::Moment now = system_.clock.Now();
  for (const size_t place : agenda_.Due(now)) {
    TellNode(place, [&](NodeBoot& node) { node.Tick(now); });
  }
  StartWhoMay();
}

// What a node is told on its command line must be what its link runs with.
void Fleet::ShowLinks() {
  spec_.bridge.mtu = links_->mtu();
  std::set<size_t> due = told_;
  for (const size_t in_spec : probes_->TakeChanged()) {
    const auto place = std::ranges::lower_bound(places_, in_spec);
    if (place != places_.end() && *place == in_spec)
      due.insert(static_cast<size_t>(place - places_.begin()));
  }
  const auto show = [this](size_t place) {
    const size_t in_spec = places_[place];
    const auto& link = links_->At(in_spec);
    TellNode(place, [&](NodeBoot& node) { node.Saw(link, probes_->At(in_spec)); });
  };
  if (std::exchange(shown_, links_->looks()) != links_->looks()) {
    for (size_t place = 0; place < nodes_.size(); ++place) show(place);
  } else {
    for (const size_t place : due) show(place);
  }
  told_.clear();
}

void Fleet::Arrived(const os::UsbDevice& device) {
  if (device.device_class == kHubClass) return;
  if (const auto place = PlaceAt(device.port)) {
    if (nodes_[*place]->device() == device) return;
    return TellNode(*place, [&](NodeBoot& node) { node.Arrived(device); });
  }
  const auto speaker = usbboot::Identify(device.vendor, device.product, device.serial_index);
  if (speaker) unknown_[device.port] = Unknown(device, *speaker);
}

void Fleet::Left(const PortPath& port) {
  unknown_.erase(port);
  if (const auto place = PlaceAt(port)) TellNode(*place, [](NodeBoot& node) { node.Left(); });
}

// Of a conversation that is over nothing is heard any more.
void Fleet::Completed(const os::UsbCompleted& completed) {
  const auto transfer = transfers_.extract(completed.transfer);
  if (transfer.empty()) return;
  const auto place = PlaceAt(transfer.mapped());
  if (place) TellNode(*place, [&](NodeBoot& node) { node.On(completed); });
}

void Fleet::StartWhoMay() {
  for (const std::string& name : starts_.Grant(system_.clock.Now())) {
    TellNode(by_name_.at(name), [](NodeBoot& node) { node.Start(); });
  }
}

std::optional<size_t> Fleet::PlaceAt(const PortPath& port) const {
  const auto found = by_port_.find(port);
  return found == by_port_.end() ? std::nullopt : std::optional(found->second);
}

os::Moment Fleet::NextDeadline() const {
  os::Moment next = starts_.NextDeadline();
  if (links_) next = std::min(next, links_->NextDeadline());
  if (probes_) next = std::min(next, probes_->NextDeadline());
  return std::min(next, agenda_.First());
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
  for (const auto& [state, count] : in_state_) states[Name(state)] += count;
  return states;
}

void Fleet::Hold(const std::set<std::string>& nodes) {
  using Grip = NodeBoot::Grip;
  TellAll([&](NodeBoot& node) {
    node.Hold(nodes.contains(node.name()) ? Grip::kHeld : Grip::kReleased);
  });
}

void Fleet::HoldLinks(const std::set<std::string>& nodes) {
  if (links_) links_->Hold(nodes);
}

Result<void> Fleet::Give(Order order, const std::set<std::string>& nodes) {
  for (const auto& node : nodes_) {
    if (nodes.contains(node->name())) ZPROV_TRY(node->MayTake(order));
  }
  TellAll([&](NodeBoot& node) {
    if (nodes.contains(node.name())) node.Give(order);
  });
  return {};
}

bool Fleet::IsServing() const {
  return std::ranges::any_of(nodes_, [](const auto& node) {
    return node->state() == NodeState::kFirstStageSent || node->state() == NodeState::kServing;
  });
}

void Fleet::TryAgain(const std::string& name) {
  const auto place = by_name_.find(name);
  if (place != by_name_.end()) TellNode(place->second, [](NodeBoot& node) { node.TryAgain(); });
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
