// The two sessions, by their whole conversations: what is done next after each outcome.
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "core/usbboot/file_session.h"
#include "core/usbboot/rom_session.h"

namespace zprov::usbboot {
namespace {

using std::string_view_literals::operator""sv;

constexpr Transferred kDone{TransferEnd::kDone};

std::string Asked(int command, const std::string& name) {
  std::string bytes(260, '\0');
  bytes[0] = static_cast<char>(command);
  bytes.replace(4, name.size(), name);
  return bytes;
}

Ended::How HowOf(const Act& act) {
  EXPECT_TRUE(std::holds_alternative<Ended>(act)) << act.index();
  return std::get<Ended>(act).how;
}

Transferred Sent(size_t count) { return {TransferEnd::kDone, count}; }
Transferred Came(std::string_view bytes) { return {TransferEnd::kDone, bytes.size(), bytes}; }

constexpr std::string_view kFirstStage = "the first stage";

// A ROM session that waits for the status.
Act UpToStatus(RomSession& session) {
  EXPECT_EQ(session.Begin(), Act(AnnounceWrite{24}));
  const Act message = session.On(kDone);
  EXPECT_EQ(std::get<SendBytes>(message).bytes, std::string("\x0f") + std::string(23, '\0'));
  EXPECT_EQ(session.On(Sent(24)), Act(AnnounceWrite{15}));
  EXPECT_EQ(session.On(kDone), Act(SendBytes{kFirstStage}));
  return session.On(Sent(15));
}

TEST(RomSession, SendsTheMessageThenTheFileThenReadsTheStatus) {
  RomSession session(kFirstStage);
  EXPECT_EQ(UpToStatus(session), Act(ReadBytes{4, kReadTimeoutMs}));
  EXPECT_EQ(HowOf(session.On(Came(std::string(4, '\0')))), Ended::How::kAccepted);
}

TEST(RomSession, TakesABoardThatLeftBeforeItsStatusForOneThatAccepted) {
  RomSession session(kFirstStage);
  UpToStatus(session);
  EXPECT_EQ(HowOf(session.On({TransferEnd::kGone})), Ended::How::kAccepted);
}

TEST(RomSession, LeavesItOpenWhenTheStatusCannotBeRead) {
  for (const TransferEnd end : {TransferEnd::kTimedOut, TransferEnd::kStalled}) {
    RomSession session(kFirstStage);
    UpToStatus(session);
    EXPECT_EQ(HowOf(session.On({end})), Ended::How::kUnconfirmed);
  }
  RomSession session(kFirstStage);
  UpToStatus(session);
  EXPECT_EQ(HowOf(session.On(Came("\1\0"))), Ended::How::kUnconfirmed);
}

TEST(RomSession, EndsRefusedWhenTheStatusIsNotZero) {
  RomSession session(kFirstStage);
  UpToStatus(session);
  EXPECT_EQ(HowOf(session.On(Came("\1\1\1\1"))), Ended::How::kRefused);
}

TEST(RomSession, NamesWhatFailedOnTheWay) {
  RomSession silent(kFirstStage);
  silent.Begin();
  EXPECT_EQ(silent.On({TransferEnd::kTimedOut}),
            Act(Ended{Ended::How::kSilent, "announce the first stage"}));
  RomSession stalled(kFirstStage);
  stalled.Begin();
  stalled.On(kDone);
  stalled.On(Sent(24));
  stalled.On(kDone);
  EXPECT_EQ(stalled.On({TransferEnd::kStalled, 7}),
            Act(Ended{Ended::How::kBroken, "send the first stage"}));
  EXPECT_EQ(HowOf(stalled.On(kDone)), Ended::How::kBroken);
}

TEST(RomSession, SeesATransferThatIsDoneAndTooShort) {
  RomSession session(kFirstStage);
  session.Begin();
  session.On(kDone);
  EXPECT_EQ(HowOf(session.On(Sent(23))), Ended::How::kBroken);
}

Act AskAgain() { return ReadBytes{260, kReadTimeoutMs}; }

TEST(FileSession, AnswersASizeAndThenTheFile) {
  FileSession session;
  EXPECT_EQ(session.Begin(), AskAgain());
  EXPECT_EQ(session.On(Came(Asked(0, "config.txt"))), Act(LookUp{"config.txt"}));
  EXPECT_EQ(session.Answer("arm_freq=700"), Act(AnnounceWrite{12}));
  EXPECT_EQ(session.On(kDone), AskAgain());
  EXPECT_EQ(session.On(Came(Asked(1, "config.txt"))), Act(LookUp{"config.txt"}));
  EXPECT_EQ(session.Answer("arm_freq=700"), Act(AnnounceWrite{12}));
  EXPECT_EQ(session.On(kDone), Act(SendBytes{"arm_freq=700"}));
  EXPECT_EQ(session.On(Sent(12)), AskAgain());
}

TEST(FileSession, SendsWhatIsAskedForNotWhatHadItsSizeAskedLast) {
  FileSession session;
  session.Begin();
  session.On(Came(Asked(0, "start.elf")));
  session.Answer("long content");
  session.On(kDone);
  EXPECT_EQ(session.On(Came(Asked(1, "fixup.dat"))), Act(LookUp{"fixup.dat"}));
}

TEST(FileSession, SaysLengthZeroForMissingAndEmptyFilesAndSendsNothing) {
  FileSession session;
  session.Begin();
  for (const auto& content :
       {std::optional<std::string_view>{}, std::optional<std::string_view>{""sv}}) {
    for (const int command : {0, 1}) {
      session.On(Came(Asked(command, "autoboot.txt")));
      EXPECT_EQ(session.Answer(content), Act(AnnounceWrite{0}));
      EXPECT_EQ(session.On(kDone), AskAgain());
    }
  }
}

TEST(FileSession, EndsWithDoneAtOnceAndWithTheEmptyNameAfterAnAnswer) {
  FileSession done;
  done.Begin();
  EXPECT_EQ(HowOf(done.On(Came(Asked(2, "x")))), Ended::How::kDone);
  for (const TransferEnd end : {TransferEnd::kDone, TransferEnd::kGone}) {
    FileSession empty;
    empty.Begin();
    EXPECT_EQ(empty.On(Came(Asked(1, ""))), Act(AnnounceWrite{0}));
    EXPECT_EQ(HowOf(empty.On({end})), Ended::How::kDone);
  }
}

TEST(FileSession, AnswersOddRequestsAsMissingAndSaysWhichTheyWere) {
  FileSession session;
  session.Begin();
  EXPECT_EQ(session.On(Came(Asked(1, "../../etc/shadow"))), Act(AnnounceWrite{0}));
  EXPECT_EQ(session.request(), Request(OddRequest{Oddity::kParent, "../../etc/shadow"}));
  EXPECT_EQ(session.On(kDone), AskAgain());
}

TEST(FileSession, EndsWithABoardThatSendsNothingButNonsense) {
  FileSession session;
  session.Begin();
  Act act = session.On(Came("short"));
  int answered = 0;
  while (act == Act(AnnounceWrite{0})) {
    ++answered;
    session.On(kDone);
    act = session.On(Came("short"));
  }
  EXPECT_EQ(HowOf(act), Ended::How::kNonsense);
  EXPECT_EQ(answered, FileSession::kMostOddRequests);
}

TEST(FileSession, HearsMetadataAsOftenAsABoardLikes) {
  FileSession session;
  session.Begin();
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(session.On(Came(Asked(0, "*SERIAL*1"))), Act(AnnounceWrite{0}));
    ASSERT_EQ(session.On(kDone), AskAgain());
  }
}

TEST(FileSession, AsksAgainAfterAStallButNotForEver) {
  FileSession session;
  session.Begin();
  EXPECT_EQ(session.On({TransferEnd::kStalled}), AskAgain());
  EXPECT_EQ(session.On(Came(Asked(0, "*"))), Act(AnnounceWrite{0}));
  session.On(kDone);
  session.On({TransferEnd::kStalled});
  session.On({TransferEnd::kFailed});
  EXPECT_EQ(HowOf(session.On({TransferEnd::kStalled})), Ended::How::kBroken);
}

TEST(FileSession, TellsABoardThatLeftFromOneThatIsSilentAndNamesTheFile) {
  FileSession left;
  left.Begin();
  EXPECT_EQ(HowOf(left.On({TransferEnd::kGone})), Ended::How::kLeft);
  FileSession silent;
  silent.Begin();
  EXPECT_EQ(HowOf(silent.On({TransferEnd::kTimedOut})), Ended::How::kSilent);
  FileSession vanished;
  vanished.Begin();
  vanished.On(Came(Asked(1, "start.elf")));
  vanished.Answer("content");
  vanished.On(kDone);
  EXPECT_EQ(vanished.On({TransferEnd::kGone, 3}), Act(Ended{Ended::How::kLeft, "send start.elf"}));
}

TEST(FileSession, SeesAFileThatWentThroughOnlyInPart) {
  FileSession session;
  session.Begin();
  session.On(Came(Asked(1, "start.elf")));
  session.Answer("content");
  session.On(kDone);
  EXPECT_EQ(HowOf(session.On(Sent(6))), Ended::How::kBroken);
}

}  // namespace
}  // namespace zprov::usbboot
