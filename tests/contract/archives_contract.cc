// os::Archives. What only the real one unpacks: unit/adapters/libarchive_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <ostream>

#include "adapters/libarchive.h"
#include "sim/os/archives.h"

namespace zprov::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Row {
  std::string name;
  std::unique_ptr<os::Archives> (*make)();
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

std::unique_ptr<os::Archives> MakeSim() { return std::make_unique<sim::Archives>(); }

constexpr os::ArchiveLimits kLimits{.entries = 1000, .bytes = 1 << 20};

// The newc form (Linux, buffer-format.rst), spelt out here: neither side's reading or writing.
std::string Entry(const std::string& name, uint32_t mode, const std::string& content) {
  const auto pad = [](std::string text) {
    text.resize((text.size() + 3) / 4 * 4, '\0');
    return text;
  };
  return pad(fmt::format("070701{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}"
                         "{:08x}{:08x}{}",
                         7, mode, 0, 0, 1, 0, content.size(), 0, 0, 0, 0, name.size() + 1, 0,
                         name) +
             '\0') +
         pad(content);
}

std::string End() { return Entry("TRAILER!!!", 0, ""); }

class ArchivesContract : public testing::TestWithParam<Row> {
 protected:
  Result<std::vector<os::ArchiveEntry>> List(const std::string& content) {
    return archives_->List(content, kLimits);
  }

  ErrorKind KindOf(const std::string& content, os::ArchiveLimits limits = kLimits) {
    const auto listed = archives_->List(content, limits);
    EXPECT_FALSE(listed.has_value());
    return listed ? ErrorKind::kIo : listed.error().kind;
  }

  std::unique_ptr<os::Archives> archives_ = GetParam().make();
};

TEST_P(ArchivesContract, NamesEveryEntryInItsOrderWithTypeAndSize) {
  const auto listed = List(Entry("usr", 040755, "") + Entry("usr/sh", 0100755, "program") +
                           Entry("bin", 0120777, "usr/bin") + Entry("dev/null", 020666, "") +
                           Entry("queue", 010600, "") + Entry("./a b", 0100644, "") + End());
  ASSERT_TRUE(listed.has_value()) << listed.error().message;
  using os::FileType;
  EXPECT_THAT(*listed, ElementsAre(os::ArchiveEntry{"usr", FileType::kDirectory, 0},
                                   os::ArchiveEntry{"usr/sh", FileType::kRegular, 7},
                                   os::ArchiveEntry{"bin", FileType::kSymlink, 0},
                                   os::ArchiveEntry{"dev/null", FileType::kCharDevice, 0},
                                   os::ArchiveEntry{"queue", FileType::kFifo, 0},
                                   os::ArchiveEntry{"./a b", FileType::kRegular, 0}));
}

TEST_P(ArchivesContract, AnArchiveOfNothingHasNoEntries) {
  EXPECT_THAT(List(End()).value(), IsEmpty());
}

TEST_P(ArchivesContract, ReadsOnBehindTheEndOfTheFirstArchive) {
  const std::string microcode = Entry("kernel/x86/microcode/GenuineIntel.bin", 0100644, "bits");
  const std::string rest = Entry("init", 0100755, "#!/bin/sh\n") + End();
  for (const size_t zeros : {0, 4, 512}) {
    const auto listed = List(microcode + End() + std::string(zeros, '\0') + rest + rest);
    ASSERT_TRUE(listed.has_value()) << listed.error().message;
    EXPECT_THAT(*listed, SizeIs(3)) << zeros;
  }
}

TEST_P(ArchivesContract, TakesZerosAtTheEndForNothing) {
  EXPECT_THAT(List(Entry("init", 0100755, "") + End() + std::string(700, '\0')).value(), SizeIs(1));
}

TEST_P(ArchivesContract, WhatIsNoArchiveIsInvalid) {
  for (const std::string content : {"", "initramfs\n", "070701", "no archive, but rather long"}) {
    EXPECT_EQ(KindOf(content), ErrorKind::kInvalid) << content;
  }
  EXPECT_EQ(KindOf(std::string(1000, '\0') + "x"), ErrorKind::kInvalid);
}

TEST_P(ArchivesContract, AnArchiveThatIsCutOffIsInvalid) {
  const std::string whole = Entry("init", 0100755, "some bytes") + End();
  for (size_t bytes = 1; bytes < whole.size(); bytes += 7) {
    EXPECT_EQ(KindOf(whole.substr(0, bytes)), ErrorKind::kInvalid) << bytes;
  }
}

TEST_P(ArchivesContract, OtherBytesBehindAnArchiveAreInvalid) {
  EXPECT_EQ(KindOf(Entry("init", 0100755, "") + End() + "and more that is no archive"),
            ErrorKind::kInvalid);
}

TEST_P(ArchivesContract, StopsAtTheLimits) {
  const std::string three = Entry("a", 0100755, "") + Entry("b", 0100755, std::string(5000, 'b')) +
                            Entry("c", 0100755, "") + End();
  EXPECT_EQ(KindOf(three, {.entries = 2, .bytes = 1 << 20}), ErrorKind::kTooLarge);
  EXPECT_EQ(KindOf(three, {.entries = 10, .bytes = 4000}), ErrorKind::kTooLarge);
  EXPECT_TRUE(archives_->List(three, {.entries = 3, .bytes = three.size()}).has_value());
}

TEST_P(ArchivesContract, ReadsWhatTheSimulatorWrites) {
  const auto listed = List(sim::NewcArchive({{"conf/a", "text"}, {"init", ""}}));
  ASSERT_TRUE(listed.has_value()) << listed.error().message;
  EXPECT_THAT(*listed, ElementsAre(os::ArchiveEntry{"conf/a", os::FileType::kRegular, 4},
                                   os::ArchiveEntry{"init", os::FileType::kRegular, 0}));
}

INSTANTIATE_TEST_SUITE_P(World, ArchivesContract,
                         testing::Values(Row{"Sim", MakeSim},
                                         Row{"Real", adapters::MakeLibarchive}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace zprov::tests
