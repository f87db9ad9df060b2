#include "cli/orders_text.h"

#include <gmock/gmock.h>

#include "cli/json.h"
#include "unit/cli/schemas.h"

namespace zprov::cli {
namespace {

using engine::NodeOrdered;
using engine::NodeState;
using engine::NodeView;
using engine::Order;
using engine::Ordered;
using engine::OrderView;
using How = NodeOrdered::How;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

NodeOrdered Halted(const std::string& name) {
  return {{.node = name, .state = NodeState::kAbsent}, How::kDone};
}

NodeOrdered Deaf(const std::string& name) {
  return {{.node = name,
           .state = NodeState::kHealthy,
           .order = OrderView{Order::kHalt, OrderView::State::kFailed,
                              "it did not leave the bus: look at its console"}},
          How::kFailed};
}

TEST(OrderedText, HasARowPerNodeAndSaysOfWhoDidNotObeyWhatToDo) {
  EXPECT_EQ(OrderedText(Order::kHalt, {{Halted("s0"), Deaf("s1")}, {"the MTU is 1500"}}),
            "NODE  HALT    STAGE\n"
            "s0    done    absent\n"
            "s1    failed  healthy\n"
            "s1: halt failed: it did not leave the bus: look at its console\n"
            "warning: the MTU is 1500\n"
            "2 nodes: 1 done, 1 failed\n");
}

TEST(OrderedText, NamesTheStageOfOneThatIsLate) {
  const NodeOrdered late{{.node = "s2", .state = NodeState::kServing}, How::kLate};
  const std::string text = OrderedText(Order::kReboot, {{late}, {}});
  EXPECT_THAT(text, HasSubstr("s2: reboot late, at stage \"serving\"; `zprov status s2`"));
  EXPECT_FALSE(AllObeyed({{late}, {}}));
  EXPECT_TRUE(AllObeyed({{Halted("s0")}, {}}));
}

TEST(OrderedJson, IsADocumentThatItsSchemaAccepts) {
  for (const Order what : {Order::kHalt, Order::kReboot}) {
    const std::string document = OrderedJson(what, {{Halted("s0"), Deaf("s1")}, {"a warning"}});
    EXPECT_EQ(Faults("halt", document), "");
    EXPECT_THAT(document, HasSubstr("look at its console"));
  }
}

TEST(RenewedText, ShowsTheGenerationAndThenTheReboots) {
  engine::Renewed renewed;
  renewed.updated = {.number = 2,
                     .kernel = "6.1.21+",
                     .moved = {{"s0", 1, 2}, {"s1", 1, 2}},
                     .at_next_boot = {"s0", "s1"}};
  EXPECT_THAT(RenewedText(renewed), EndsWith("no node was rebooted\n"));
  renewed.rebooted = {Halted("s0"), Deaf("s1")};
  const std::string text = RenewedText(renewed);
  EXPECT_THAT(text, HasSubstr("generation 2 made for 2 nodes"));
  EXPECT_THAT(text, Not(HasSubstr("until it reboots")));
  EXPECT_THAT(text, EndsWith("2 nodes: 1 done, 1 failed\n"));
  EXPECT_EQ(Faults("update", UpdateJson(renewed, {"a warning"})), "");
}

}  // namespace
}  // namespace zprov::cli
