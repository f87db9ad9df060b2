// What only real sockets can show of os::Control; the rest is in tests/contract.
#include "adapters/control_socket.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "adapters/system_clock.h"

namespace zprov::tests {
namespace {

// A process that may listen, and a directory for its socket.
class Listener {
 public:
  Listener() {
    std::string name = testing::TempDir() + "zprov-control-XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~Listener() {
    control_.reset();
    std::filesystem::remove_all(directory_);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  os::Control& control() { return *control_; }
  // The next event that is there already.
  os::Event Poll() { return loop_->Next(clock_->Now()).value_or(os::DeadlinePassed{}); }
  std::string Path() const { return directory_ + "/control"; }

 private:
  std::string directory_;
  std::unique_ptr<os::Clock> clock_ = adapters::MakeSystemClock();
  std::unique_ptr<adapters::EventLoop> loop_ = adapters::MakeEventLoop(*clock_);
  std::unique_ptr<os::Control> control_ = adapters::MakeControlSocket(*loop_);
};

class ControlSocket : public testing::Test {
 protected:
  Listener world_;
};

TEST_F(ControlSocket, OnlyTheOwnerMayWriteToIt) {
  ASSERT_TRUE(world_.control().Listen(world_.Path()).has_value());
  EXPECT_EQ(std::filesystem::status(world_.Path()).permissions(), std::filesystem::perms(0600));
}

TEST_F(ControlSocket, ReplacesTheSocketOfAKilledProcessAndLeavesNoneBehind) {
  {
    Listener killed;
    ASSERT_TRUE(killed.control().Listen(killed.Path()).has_value());
    std::filesystem::rename(killed.Path(), world_.Path());  // so that its end does not take it away
  }
  ASSERT_TRUE(std::filesystem::is_socket(world_.Path()));
  {
    Listener next;
    ASSERT_TRUE(next.control().Listen(world_.Path()).has_value());
    EXPECT_TRUE(next.control().Connect(world_.Path()).has_value());
  }
  EXPECT_FALSE(std::filesystem::exists(world_.Path()));
}

TEST_F(ControlSocket, LeavesAFileThatIsNoSocketAlone) {
  std::ofstream(world_.Path()) << "mine";
  const auto refused = world_.control().Listen(world_.Path());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kExists);
  EXPECT_EQ(std::filesystem::file_size(world_.Path()), 4U);
}

TEST_F(ControlSocket, RefusesAPathThatIsTooLongForTheKernel) {
  const auto refused = world_.control().Listen("/" + std::string(107, 'x'));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
}

TEST_F(ControlSocket, NeedsItsDirectory) {
  const auto refused = world_.control().Listen(world_.Path() + "/not/there");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kNotFound);
}

TEST_F(ControlSocket, HangsUpOnAPeerThatReadsNothing) {
  ASSERT_TRUE(world_.control().Listen(world_.Path()).has_value());
  const os::ControlId caller = world_.control().Connect(world_.Path()).value();
  const std::string line(os::kMaxControlLine, 'x');
  Result<void> sent;
  // Nobody runs the loop, so nobody reads.
  for (size_t bytes = 0; sent && bytes < 2 * os::kMaxControlBacklog; bytes += line.size()) {
    sent = world_.control().Send(caller, line);
  }
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().kind, ErrorKind::kGone);
}

TEST_F(ControlSocket, TakesABoundedNumberOfCallersAndHangsUpOnTheRest) {
  constexpr size_t kTaken = 128;
  constexpr size_t kCallers = 1000;
  ASSERT_TRUE(world_.control().Listen(world_.Path()).has_value());
  Listener callers;
  std::vector<os::ControlId> ids;
  size_t hung_up = 0;
  const auto run = [&] {
    static_cast<void>(world_.Poll());
    if (std::holds_alternative<os::ControlClosed>(callers.Poll())) ++hung_up;
  };
  while (ids.size() < kCallers) {
    const auto id = callers.control().Connect(world_.Path());
    ASSERT_TRUE(id.has_value()) << id.error().message;
    ids.push_back(*id);
    run();
  }
  for (int i = 0; i < 1'000'000 && hung_up < kCallers - kTaken; ++i) run();
  EXPECT_EQ(hung_up, kCallers - kTaken);
  // The end of one that was taken makes room.
  callers.control().Close(ids.front());
  bool has_left = false;
  for (int i = 0; i < 1'000'000 && !has_left; ++i) {
    has_left = std::holds_alternative<os::ControlClosed>(world_.Poll());
  }
  const os::ControlId late = callers.control().Connect(world_.Path()).value();
  ASSERT_TRUE(callers.control().Send(late, "hello").has_value());
  std::string heard;
  for (int i = 0; i < 1'000'000 && heard.empty(); ++i) {
    static_cast<void>(callers.Poll());
    const os::Event event = world_.Poll();
    if (const auto* line = std::get_if<os::ControlLine>(&event)) heard = line->line;
  }
  EXPECT_EQ(heard, "hello");
}

}  // namespace
}  // namespace zprov::tests
