// What a node is told to do while Linux runs on it, and what comes of it: it leaves the bus, and
// stays in its ROM or boots anew.
#include <fmt/format.h>

#include "engine/fleet/deadlines.h"
#include "engine/fleet/node_boot.h"

namespace zprov::engine {
namespace {

using State = OrderView::State;

tl::unexpected<Error> Refuse(const std::string& why) { return Fail(ErrorKind::kRefused, why); }

}  // namespace

bool NodeBoot::HasOrder(Order order) const {
  return order_ && order_->what == order && order_->state == State::kUnderWay;
}

// Linux runs on it, and this is no boot that we watch: its mark says how to talk to it.
bool NodeBoot::IsFound() const {
  return is_found_ && (state_ == NodeState::kGadget || state_ == NodeState::kLink ||
                       state_ == NodeState::kMounted);
}

// Its port is empty or shows the boot ROM, and it will stay so.
bool NodeBoot::IsDown() const {
  const bool is_rom = speaker_ && speaker_->stage == usbboot::Stage::kRom;
  switch (state_) {
    case NodeState::kAbsent:
      return true;
    case NodeState::kRom:
      return is_held_ || halted_.has_value();
    case NodeState::kQuarantined:
      return !device_ || is_rom;
    case NodeState::kFirstStageSent:
    case NodeState::kServing:
    case NodeState::kServed:
    case NodeState::kGadget:
    case NodeState::kLink:
    case NodeState::kMounted:
    case NodeState::kHealthy:
    case NodeState::kUp:
    case NodeState::kHalting:
    case NodeState::kFailed:
    case NodeState::kRecovering:
      break;
  }
  return false;
}

Result<void> NodeBoot::MayTake(Order order) const {
  if (IsDown()) {
    if (order == Order::kHalt) return {};
    return Refuse(fmt::format("{} does not run: boot it with `zprov boot {}`, or give it power",
                              node_.name, node_.name));
  }
  if (state_ == NodeState::kHalting) {
    return Refuse(
        fmt::format("{} was told to {} already: wait for that", node_.name, Name(order_->what)));
  }
  if (state_ == NodeState::kQuarantined) {
    return Refuse(fmt::format("{} does not answer ({}): cut its power", node_.name, cause_));
  }
  if (!Runs(state_) && !IsFound()) {
    return Refuse(
        fmt::format("{} is on its way ({}): wait until it is healthy", node_.name, Name(state_)));
  }
  if (!HearsOrders()) {
    return Refuse(
        fmt::format("{} has nothing in its root that would hear it: run `zprov update`, "
                    "and restart it by hand this once",
                    node_.name));
  }
  return {};
}

void NodeBoot::Give(Order order) {
  order_ = OrderView{.what = order};
  if (IsDown()) return EndOrder(State::kDone);
  const auto asked = Ask(parts_.system, mark_->root, mark_->nonce, order);
  if (!asked) return EndOrder(State::kFailed, asked.error().message);
  Enter(NodeState::kHalting, kHeardWithin);
  look_ = Now() + kLookAfter;
}

bool NodeBoot::IsUnheard() const { return state_ == NodeState::kHalting && look_ != kNever; }

// A node takes an order away before it obeys; one that waits for its root cannot see it yet.
void NodeBoot::LookWhetherHeard() {
  const auto is_taken = IsTaken(parts_.system, mark_->root);
  look_ = is_taken && *is_taken ? kNever : Now() + kLookAfter;
  if (!IsUnheard()) Enter(NodeState::kHalting, kHaltWithin);
}

void NodeBoot::EndOrder(State state, const std::string& why) {
  if (!order_ || order_->state != State::kUnderWay) return;
  order_->state = state;
  order_->text = why;
}

// One that came to itself later would surprise whoever works on it by then.
void NodeBoot::FailUnheardOrder() {
  look_ = kNever;
  const auto withdrawn = Withdraw(parts_.system, mark_->root);
  if (withdrawn && !*withdrawn) return Enter(NodeState::kHalting, kHaltWithin);  // taken just now
  std::string why = "it did not take the order, as if its root did not answer it";
  if (!withdrawn) {
    why += "; it may obey later, for the order cannot be withdrawn: " + withdrawn.error().message;
  }
  FailOrder(why);
}

void NodeBoot::FailOrder(const std::string& why) {
  cause_ = fmt::format("{}: {}", Name(state_), why);
  if (HasOwnPower()) {
    ++failures_;
    was_powered_ = true;
    return Step(Rung::kPowerOff, os::Moment{0});
  }
  EndOrder(State::kFailed, why + ": cut its power by hand");
  if (!device_) return Enter(NodeState::kAbsent, kNever);
  is_found_ = true;  // what it reported before says nothing now
  Enter(NodeState::kGadget, kLinkWithin);
}

// A ROM that is not to be booted: the board was told to halt, and this is what became of it.
bool NodeBoot::StaysHalted() {
  if (HasOrder(Order::kHalt)) StayDown();
  if (!halted_) return false;
  if (state_ == NodeState::kAbsent && *halted_ + kHaltedShowsWithin < Now()) halted_.reset();
  return halted_.has_value();
}

void NodeBoot::LeftAsTold() {
  mark_.reset();
  if (order_->what == Order::kReboot) return Enter(NodeState::kHalting, kBackWithin);
  StayDown();
  Enter(NodeState::kAbsent, kNever);
}

// Its plug, its power or a hub, unless it took the order just now. It may run on unseen, and must
// not obey when everybody has forgotten it.
void NodeBoot::LeftUnheard() {
  look_ = kNever;
  const auto withdrawn = Withdraw(parts_.system, mark_->root);
  if (order_->what == Order::kHalt && withdrawn.value_or(true)) {
    EndOrder(State::kFailed,
             "it left the bus before it took the order: look at its plug and its power");
    mark_.reset();
    return Enter(NodeState::kAbsent, kNever);
  }
  LeftAsTold();
}

void NodeBoot::StayDown() {
  EndOrder(State::kDone);
  halted_ = Now();
  // Without it a later serve boots the board when that shows its ROM.
  static_cast<void>(MarkHalted(parts_.system, node_.name));
}

void NodeBoot::Found(const os::UsbDevice& device) {
  if (state_ == NodeState::kAbsent && IsMarkedHalted(parts_.system, node_.name)) halted_ = Now();
  Arrived(device);
}

// Linux shows though the node was told to end it.
void NodeBoot::DisprovesOrder() {
  if (!halted_ && state_ != NodeState::kHalting) return;
  halted_.reset();
  if (order_) order_->state = State::kUnderWay;
  EndOrder(State::kFailed, "it left the bus, and the same Linux is back: see what hangs on it");
}

}  // namespace zprov::engine
