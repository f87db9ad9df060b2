// Compressed initramfs, in every compression that mkinitramfs knows and libarchive unpacks itself.
#include "adapters/libarchive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <stdexcept>

namespace zprov::adapters {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr os::ArchiveLimits kLimits{.entries = 20000, .bytes = 64 << 20};

using AddFilter = int (*)(archive*);

struct Compression {
  const char* name;
  AddFilter filter;
};

void PrintTo(const Compression& row, std::ostream* out) { *out << row.name; }

// libarchive's own writing half, which the product does not use.
class Writer {
 public:
  Writer(AddFilter filter, int (*format)(archive*)) {
    Check(filter(archive_));
    Check(format(archive_));
    ::archive_write_set_bytes_per_block(archive_, 1);
    ::archive_write_set_bytes_in_last_block(archive_, 1);
    Check(::archive_write_open_memory(archive_, buffer_.data(), buffer_.size(), &used_));
  }
  ~Writer() { ::archive_write_free(archive_); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void Add(const std::string& name, const std::string& content) {
    archive_entry* entry = ::archive_entry_new();
    ::archive_entry_set_pathname(entry, name.c_str());
    ::archive_entry_set_filetype(entry, AE_IFREG);
    ::archive_entry_set_perm(entry, 0644);
    ::archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    Check(::archive_write_header(archive_, entry));
    ::archive_write_data(archive_, content.data(), content.size());
    ::archive_entry_free(entry);
  }

  std::string Finish() {
    Check(::archive_write_close(archive_));
    return buffer_.substr(0, used_);
  }

 private:
  void Check(int outcome) {
    if (outcome != ARCHIVE_OK) throw std::runtime_error(::archive_error_string(archive_));
  }

  archive* archive_ = ::archive_write_new();
  std::string buffer_ = std::string(4 << 20, '\0');
  size_t used_ = 0;
};

// `count` files, "PREFIX0" and so on, of a few kilobytes each.
std::string Cpio(AddFilter filter, const std::string& prefix, int count) {
  Writer writer(filter, ::archive_write_set_format_cpio_newc);
  for (int i = 0; i < count; ++i) {
    writer.Add(fmt::format("{}{}", prefix, i), std::string(static_cast<size_t>(i % 4000), 'x'));
  }
  return writer.Finish();
}

std::string Compressed(AddFilter filter, const std::string& content) {
  Writer writer(filter, ::archive_write_set_format_raw);
  writer.Add("content", content);
  return writer.Finish();
}

std::string Plain(const std::string& prefix, int count) {
  return Cpio(::archive_write_add_filter_none, prefix, count);
}

Result<std::vector<os::ArchiveEntry>> List(const std::string& content,
                                           const os::ArchiveLimits& limits = kLimits) {
  return MakeLibarchive()->List(content, limits);
}

size_t CountIn(const std::string& content) {
  const auto listed = List(content);
  EXPECT_TRUE(listed.has_value()) << listed.error().message;
  return listed ? listed->size() : 0;
}

class CompressedInitramfs : public ::testing::TestWithParam<Compression> {
 protected:
  std::string Packed(const std::string& prefix, int count) {
    return Cpio(GetParam().filter, prefix, count);
  }
};

TEST_P(CompressedInitramfs, IsListed) {
  const auto listed = List(Packed("init", 2));
  ASSERT_TRUE(listed.has_value()) << listed.error().message;
  EXPECT_THAT(*listed, ElementsAre(os::ArchiveEntry{"init0", os::FileType::kRegular, 0},
                                   os::ArchiveEntry{"init1", os::FileType::kRegular, 1}));
}

TEST_P(CompressedInitramfs, IsListedWithThousandsOfFiles) {
  EXPECT_EQ(CountIn(Packed("usr/lib/", 1500)), 1500U);
}

TEST_P(CompressedInitramfs, IsListedBehindAPlainOneWithMicrocode) {
  const auto listed = List(Plain("microcode", 1) + std::string(512, '\0') + Packed("init", 3));
  ASSERT_TRUE(listed.has_value()) << listed.error().message;
  ASSERT_THAT(*listed, SizeIs(4));
  EXPECT_EQ(listed->front().name, "microcode0");
  EXPECT_EQ(listed->back().name, "init2");
}

TEST_P(CompressedInitramfs, MayHoldSeveralArchives) {
  const std::string two = Plain("a", 700) + std::string(100, '\0') + Plain("b", 700);
  EXPECT_EQ(CountIn(Compressed(GetParam().filter, two)), 1400U);
}

TEST_P(CompressedInitramfs, ThatIsCutOffIsInvalid) {
  const std::string whole = Packed("usr/lib/", 1500);
  const auto listed = List(whole.substr(0, whole.size() / 2));
  ASSERT_FALSE(listed.has_value());
  EXPECT_EQ(listed.error().kind, ErrorKind::kInvalid);
}

TEST_P(CompressedInitramfs, ThatUnpacksToMoreThanTheLimitIsNotReadOn) {
  Writer bomb(GetParam().filter, ::archive_write_set_format_cpio_newc);
  bomb.Add("zeros", std::string(2 << 20, '\0'));
  const auto listed = List(bomb.Finish(), {.entries = 10, .bytes = 1 << 20});
  ASSERT_FALSE(listed.has_value());
  EXPECT_EQ(listed.error().kind, ErrorKind::kTooLarge) << listed.error().message;
}

TEST_P(CompressedInitramfs, OfSomethingElseIsInvalid) {
  const auto listed = List(Compressed(GetParam().filter, "no archive at all\n"));
  ASSERT_FALSE(listed.has_value());
  EXPECT_EQ(listed.error().kind, ErrorKind::kInvalid);
}

INSTANTIATE_TEST_SUITE_P(Each, CompressedInitramfs,
                         ::testing::Values(Compression{"Gzip", ::archive_write_add_filter_gzip},
                                           Compression{"Bzip2", ::archive_write_add_filter_bzip2},
                                           Compression{"Lzma", ::archive_write_add_filter_lzma},
                                           Compression{"Xz", ::archive_write_add_filter_xz},
                                           Compression{"Zstd", ::archive_write_add_filter_zstd},
                                           Compression{"Lz4", ::archive_write_add_filter_lz4}),
                         [](const auto& test) { return test.param.name; });

TEST(Libarchive, ReadsOnBehindAGzipThatAnotherFollows) {
  const AddFilter gzip = ::archive_write_add_filter_gzip;
  EXPECT_EQ(CountIn(Cpio(gzip, "a", 2) + Cpio(gzip, "b", 3)), 5U);
  EXPECT_EQ(CountIn(Cpio(gzip, "a", 2) + Plain("b", 3)), 5U);
}

TEST(Libarchive, TakesZerosBehindAGzipForNothing) {
  const std::string gzip = Cpio(::archive_write_add_filter_gzip, "a", 2);
  EXPECT_EQ(CountIn(gzip + std::string(513, '\0')), 2U);
}

TEST(Libarchive, SaysWhereTheDamageIs) {
  const std::string plain = Plain("microcode", 1);
  const auto listed = List(plain + "no archive at all");
  ASSERT_FALSE(listed.has_value());
  EXPECT_THAT(listed.error().message, HasSubstr(fmt::format("at byte {}", plain.size())));
}

}  // namespace
}  // namespace zprov::adapters
