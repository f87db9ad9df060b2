// What is read from the control socket: requests of our own, and whatever else somebody writes.
#include "engine/serve/control_request.h"

#include <gtest/gtest.h>

namespace zprov::tests {
namespace {

using engine::ControlRequest;
using engine::ParseControlRequest;

std::string WrongWithRequest(std::string_view line) {
  const auto request = ParseControlRequest(line);
  EXPECT_FALSE(request.has_value()) << line;
  if (request) return "";
  EXPECT_EQ(request.error().kind, ErrorKind::kInvalid);
  return request.error().message;
}

TEST(ControlRequest, SaysTheSameAfterItsWayOverTheSocket) {
  using Verb = ControlRequest::Verb;
  for (const Verb verb : {Verb::kStatus, Verb::kWatch, Verb::kBoot, Verb::kHalt, Verb::kReboot,
                          Verb::kHold, Verb::kHoldLinks}) {
    const ControlRequest request{verb, {"s0", "s1"}};
    EXPECT_EQ(ParseControlRequest(LineOf(request)), request);
  }
}

TEST(ControlRequest, WithoutNodesMeansAllOfThem) {
  EXPECT_EQ(ParseControlRequest(R"({"zprov":1,"do":"status"})"), ControlRequest{});
}

TEST(ControlRequest, OfAnotherVersionSaysWhatToDo) {
  EXPECT_EQ(WrongWithRequest(R"({"zprov":2,"do":"status"})"),
            "a request to serve speaks version 2, this zprov version 1: restart zprov.service "
            "after an upgrade");
}

TEST(ControlRequest, ThatIsNoneIsRefusedWithTheReason) {
  EXPECT_EQ(WrongWithRequest(""), "a request to serve is not one JSON object");
  EXPECT_EQ(WrongWithRequest("halt"), "a request to serve is not one JSON object");
  EXPECT_EQ(WrongWithRequest(R"(["zprov"])"), "a request to serve is not one JSON object");
  EXPECT_EQ(WrongWithRequest(R"({"do":"halt"})"),
            "a request to serve does not say its version (\"zprov\": 1)");
  EXPECT_EQ(WrongWithRequest(R"({"zprov":1})"), "a request to serve does not say what to do");
  EXPECT_EQ(WrongWithRequest(R"({"zprov":1,"do":"format"})"),
            "a request to serve asks for something it does not know: use the same zprov");
  EXPECT_EQ(WrongWithRequest(R"({"zprov":1,"do":"halt","nodes":"s0"})"),
            "a request to serve has no list of nodes");
  EXPECT_EQ(WrongWithRequest(R"({"zprov":1,"do":"halt","nodes":[0]})"),
            "a request to serve names a node that is no text");
  EXPECT_EQ(
      WrongWithRequest(R"({"zprov":1,"do":"halt","nodes":[")" + std::string(64, 'x') + R"("]})"),
      "a request to serve names a node that no cluster can have");
}

TEST(ControlRequest, NestedAThousandLevelsDeepIsRefused) {
  EXPECT_FALSE(ParseControlRequest(std::string(60'000, '[')).has_value());
  const std::string deep = std::string(1'000, '[') + std::string(1'000, ']');
  EXPECT_FALSE(ParseControlRequest(R"({"zprov":1,"do":"halt","nodes":)" + deep + "}").has_value());
}

}  // namespace
}  // namespace zprov::tests
