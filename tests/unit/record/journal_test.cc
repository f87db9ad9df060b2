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

TEST(Journal, HasNoPrivateKey) {
  EXPECT_EQ(JournalFrom("[1.0] snail sh: -----BEGIN OPENSSH PRIVATE KEY-----\n[1.1] snail sh: b\n",
                        seconds(0)),
            "(a private key was here)\n[1.1] snail sh: b\n");
}

TEST(Journal, OfWordsWithoutATimeIsEmpty) {
  EXPECT_EQ(JournalFrom("No journal files were found.\n[x] y\n[1.0 no end\n", seconds(0)), "");
  EXPECT_EQ(JournalFrom("", seconds(0)), "");
}

}  // namespace
}  // namespace zprov::record
