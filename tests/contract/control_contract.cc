// What os::Control promises, for the simulator and for Unix sockets alike.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "adapters/control_socket.h"
#include "adapters/system_clock.h"
#include "sim/control.h"

namespace zprov::tests {
namespace {

using os::ControlClosed;
using os::ControlId;
using os::ControlLine;

class ControlWorld {
 public:
  virtual ~ControlWorld() = default;
  virtual os::Control& control() = 0;
  virtual os::Events& events() = 0;
  virtual os::Clock& clock() = 0;
  virtual std::string Path() const = 0;  // where a socket may be
  virtual uint32_t Uid() const = 0;      // whose processes we are
};

class SimControlWorld final : public ControlWorld {
 public:
  os::Control& control() override { return control_; }
  os::Events& events() override { return events_; }
  os::Clock& clock() override { return clock_; }
  std::string Path() const override { return "/run/zprov/control"; }
  uint32_t Uid() const override { return 0; }

 private:
  sim::VirtualClock clock_;
  sim::EventQueue queue_{clock_};
  sim::Events events_{queue_};
  sim::Control control_{queue_};
};

class RealControlWorld final : public ControlWorld {
 public:
  RealControlWorld() {
    std::string name = testing::TempDir() + "zprov-control-XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~RealControlWorld() override {
    control_.reset();
    std::filesystem::remove_all(directory_);
  }
  RealControlWorld(const RealControlWorld&) = delete;
  RealControlWorld& operator=(const RealControlWorld&) = delete;

  os::Control& control() override { return *control_; }
  os::Events& events() override { return *loop_; }
  os::Clock& clock() override { return *clock_; }
  std::string Path() const override { return directory_ + "/control"; }
  uint32_t Uid() const override { return ::getuid(); }

 private:
  std::string directory_;
  std::unique_ptr<os::Clock> clock_ = adapters::MakeSystemClock();
  std::unique_ptr<adapters::EventLoop> loop_ = adapters::MakeEventLoop(*clock_);
  std::unique_ptr<os::Control> control_ = adapters::MakeControlSocket(*loop_);
};

struct Row {
  std::string name;
  std::unique_ptr<ControlWorld> (*make)();
};

void PrintTo(const Row& row, std::ostream* stream) { *stream << row.name; }

class ControlContract : public testing::TestWithParam<Row> {
 protected:
  os::Control& control() { return world_->control(); }

  os::Event Next() {
    auto event = world_->events().Next(world_->clock().Now() + std::chrono::minutes(5));
    EXPECT_TRUE(event.has_value());
    return event.value_or(os::DeadlinePassed{});
  }
  ControlId Connected() {
    EXPECT_TRUE(control().Listen(world_->Path()).has_value());
    return control().Connect(world_->Path()).value();
  }
  // The other end of a connection: only who was spoken to knows it.
  ControlId Greet(ControlId caller) {
    EXPECT_TRUE(control().Send(caller, "hello").has_value());
    const os::Event event = Next();
    const auto* line = std::get_if<ControlLine>(&event);
    EXPECT_TRUE(line != nullptr && line->line == "hello");
    return line == nullptr ? 0 : line->connection;
  }
  ErrorKind KindOf(const Result<void>& result) {
    EXPECT_FALSE(result.has_value());
    return result ? ErrorKind::kIo : result.error().kind;
  }

  std::unique_ptr<ControlWorld> world_ = GetParam().make();
};

TEST_P(ControlContract, CarriesALineToWhoListensAndSaysWhoseProcessSentIt) {
  const ControlId caller = Connected();
  ASSERT_TRUE(control().Send(caller, "status").has_value());
  const os::Event event = Next();
  const auto* line = std::get_if<ControlLine>(&event);
  ASSERT_NE(line, nullptr);
  EXPECT_NE(line->connection, caller);
  EXPECT_EQ(line->uid, world_->Uid());
  EXPECT_EQ(line->line, "status");
}

TEST_P(ControlContract, CarriesAnswersBackInOrder) {
  const ControlId caller = Connected();
  const ControlId listener = Greet(caller);
  ASSERT_TRUE(control().Send(listener, "first").has_value());
  ASSERT_TRUE(control().Send(listener, "").has_value());
  ASSERT_TRUE(control().Send(listener, "third").has_value());
  EXPECT_EQ(Next(), os::Event(ControlLine{caller, world_->Uid(), "first"}));
  EXPECT_EQ(Next(), os::Event(ControlLine{caller, world_->Uid(), ""}));
  EXPECT_EQ(Next(), os::Event(ControlLine{caller, world_->Uid(), "third"}));
}

TEST_P(ControlContract, KeepsCallersApart) {
  const ControlId first = Connected();
  const ControlId second = control().Connect(world_->Path()).value();
  const ControlId to_first = Greet(first);
  const ControlId to_second = Greet(second);
  ASSERT_TRUE(control().Send(to_second, "for the second").has_value());
  EXPECT_EQ(Next(), os::Event(ControlLine{second, world_->Uid(), "for the second"}));
  ASSERT_TRUE(control().Send(to_first, "for the first").has_value());
  EXPECT_EQ(Next(), os::Event(ControlLine{first, world_->Uid(), "for the first"}));
}

TEST_P(ControlContract, SaysThatTheOtherEndLeftAfterItsLastLine) {
  const ControlId caller = Connected();
  const ControlId listener = Greet(caller);
  ASSERT_TRUE(control().Send(caller, "last").has_value());
  control().Close(caller);
  EXPECT_EQ(Next(), os::Event(ControlLine{listener, world_->Uid(), "last"}));
  EXPECT_EQ(Next(), os::Event(ControlClosed{listener}));
  EXPECT_EQ(KindOf(control().Send(listener, "anybody?")), ErrorKind::kGone);
}

TEST_P(ControlContract, SendsNothingThroughAClosedEnd) {
  const ControlId caller = Connected();
  control().Close(caller);
  control().Close(caller);
  EXPECT_EQ(KindOf(control().Send(caller, "status")), ErrorKind::kGone);
}

TEST_P(ControlContract, RefusesWhatIsNoLine) {
  const ControlId caller = Connected();
  const ControlId listener = Greet(caller);
  EXPECT_EQ(KindOf(control().Send(caller, std::string(os::kMaxControlLine + 1, 'x'))),
            ErrorKind::kTooLarge);
  EXPECT_EQ(KindOf(control().Send(caller, "two\nlines")), ErrorKind::kInvalid);
  const std::string longest(os::kMaxControlLine, 'x');
  ASSERT_TRUE(control().Send(caller, longest).has_value());
  EXPECT_EQ(Next(), os::Event(ControlLine{listener, world_->Uid(), longest}));
}

TEST_P(ControlContract, FindsNobodyWhereNobodyListens) {
  const auto nobody = control().Connect(world_->Path());
  ASSERT_FALSE(nobody.has_value());
  EXPECT_EQ(nobody.error().kind, ErrorKind::kNotFound);
}

TEST_P(ControlContract, FindsNobodyBesideWhoListens) {
  ASSERT_TRUE(control().Listen(world_->Path()).has_value());
  const auto nobody = control().Connect(world_->Path() + "-2");
  ASSERT_FALSE(nobody.has_value());
  EXPECT_EQ(nobody.error().kind, ErrorKind::kNotFound);
}

TEST_P(ControlContract, DoesNotListenWhereSomebodyListens) {
  ASSERT_TRUE(control().Listen(world_->Path()).has_value());
  EXPECT_EQ(KindOf(control().Listen(world_->Path())), ErrorKind::kBusy);
}

INSTANTIATE_TEST_SUITE_P(, ControlContract,
                         testing::Values(Row{"Sim",
                                             []() -> std::unique_ptr<ControlWorld> {
                                               return std::make_unique<SimControlWorld>();
                                             }},
                                         Row{"Real",
                                             []() -> std::unique_ptr<ControlWorld> {
                                               return std::make_unique<RealControlWorld>();
                                             }}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace zprov::tests
