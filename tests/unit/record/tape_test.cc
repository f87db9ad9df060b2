// What a tape keeps, and what it answers when it is replayed.
#include <gmock/gmock.h>

#include <sstream>

#include "record/recording_tape.h"
#include "record/replaying_tape.h"

namespace zprov::record {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

// A bundle's text as a program leaves it that asks what `asks` asks, and then ends.
template <typename Asks>
Bundle Recorded(const Asks& asks) {
  std::ostringstream out;
  RecordingTape tape(out, {.version = "1", .args = {"boot"}, .pid = 7, .uid = 8});
  asks(tape);
  tape.End(0);
  auto bundle = ParseBundle(out.str());
  EXPECT_TRUE(bundle) << bundle.error().message;
  return *std::move(bundle);
}

json Asked(Tape& tape, const Call& call) { return tape.Recall(call).value(); }

Verdict Stopped(Tape& tape, const Call& call) {
  try {
    (void)tape.Recall(call);
  } catch (const Verdict& verdict) {
    return verdict;
  }
  ADD_FAILURE() << call.name << " was answered";
  return {};
}

void TwoActsWithLooksBetween(Tape& tape) {
  tape.Keep(Look("a"), 1);
  tape.Keep(Act("first"), "ok");
  tape.Keep(Look("a"), 2);
  tape.Keep(Look("a"), 3);
  tape.Keep(Look("b"), 4);
  tape.Keep(Act("second"), "ok");
  tape.Keep(Look("a"), 5);
}

TEST(ReplayingTape, HasTheManifest) {
  const Bundle bundle = Recorded([](Tape&) {});
  EXPECT_EQ(bundle.manifest, (Manifest{"1", {"boot"}, 7, 8}));
  EXPECT_EQ(bundle.exit, 0);
}

TEST(ReplayingTape, GivesTheAnswersOfThenToWhoLooksAsThen) {
  const Bundle bundle = Recorded(TwoActsWithLooksBetween);
  ReplayingTape tape(bundle);
  EXPECT_EQ(Asked(tape, Look("a")), 1);
  EXPECT_EQ(Asked(tape, Act("first")), "ok");
  EXPECT_EQ(Asked(tape, Look("a")), 2);
  EXPECT_EQ(Asked(tape, Look("a")), 3);
  EXPECT_EQ(Asked(tape, Look("b")), 4);
  EXPECT_EQ(Asked(tape, Act("second")), "ok");
  EXPECT_EQ(Asked(tape, Look("a")), 5);
  EXPECT_EQ(tape.End(0).kind, Verdict::Kind::kSame);
}

TEST(ReplayingTape, GivesWhatWasKnownToWhoLooksMoreLessOrElsewhere) {
  const Bundle bundle = Recorded(TwoActsWithLooksBetween);
  ReplayingTape tape(bundle);
  EXPECT_EQ(Asked(tape, Look("b")), 4);  // before it was known
  EXPECT_EQ(Asked(tape, Act("first")), "ok");
  EXPECT_EQ(Asked(tape, Look("b")), 4);
  EXPECT_EQ(Asked(tape, Act("second")), "ok");
  EXPECT_EQ(Asked(tape, Look("a")), 5);
  EXPECT_EQ(Asked(tape, Look("a")), 5);
  EXPECT_EQ(Asked(tape, Look("b")), 4);
  EXPECT_EQ(tape.End(0).kind, Verdict::Kind::kSame);
}

TEST(ReplayingTape, KeepsAnAnswerThatIsTheSameAgainOnce) {
  const Bundle bundle = Recorded([](Tape& tape) {
    tape.Keep(Look("a"), 1);
    tape.Keep(Look("a"), 1);
    tape.Keep(Look("a"), 2);
    tape.Keep(Look("a"), 1);
  });
  EXPECT_TRUE(bundle.lines[0].answer);
  EXPECT_FALSE(bundle.lines[1].answer);
  ReplayingTape tape(bundle);
  for (const int answer : {1, 1, 2, 1}) EXPECT_EQ(Asked(tape, Look("a")), answer);
}

TEST(ReplayingTape, EndsAtAnActOutOfOrderOrTooMany) {
  const Bundle bundle = Recorded(TwoActsWithLooksBetween);
  ReplayingTape tape(bundle);
  const Verdict verdict = Stopped(tape, Act("second"));
  EXPECT_EQ(verdict.kind, Verdict::Kind::kDifferent);
  EXPECT_EQ(verdict.line, 3U);
  EXPECT_EQ(verdict.then, "first []");
  EXPECT_EQ(verdict.now, "second []");
  ReplayingTape more(bundle);
  EXPECT_EQ(Asked(more, Act("first")), "ok");
  EXPECT_EQ(Asked(more, Act("second")), "ok");
  EXPECT_EQ(Stopped(more, Act("third")).then, "the end, with exit code 0");
}

TEST(ReplayingTape, EndsAtALookThatNobodyEverHad) {
  const Bundle bundle = Recorded(TwoActsWithLooksBetween);
  ReplayingTape tape(bundle);
  const Verdict verdict = Stopped(tape, Look("c"));
  EXPECT_EQ(verdict.kind, Verdict::Kind::kDifferent);
  EXPECT_EQ(verdict.now, "c [], which was never asked");
}

TEST(ReplayingTape, IsDifferentWhenTheProgramEndsBeforeItsLastAct) {
  const Bundle bundle = Recorded(TwoActsWithLooksBetween);
  ReplayingTape tape(bundle);
  EXPECT_EQ(Asked(tape, Act("first")), "ok");
  const Verdict verdict = tape.End(0);
  EXPECT_EQ(verdict.kind, Verdict::Kind::kDifferent);
  EXPECT_EQ(verdict.then, "second []");
  EXPECT_EQ(verdict.now, "the end, with exit code 0");
}

// A destructor must not throw.
TEST(ReplayingTape, SaysWhatAQuietActDidWrongAtTheNextCall) {
  const Bundle bundle = Recorded(TwoActsWithLooksBetween);
  ReplayingTape tape(bundle);
  tape.Tell(ActQuietly("usb.close", 1));
  const Verdict verdict = Stopped(tape, Look("a"));
  EXPECT_EQ(verdict.now, "usb.close [1]");
}

TEST(ReplayingTape, TakesAWaitForTheSameUpToASecond) {
  constexpr int64_t kSecond = 1'000'000'000;
  const Bundle bundle = Recorded([&](Tape& tape) {
    tape.Keep(Act("events.next", 10 * kSecond), "ok");
    tape.Keep(Act("events.next", INT64_MAX), "ok");
  });
  ReplayingTape tape(bundle);
  EXPECT_EQ(Asked(tape, Act("events.next", 10 * kSecond + kSecond / 2)), "ok");
  EXPECT_EQ(Stopped(tape, Act("events.next", INT64_MAX - kSecond)).kind, Verdict::Kind::kDifferent);
  ReplayingTape other(bundle);
  EXPECT_EQ(Stopped(other, Act("events.next", 12 * kSecond)).kind, Verdict::Kind::kDifferent);
}

TEST(ReplayingTape, HasZerosForWhatWasTooLongAndSaysSoWhereTheyMayBeWhy) {
  const std::string long_text(kMostString + 1, 'x');
  const Bundle bundle = Recorded([&](Tape& tape) {
    tape.Keep(Look("files.read"), json{{"ok", long_text}});
    tape.Keep(Act("send", long_text), "ok");
    tape.Keep(Act("last"), "ok");
  });
  ReplayingTape tape(bundle);
  const std::string zeros(long_text.size(), '\0');
  EXPECT_EQ(Asked(tape, Look("files.read")), (json{{"ok", zeros}}));
  EXPECT_EQ(Asked(tape, Act("send", zeros)), "ok");
  EXPECT_EQ(Stopped(tape, Act("another")).zeros, 2U);
}

TEST(ReplayingTape, TakesNoNumberForWhatWasLeftOutThatNothingHas) {
  const Bundle bundle = Recorded([&](Tape& tape) {
    tape.Keep(Look("a"), json{{"ok", {{"left out", uint64_t{1} << 40}}}});
  });
  ReplayingTape tape(bundle);
  EXPECT_EQ(Stopped(tape, Look("a")).kind, Verdict::Kind::kUnusable);
}

TEST(ReplayingTape, HasEveryByteThatWasSaid) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  const Bundle bundle = Recorded([&](Tape& tape) { tape.Keep(Look("a", bytes), bytes); });
  ReplayingTape tape(bundle);
  EXPECT_EQ(Asked(tape, Look("a", bytes)), bytes);
}

TEST(Mappings, TellWhereBytesLieOfAFileThatIsStillMapped) {
  Mappings mappings;
  const std::string other = "other";
  auto content = std::make_shared<const std::string>("0123456789");
  const std::string_view all = *content;
  mappings.Add({all, content});
  EXPECT_EQ(mappings.TextOf(all.substr(4, 3)), (json{{"from", 4}, {"bytes", 3}, {"of", 10}}));
  EXPECT_EQ(mappings.TextOf(other), "other");
  const std::string copy(all);
  EXPECT_EQ(mappings.TextOf(copy), "0123456789");
}

// What a file has of a stream after kill -9.
class Flushed : public std::stringbuf {
 public:
  std::string safe;

 private:
  int sync() override {
    safe = str();
    return 0;
  }
};

TEST(RecordingTape, HasAllInItsFileBeforeItWaits) {
  Flushed file;
  std::ostream out(&file);
  RecordingTape tape(out, {});
  tape.Keep(Act("usb.watch"), "ok");
  EXPECT_EQ(tape.Recall(Act(std::string(kNextEvent), 1)), std::nullopt);
  EXPECT_THAT(file.safe, HasSubstr("[\"act\",\"usb.watch\",[],\"ok\"]\n"));
}

TEST(RecordingTape, SaysWhenNothingCanBeWritten) {
  std::ostringstream out;
  RecordingTape tape(out, {});
  EXPECT_EQ(tape.Trouble(), "");
  out.setstate(std::ios::badbit);
  tape.Keep(Look("clock.now"), 1);
  EXPECT_THAT(tape.Trouble(), HasSubstr("is the disk full?"));
}

TEST(RecordingTape, EndsBeforeItIsTooLarge) {
  std::ostringstream out;
  constexpr uint64_t kMost = 2000;
  RecordingTape tape(out, {}, kMost);
  for (int i = 0; i < 100; ++i) tape.Keep(Act("control.send", i, "a line"), "ok");
  tape.End(0);
  EXPECT_LE(out.str().size(), kMost);
  EXPECT_THAT(out.str(), Not(HasSubstr("\"exit\"")));
  EXPECT_THAT(tape.Trouble(), HasSubstr("it ends early"));
}

}  // namespace
}  // namespace zprov::record
