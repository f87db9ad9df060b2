// Commands on a machine whose agent is played by a thread of this process.
#include "vm/cluster/guest_agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace zprov::vm {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

// Answers each line with the next of its own, then hangs up.
class PlayedAgent {
 public:
  explicit PlayedAgent(std::vector<std::string> answers) : answers_(std::move(answers)) {
    std::string folder = (std::filesystem::temp_directory_path() / "zprov-agent-XXXXXX").string();
    folder_ = mkdtemp(folder.data());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof(address.sun_path) - 1);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    thread_ = std::thread([this] { Play(); });
  }
  ~PlayedAgent() {
    thread_.join();
    close(listener_);
    std::filesystem::remove_all(folder_);
  }
  std::string path() const { return folder_ + "/agent"; }
  // Once it hung up.
  std::vector<std::string> Heard() {
    thread_.join();
    thread_ = std::thread([] {});
    return heard_;
  }

 private:
  void Play() {
    const int fd = accept(listener_, nullptr, nullptr);
    for (const std::string& answer : answers_) {
      std::string line;
      for (char c = 0; read(fd, &c, 1) == 1 && c != '\n';) line += c;
      heard_.push_back(line);
      if (write(fd, (answer + "\n").data(), answer.size() + 1) < 0) break;
    }
    close(fd);
  }

  std::string folder_;
  int listener_ = -1;
  std::vector<std::string> answers_;
  std::vector<std::string> heard_;
  std::thread thread_;
};

TEST(GuestAgent, RunsACommandAndBringsWhatItSaid) {
  PlayedAgent played(
      {R"({"return":1})", R"({"return":{"pid":42}})", R"({"return":{"exited":false}})",
       R"({"return":{"exited":true,"exitcode":3,"out-data":"aGVsbG8K","err-data":"bm8="}})"});
  {
    auto agent = GuestAgent::Connect(played.path(), seconds(20));
    ASSERT_TRUE(agent.has_value()) << agent.error().message;
    const auto ran = agent->Run("echo hello", seconds(20));
    ASSERT_TRUE(ran.has_value()) << ran.error().message;
    EXPECT_EQ(ran->exit_code, 3);
    EXPECT_EQ(ran->out, "hello\n");
    EXPECT_EQ(ran->err, "no");
  }
  const auto heard = played.Heard();
  EXPECT_THAT(heard, ElementsAre(HasSubstr("guest-sync"), HasSubstr(R"(["-c","echo hello"])"),
                                 HasSubstr(R"("pid":42)"), HasSubstr("guest-exec-status")));
}

TEST(GuestAgent, DropsWhatWasSaidBeforeTheMachineRestarted) {
  PlayedAgent played({R"({"return":1})",
                      R"({"return":{"pid":42}})"
                      "\n"
                      R"({"return":2})",
                      R"({"return":{"pid":43}})",
                      R"({"return":{"exited":true,"exitcode":0,"out-data":"eWVz"}})"});
  auto agent = GuestAgent::Connect(played.path(), seconds(20));
  ASSERT_TRUE(agent.has_value());
  ASSERT_TRUE(agent->Sync(seconds(20)).has_value());
  const auto ran = agent->Run("true", seconds(20));
  ASSERT_TRUE(ran.has_value()) << ran.error().message;
  EXPECT_EQ(ran->out, "yes");
}

// A slow machine's answer to the last command was taken for one to the next, and ended the test.
TEST(GuestAgent, TakesALateAnswerForNoneToTheNextCommand) {
  PlayedAgent played({R"({"return":1})", R"({"return":{"pid":42}})", R"({"return":2})",
                      R"({"return":{"pid":43}})",
                      R"({"return":{"exited":true,"exitcode":0,"out-data":"eWVz"}})"});
  auto agent = GuestAgent::Connect(played.path(), seconds(20));
  ASSERT_TRUE(agent.has_value());
  const auto slow = agent->Run("slow", seconds(0));
  ASSERT_FALSE(slow.has_value());
  EXPECT_EQ(slow.error().kind, ErrorKind::kTimedOut);
  const auto ran = agent->Run("true", seconds(20));
  ASSERT_TRUE(ran.has_value()) << ran.error().message;
  EXPECT_EQ(ran->out, "yes");
}

TEST(GuestAgent, SaysThatTheMachineIsGone) {
  PlayedAgent played({R"({"return":1})"});
  auto agent = GuestAgent::Connect(played.path(), seconds(20));
  ASSERT_TRUE(agent.has_value());
  const auto ran = agent->Run("true", seconds(20));
  ASSERT_FALSE(ran.has_value());
  EXPECT_THAT(ran.error().message, HasSubstr("QEMU is gone"));
}

TEST(GuestAgent, SaysWhatTheAgentRefused) {
  PlayedAgent played(
      {R"({"return":1})", R"({"error":{"class":"GenericError","desc":"disabled"}})"});
  auto agent = GuestAgent::Connect(played.path(), seconds(20));
  ASSERT_TRUE(agent.has_value());
  const auto ran = agent->Run("true", seconds(20));
  ASSERT_FALSE(ran.has_value());
  EXPECT_THAT(ran.error().message, HasSubstr("disabled"));
}

}  // namespace
}  // namespace zprov::vm
