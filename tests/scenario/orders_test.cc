// Halt and reboot: what the node does, and what is done when it does not.
#include <gmock/gmock.h>

#include "engine/serve/give_order.h"
#include "scenario/running_rig.h"

namespace zprov::scenario {
namespace {

using engine::Client;
using engine::ControlRequest;
using engine::NodeState;
using engine::Order;
using engine::OrderView;
using engine::Snapshot;
using sim::zero::Fault;
using sim::zero::Stage;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using Verb = ControlRequest::Verb;

TEST(Halt, TakesTheNodeDownAndSaysSoWhenItHasLeftTheBus) {
  Running rig;
  rig.Order(Verb::kHalt, {"s1"});
  EXPECT_EQ(rig.Of(1).state, NodeState::kHalting);
  ExpectOrder(rig.Of(1), Order::kHalt, OrderView::State::kUnderWay);
  rig.LetPass(minutes(1));
  EXPECT_EQ(rig.StageOf(1), Stage::kHalted);
  EXPECT_EQ(rig.Of(1).state, NodeState::kAbsent);
  ExpectOrder(rig.Of(1), Order::kHalt, OrderView::State::kDone);
  rig.ExpectOthersUntouched(1);
}

TEST(Halt, LeavesABoardThatShowsItsRomAgainAloneUntilItIsToBoot) {
  Running rig({{"1-1.3", {{Fault::kRomAfterHalt}}}});
  rig.Order(Verb::kHalt, {"s1"});
  rig.LetPass(minutes(5));
  EXPECT_EQ(rig.StageOf(1), Stage::kRom);
  EXPECT_EQ(rig.Of(1).state, NodeState::kRom);
  EXPECT_EQ(rig.Of(1).step, "halted");
  ExpectOrder(rig.Of(1), Order::kHalt, OrderView::State::kDone);
  rig.Order(Verb::kBoot, {"s1"});
  rig.LetPass(minutes(2));
  EXPECT_EQ(rig.StageOf(1), Stage::kHealthy);
  rig.ExpectOthersUntouched(1);
}

TEST(Halt, BootsABoardAgainThatSomebodyPlugsInLater) {
  Running rig;
  rig.Order(Verb::kHalt, {"s1"});
  rig.LetPass(minutes(5));
  ASSERT_EQ(rig.Of(1).state, NodeState::kAbsent);
  rig.zeros_.push_back(
      sim::zero::PlugZero(rig.world_, {.port = *rig.spec_.nodes[1].usb}));  // a new board
  rig.LetPass(minutes(2));
  EXPECT_EQ(rig.Of(1).state, NodeState::kHealthy) << rig.Of(1).cause;
}

TEST(Halt, OfOneThatIsDownIsDoneAtOnce) {
  Running rig;
  rig.world_.usb().Unplug(*rig.spec_.nodes[1].usb);
  rig.LetPass(minutes(1));
  rig.Order(Verb::kHalt, {"s1"});
  ExpectOrder(rig.Of(1), Order::kHalt, OrderView::State::kDone);
}

TEST(Halt, OfOneThatDoesNotObeyFailsWithWhatToDoAndHoldsUpNobody) {
  Running rig({{"1-1.3", {{Fault::kIgnoresOrders}}}});
  const os::Moment told = rig.world_.clock().Now();
  rig.Order(Verb::kHalt, {"s0", "s1"});
  while (rig.Of(0).state != NodeState::kAbsent) rig.LetPass(seconds(1));
  EXPECT_LE(rig.world_.clock().Now(), told + seconds(20)) << "the healthy one waited for it";
  rig.LetPass(seconds(80));
  ExpectOrder(rig.Of(1), Order::kHalt, OrderView::State::kFailed);
  EXPECT_THAT(rig.Of(1).order->text,
              AllOf(HasSubstr("did not leave the bus"), HasSubstr("cut its power")));
  EXPECT_EQ(rig.Of(1).state, NodeState::kHealthy) << "that is what its link and its report show";
  EXPECT_EQ(rig.world_.usb().PowerCuts(*rig.spec_.nodes[1].usb), 0);
}

constexpr char kAskOfS1[] = "/x/.zprov/gen/1/s1/root/var/lib/zprov/ask";

// What the host sends to s1 goes out at that link.
void LeadS1To(Running& rig, const std::string& link) {
  const spec::Node& node = rig.spec_.nodes[1];
  ASSERT_TRUE(rig.world_.system().live->netlink.Pin(link, node.node_mac, node.address));
}

TEST(Halt, OfOneThatDoesNotHearItIsWithdrawnAndSaysWhatItLacks) {
  Running rig;
  LeadS1To(rig, "s0");
  rig.Order(Verb::kHalt, {"s1"});
  const std::string ask = kAskOfS1;
  EXPECT_TRUE(rig.world_.scene().Has(ask));
  rig.LetPass(minutes(2));
  EXPECT_EQ(rig.Of(1).state, NodeState::kHalting);
  rig.LetPass(minutes(2));
  ExpectOrder(rig.Of(1), Order::kHalt, OrderView::State::kFailed);
  EXPECT_THAT(rig.Of(1).order->text,
              AllOf(HasSubstr("did not take the order"), HasSubstr("cut its power")));
  EXPECT_FALSE(rig.world_.scene().Has(ask));
  EXPECT_EQ(rig.StageOf(1), Stage::kHealthy);
}

TEST(Halt, OfOneThatDoesNotHearItSaysWhenItCannotBeWithdrawn) {
  Running rig;
  LeadS1To(rig, "s0");
  rig.Order(Verb::kHalt, {"s1"});
  rig.world_.disk().SetReadOnly(0, os::Access::kReadOnly);
  rig.LetPass(minutes(4));
  ExpectOrder(rig.Of(1), Order::kHalt, OrderView::State::kFailed);
  EXPECT_THAT(rig.Of(1).order->text,
              HasSubstr("it may obey later, for the order cannot be withdrawn"));
}

// A cable or a hub: Linux runs on, and must not obey when everybody has forgotten it.
TEST(Halt, OfOneThatLeavesTheBusBeforeItTookTheOrderIsWithdrawnAndNotCalledDone) {
  Running rig;
  LeadS1To(rig, "s0");
  rig.Order(Verb::kHalt, {"s1"});
  rig.world_.usb().Unplug(*rig.spec_.nodes[1].usb);
  rig.LetPass(seconds(2));
  ExpectOrder(rig.Of(1), Order::kHalt, OrderView::State::kFailed);
  EXPECT_THAT(rig.Of(1).order->text, HasSubstr("left the bus before it took the order"));
  EXPECT_EQ(rig.Of(1).state, NodeState::kAbsent);
  EXPECT_FALSE(rig.world_.scene().Has(kAskOfS1));
}

TEST(Halt, CutsThePowerOfOneThatDoesNotObeyWhereThatHarmsNobody) {
  ServeRig rig({{"1-1.3", {{Fault::kIgnoresOrders, 1}}}});
  rig.world_.usb().SetHubPower(*PortPath::Parse("1-1"), sim::HubPower::kPerPort);
  rig.spec_.nodes[1].power = spec::Power::kPerPort;
  rig.Serve();
  rig.LetPass(minutes(3));
  rig.Say(rig.Connect(), ControlRequest{Verb::kHalt, {"s1"}});
  rig.LetPass(minutes(3));
  ExpectOrder(rig.Of(1), Order::kHalt, OrderView::State::kDone);
  EXPECT_EQ(rig.Of(1).step, "halted");
  EXPECT_EQ(rig.zeros_[1]->stage(), Stage::kRom);
  EXPECT_EQ(rig.zeros_[0]->boots(), 1);
}

TEST(Halt, IsRefusedForAllWhenOneOfThemCannotTakeIt) {
  Running rig;
  rig.Order(Verb::kReboot, {"s1"});
  const os::ControlId caller = rig.Order(Verb::kHalt, {"s0", "s1"});
  EXPECT_THAT(rig.Heard(caller), ElementsAre(AllOf(HasSubstr("refused"), HasSubstr("s1"))));
  EXPECT_FALSE(rig.Of(0).order);
  EXPECT_EQ(rig.Of(0).state, NodeState::kHealthy);
}

TEST(Halt, OfOneThatBootsIsRefusedAndSaysToWait) {
  ServeRig rig;
  rig.Serve();
  while (rig.Of(0).state != NodeState::kServing) rig.LetPass(seconds(1));
  const os::ControlId caller = rig.Connect();
  rig.Say(caller, ControlRequest{Verb::kHalt, {"s0"}});
  rig.LetPass(seconds(1));
  EXPECT_THAT(rig.Heard(caller), ElementsAre(HasSubstr("wait until it is healthy")));
}

TEST(Halt, OfOneWhoseRootHasNoZprovNodeSaysToUpdateFirst) {
  ServeRig rig;
  for (const spec::Node& node : rig.spec_.nodes) {
    rig.world_.scene().Remove("/x/.zprov/gen/1/" + node.name + "/root/usr/lib/zprov/zprov-node");
  }
  rig.Serve();
  rig.LetPass(minutes(3));
  ASSERT_EQ(rig.Of(0).state, NodeState::kUp);
  const os::ControlId caller = rig.Connect();
  rig.Say(caller, ControlRequest{Verb::kHalt, {"s0"}});
  rig.LetPass(seconds(1));
  EXPECT_THAT(rig.Heard(caller), ElementsAre(HasSubstr("run `zprov update`")));
}

TEST(Reboot, IsDoneWhenTheNodeIsHealthyAgain) {
  Running rig;
  rig.Order(Verb::kReboot, {"s1"});
  const std::string before = rig.Of(1).nonce;
  rig.LetPass(seconds(30));
  ExpectOrder(rig.Of(1), Order::kReboot, OrderView::State::kUnderWay);
  rig.LetPass(minutes(2));
  EXPECT_EQ(rig.Of(1).state, NodeState::kHealthy) << rig.Of(1).cause;
  EXPECT_NE(rig.Of(1).nonce, before);
  EXPECT_EQ(rig.zeros_[1]->boots(), 2);
  ExpectOrder(rig.Of(1), Order::kReboot, OrderView::State::kDone);
  rig.ExpectOthersUntouched(1);
}

TEST(Reboot, OfOneThatLosesItsPowerBeforeItTookTheOrderIsWithdrawnAndDoneByThat) {
  Running rig;
  LeadS1To(rig, "s0");
  rig.Order(Verb::kReboot, {"s1"});
  rig.zeros_[1]->Unplug();
  rig.LetPass(seconds(5));
  EXPECT_FALSE(rig.world_.scene().Has(kAskOfS1));
  rig.zeros_[1]->PlugIn();
  rig.LetPass(minutes(2));
  EXPECT_EQ(rig.Of(1).state, NodeState::kHealthy) << rig.Of(1).cause;
  ExpectOrder(rig.Of(1), Order::kReboot, OrderView::State::kDone);
}

TEST(Reboot, OfOneThatNeverComesBackFailsWithWhatToDo) {
  Running rig({{"1-1.3", {{Fault::kNoWarmReboot}}}});
  rig.Order(Verb::kReboot, {"s1"});
  rig.LetPass(minutes(2));
  EXPECT_EQ(rig.Of(1).state, NodeState::kAbsent);
  ExpectOrder(rig.Of(1), Order::kReboot, OrderView::State::kFailed);
  EXPECT_THAT(rig.Of(1).order->text, HasSubstr("did not come back: cut its power"));
  rig.ExpectOthersUntouched(1);
}

TEST(Reboot, GivesOneThatNeverComesBackItsPowerAnewWhereThatHarmsNobody) {
  ServeRig rig({{"1-1.3", {{Fault::kNoWarmReboot}}}});
  rig.world_.usb().SetHubPower(*PortPath::Parse("1-1"), sim::HubPower::kPerPort);
  rig.spec_.nodes[1].power = spec::Power::kPerPort;
  rig.Serve();
  rig.LetPass(minutes(3));
  rig.Say(rig.Connect(), ControlRequest{Verb::kReboot, {"s1"}});
  rig.LetPass(minutes(4));
  EXPECT_EQ(rig.Of(1).state, NodeState::kHealthy) << rig.Of(1).cause;
  ExpectOrder(rig.Of(1), Order::kReboot, OrderView::State::kDone);
  EXPECT_EQ(rig.zeros_[0]->boots(), 1);
}

TEST(Reboot, OfAHeldNodeEndsInItsRomUntilTheHolderLeaves) {
  Running rig;
  const os::ControlId holder = rig.Order(Verb::kHold, {"s1"});
  rig.Order(Verb::kReboot, {"s1"});
  rig.LetPass(minutes(2));
  EXPECT_EQ(rig.StageOf(1), Stage::kRom);
  ExpectOrder(rig.Of(1), Order::kReboot, OrderView::State::kUnderWay);
  rig.world_.control().Close(holder);
  rig.LetPass(minutes(2));
  EXPECT_EQ(rig.StageOf(1), Stage::kHealthy);
  ExpectOrder(rig.Of(1), Order::kReboot, OrderView::State::kDone);
}

TEST(Reboot, OfOneThatIsDownSaysHowToBootIt) {
  Running rig;
  rig.world_.usb().Unplug(*rig.spec_.nodes[1].usb);
  rig.LetPass(minutes(1));
  EXPECT_THAT(rig.Heard(rig.Order(Verb::kReboot, {"s1"})),
              ElementsAre(HasSubstr("s1 does not run: boot it")));
}

TEST(WithoutServe, HaltAndRebootAreDoneByTheCommandItself) {
  Running rig({{"1-1.4", {{Fault::kRomAfterHalt}}}});
  rig.Kill();
  const auto client = Client::OfServeOrHere(rig.world_.system(), rig.spec_, "a test");
  ASSERT_TRUE(client) << client.error().message;
  const auto is_over = [](size_t node) {
    return [node](const Snapshot& snapshot) {
      const auto& order = snapshot.nodes[node].order;
      return order && order->state != OrderView::State::kUnderWay ? Client::Verdict::kOver
                                                                  : Client::Verdict::kGoOn;
    };
  };
  const auto halted = (*client)->Do({Verb::kHalt, {"s2"}}, minutes(3), is_over(2));
  ASSERT_TRUE(halted) << halted.error().message;
  ExpectOrder(halted->last.nodes[2], Order::kHalt, OrderView::State::kDone);
  const auto rebooted = (*client)->Do({Verb::kReboot, {"s1"}}, minutes(3), is_over(1));
  ASSERT_TRUE(rebooted) << rebooted.error().message;
  ExpectOrder(rebooted->last.nodes[1], Order::kReboot, OrderView::State::kDone);
  EXPECT_EQ(rig.zeros_[1]->boots(), 2);
  EXPECT_EQ(rig.zeros_[2]->stage(), Stage::kRom);
}

// Whoever waits for it waits as long as a node may take.
TEST(WithoutServe, AHaltIsWaitedForUntilItHasFailed) {
  Running rig({{"1-1.3", {{Fault::kIgnoresOrders}}}});
  rig.Kill();
  LeadS1To(rig, "s0");
  rig.world_.queue().After(seconds(140), [&rig] { LeadS1To(rig, "s1"); });
  const auto halted = engine::GiveOrder(rig.world_.system(), rig.spec_,
                                        {Order::kHalt, {"s1"}, "a test"}, [](const Snapshot&) {});
  ASSERT_TRUE(halted) << halted.error().message;
  ASSERT_THAT(halted->nodes, SizeIs(1));
  EXPECT_EQ(halted->nodes[0].how, engine::NodeOrdered::How::kFailed);
  EXPECT_THAT(halted->nodes[0].view.order->text, HasSubstr("did not leave the bus"));
}

TEST(WithoutServe, AHaltBootsNobodyElse) {
  ServeRig rig;
  const auto client = Client::OfServeOrHere(rig.world_.system(), rig.spec_, "a test");
  ASSERT_TRUE(client) << client.error().message;
  const auto halted = (*client)->Do({Verb::kHalt, {"s2"}}, minutes(1),
                                    [](const Snapshot&) { return Client::Verdict::kGoOn; });
  ASSERT_TRUE(halted) << halted.error().message;
  for (const auto& zero : rig.zeros_) EXPECT_EQ(zero->stage(), Stage::kRom);
}

}  // namespace
}  // namespace zprov::scenario
