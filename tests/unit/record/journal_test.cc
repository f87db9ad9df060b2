// The host's journal beside a bundle: which lines of it.
#include "record/journal.h"

#include <gtest/gtest.h>

namespace zprov::record {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr char kJournal[] =
    "[    5.900000] snail kernel: too early\n"
    "                             as this is\n"
    "[   17.250000] snail kernel: usb 1-1: new full-speed USB device number 5\n"
    "[   17.250001] snail zprov[411]: a report\n"
    "                                 in two lines\n"
    "[12345.678901] snail systemd[1]: late\n";

TEST(Journal, IsKeptFromTheFirstMomentOn) {
  EXPECT_EQ(JournalFrom(kJournal, milliseconds(17'250)),
            std::string(kJournal).substr(std::string(kJournal).find("[   17.250000]")));
  EXPECT_EQ(JournalFrom(kJournal, seconds(18)), "[12345.678901] snail systemd[1]: late\n");
  EXPECT_EQ(JournalFrom(kJournal, seconds(20'000)), "");
  EXPECT_EQ(JournalFrom(kJournal, seconds(0)), kJournal);
}

constexpr char kWithKey[] =
    "[1.000000] snail sh: before\n"
    "[1.000001] snail sh: -----BEGIN OPENSSH PRIVATE KEY-----\n"
    "[1.000002] snail sh: b3BlbnNzaC1rZXktdjEA\n"
    "                     AAAABG5vbmU\n"
    "[1.000003] snail sh: -----END OPENSSH PRIVATE KEY-----\n"
    "[1.000004] snail sh: after\n";

TEST(Journal, HasNothingOfAPrivateKey) {
  EXPECT_EQ(JournalFrom(kWithKey, seconds(0)),
            "[1.000000] snail sh: before\n(a private key was here)\n[1.000004] snail sh: after\n");
}

TEST(Journal, HasNothingOfAKeyThatBeganBefore) {
  EXPECT_EQ(JournalFrom(kWithKey, std::chrono::microseconds(1'000'002)),
            "[1.000004] snail sh: after\n");
}

TEST(Journal, HasNothingBehindAKeyWithoutAnEnd) {
  const std::string text = kWithKey;
  EXPECT_EQ(JournalFrom(text.substr(0, text.find("[1.000003]")), seconds(0)),
            "[1.000000] snail sh: before\n(a private key was here)\n");
}

TEST(Journal, GoesOnBehindAKeyInOneLine) {
  EXPECT_EQ(JournalFrom("[1.0] a: -----BEGIN PRIVATE KEY-----x-----END PRIVATE KEY-----\n[1.1] b\n",
                        seconds(0)),
            "(a private key was here)\n[1.1] b\n");
}

TEST(Journal, OfWordsWithoutATimeIsEmpty) {
  EXPECT_EQ(JournalFrom("No journal files were found.\n[x.y] z\n[inf] z\n[1] z\n[1.0 no end\n",
                        seconds(0)),
            "");
  EXPECT_EQ(JournalFrom("", seconds(0)), "");
}

}  // namespace
}  // namespace zprov::record
