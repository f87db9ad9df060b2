#include "engine/fleet/node_boot.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/usbboot/descriptors.h"
#include "core/usbboot/lookup.h"
#include "engine/fleet/deadlines.h"

namespace zprov::engine {

using usbboot::Ended;

namespace {

bool EndsBoot(NodeState state) {
  return Runs(state) || state == NodeState::kFailed || state == NodeState::kQuarantined;
}

}  // namespace

NodeBoot::NodeBoot(const FleetParts& parts, spec::Node node)
    : parts_(parts), node_(std::move(node)), log_(parts.system, parts.spec, node_.name) {}

NodeBoot::~NodeBoot() {
  Close();
  parts_.starts.Leave(node_.name);
}

void NodeBoot::Enter(NodeState state, os::Moment within) {
  const os::Moment now = Now();
  deadline_ = within == kNever ? kNever : now + within;
  if (state == state_ && state != NodeState::kRecovering) return;
  state_ = state;
  since_ = now;
  const bool is_trouble = state == NodeState::kRecovering || state == NodeState::kQuarantined ||
                          state == NodeState::kFailed;
  parts_.notices.push_back({now, node_.name, state, is_trouble ? cause_ : ""});
  log_.Came(state, is_trouble ? cause_ : "");
  if (EndsBoot(state)) EndRecord(Name(state));
}

void NodeBoot::Arrived(const os::UsbDevice& device) {
  Close();
  device_ = device;
  speaker_ = usbboot::Identify(device.vendor, device.product, device.serial_index);
  NoteArrival();
  if (!speaker_) {
    OnGadget();
  } else if (speaker_->stage == usbboot::Stage::kRom) {
    OnRom();
  } else {
    OnFileServer();
  }
}

void NodeBoot::OnRom() {
  if (StaysHalted()) return Enter(NodeState::kRom, kNever);
  switch (state_) {
    case NodeState::kFirstStageSent:
    case NodeState::kServing:
    case NodeState::kServed:
    case NodeState::kGadget:
    case NodeState::kLink:
    case NodeState::kMounted:
      return FailBoot("it is back in its boot ROM");
    case NodeState::kQuarantined:  // plugged in again, or its power was cut: another chance
      failures_ = 0;
      break;
    case NodeState::kAbsent:
    case NodeState::kRom:
    case NodeState::kHealthy:
    case NodeState::kUp:
    case NodeState::kHalting:
    case NodeState::kFailed:
    case NodeState::kRecovering:
      break;
  }
  Enter(NodeState::kRom, kNever);
  if (!is_held_) parts_.starts.Ask(node_.name);
}

void NodeBoot::Hold(Grip grip) {
  is_held_ = grip == Grip::kHeld;
  if (state_ != NodeState::kRom || conversation_ != nullptr) return;
  if (is_held_ || halted_) return parts_.starts.Leave(node_.name);
  parts_.starts.Ask(node_.name);
}

void NodeBoot::TryAgain() {
  const bool was_halted = halted_.has_value();
  halted_.reset();
  failures_ = 0;
  if (was_halted && state_ == NodeState::kRom) return OnRom();
  if (state_ != NodeState::kQuarantined) return;
  cause_.clear();
  Enter(NodeState::kAbsent, kNever);
  if (device_) Arrived(os::UsbDevice(*device_));
}

void NodeBoot::Start() {
  if (!speaker_ || state_ != NodeState::kRom) return parts_.starts.Leave(node_.name);
  if (!BeginBoot(NewNonce())) return;
  const std::string name(speaker_->chip->first_stage);
  const auto first_stage = LookUp(name);
  NoteAnswered();
  if (!first_stage || first_stage->empty()) {
    return FailHere(fmt::format("there is no {} for it: run zprov update, or put one into {}", name,
                                parts_.spec.storage.boot));
  }
  if (first_stage->size() > usbboot::kLargestFile) return FailHere(name + " is too large");
  if (!OpenDevice()) return;
  Converse(std::make_unique<Conversation>(parts_.system.live->usb, line_, *first_stage));
}

void NodeBoot::OnFileServer() {
  if (state_ == NodeState::kQuarantined) return;
  parts_.starts.Leave(node_.name);
  const bool is_in_boot = state_ == NodeState::kFirstStageSent || state_ == NodeState::kServing ||
                          state_ == NodeState::kServed || state_ == NodeState::kRecovering;
  if ((!is_in_boot || !files_) && !BeginBoot(NonceOfMetBoot())) return;
  Enter(NodeState::kServing, std::max(*began_ + kBootWithin - Now(), os::Moment{0}));
  ++session_;
  if (!OpenDevice()) return;
  Converse(std::make_unique<Conversation>(parts_.system.live->usb, line_));
}

void NodeBoot::OnGadget() {
  parts_.starts.Leave(node_.name);
  DisprovesOrder();
  // Of a boot that we served we know whose it is; any other may be of a serve before us.
  is_found_ = state_ != NodeState::kServed && state_ != NodeState::kServing;
  if (is_found_ && !mark_) mark_ = ReadBootMark(parts_.system, node_.name);
  if (is_found_ && !mark_) mark_ = RecallBoot(parts_.system, parts_.spec, node_.name);
  Enter(NodeState::kGadget, kLinkWithin);
}

Result<std::string> NodeBoot::NewNonce() { return parts_.system.identities.NewMachineId(); }

// Of a board that is past its first stage when we meet it.
Result<std::string> NodeBoot::NonceOfMetBoot() {
  auto begun = ReadUnfinishedMark(parts_.system, parts_.spec, node_.name);
  return begun ? std::move(begun->nonce) : NewNonce();
}

bool NodeBoot::BeginBoot(Result<std::string> nonce) {
  EndRecord(BootLog::kBegunAgain);
  files_.reset();
  began_ = Now();
  mark_.reset();
  halted_.reset();
  session_ = 0;
  bytes_ = 0;
  records_left_out_ = 0;
  file_.clear();
  miss_.clear();
  timeline_.clear();
  if (!nonce) {
    FailHere(nonce.error().message);
    return false;
  }
  log_.Begin(*nonce);
  NoteArrival();
  auto files = BootFiles::For(
      parts_.system, parts_.boot_sets,
      {parts_.spec, node_, std::string(speaker_->chip->directory), std::move(*nonce)});
  if (!files) {
    FailHere(files.error().message);
    return false;
  }
  files_ = std::move(*files);
  mark_ = BootMark{files_->nonce(), files_->generation(), files_->root()};
  // Without it a later serve finds the node up, and cannot tell that it is healthy.
  static_cast<void>(WriteBootMark(parts_.system, node_.name, *mark_));
  log_.SetGeneration(mark_->generation);
  return true;
}

// Opened, and the interface is ours. One that just left is no failure: its UsbLeft is on the way.
bool NodeBoot::OpenDevice() {
  os::UsbBus& bus = parts_.system.live->usb;
  const auto opened = bus.Open(device_->port);
  if (!opened) {
    if (opened.error().kind != ErrorKind::kNotFound) FailHere(opened.error().message);
    return false;
  }
  line_.handle = opened->handle;
  const auto target = usbboot::ChooseBulkOut(opened->configuration);
  if (!target) {
    FailBoot("it sent no configuration descriptor");
    return false;
  }
  line_.endpoint = target->endpoint;
  const auto claimed = bus.Claim(line_.handle, target->interface_number);
  if (claimed || claimed.error().kind == ErrorKind::kGone) return claimed.has_value();
  if (claimed.error().kind == ErrorKind::kNotFound) {
    FailBoot(claimed.error().message);
  } else {
    FailHere(claimed.error().message + ": stop the program that has it (rpiboot?)");
  }
  return false;
}

void NodeBoot::Close() {
  poke_ = kNever;
  if (line_.handle != 0) parts_.system.live->usb.Close(line_.handle);
  line_ = {};
  if (conversation_ == nullptr) return;
  bytes_ += conversation_->sent();
  for (const auto& [transfer, bytes] : conversation_->in_flight()) parts_.transfers.erase(transfer);
  conversation_.reset();
}

void NodeBoot::Converse(std::unique_ptr<Conversation> conversation) {
  conversation_ = std::move(conversation);
  is_record_open_ = false;
  Meet(conversation_->Begin());
}

void NodeBoot::On(const os::UsbCompleted& completed) {
  if (conversation_ != nullptr) Meet(conversation_->On(completed));
}

void NodeBoot::Meet(Need need) {
  while (true) {
    if (conversation_->IsAsked()) NoteAnswered();
    if (const auto* look = std::get_if<usbboot::LookUp>(&need)) {
      need = conversation_->Answer(LookUp(look->name));
      continue;
    }
    if (std::holds_alternative<Waiting>(need)) {
      OwnTransfers();
      NoteOdd();
      poke_ = conversation_->IsStarved() ? Now() + kPokeAfter : kNever;
      return;
    }
    break;
  }
  const Ended ended = std::get<Ended>(need);
  NoteAnswered();
  const bool is_rom = conversation_->request() == nullptr;
  Close();
  if (is_rom) return AfterFirstStage(ended);
  AfterFiles(ended);
}

void NodeBoot::OwnTransfers() {
  for (const auto& [transfer, bytes] : conversation_->in_flight())
    parts_.transfers[transfer] = port();
}

void NodeBoot::AfterFirstStage(const Ended& ended) {
  switch (ended.how) {
    case Ended::How::kAccepted:
    case Ended::How::kUnconfirmed:  // that it comes back tells
      return Enter(NodeState::kFirstStageSent, kFileServerWithin);
    case Ended::How::kRefused:
      return FailBoot("it does not take the first stage: is it the right file for this board?");
    case Ended::How::kDone:
    case Ended::How::kLeft:
    case Ended::How::kSilent:
    case Ended::How::kBroken:
    case Ended::How::kNonsense:
      return FailBoot(Describe(ended));
  }
}

void NodeBoot::AfterFiles(const Ended& ended) {
  switch (ended.how) {
    case Ended::How::kDone:
      return Enter(NodeState::kServed, kGadgetWithin);
    case Ended::How::kLeft:  // to come back, or not
      return Enter(NodeState::kServing, kBackWithin);
    case Ended::How::kAccepted:
    case Ended::How::kUnconfirmed:
    case Ended::How::kRefused:
    case Ended::How::kSilent:
    case Ended::How::kBroken:
    case Ended::How::kNonsense:
      return FailBoot(Describe(ended));
  }
}

void NodeBoot::Left() {
  Close();
  log_.Saw("left the bus");
  device_.reset();
  speaker_.reset();
  switch (state_) {
    case NodeState::kHalting:
      return IsUnheard() ? LeftUnheard() : LeftAsTold();
    case NodeState::kRom:
      halted_.reset();  // when it shows again, somebody plugged it in
      [[fallthrough]];
    case NodeState::kFailed:
      parts_.starts.Leave(node_.name);
      return Enter(NodeState::kAbsent, kNever);
    case NodeState::kHealthy:
    case NodeState::kUp:
      mark_.reset();
      return Enter(NodeState::kAbsent, kNever);
    case NodeState::kServing:
      return Enter(NodeState::kServing, kBackWithin);
    case NodeState::kGadget:
    case NodeState::kLink:
    case NodeState::kMounted:
      return FailBoot("it left the bus");
    case NodeState::kAbsent:
    case NodeState::kFirstStageSent:
    case NodeState::kServed:
    case NodeState::kRecovering:
    case NodeState::kQuarantined:
      return;
  }
}

}  // namespace zprov::engine
