#include "sim/os/archives.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace zprov::sim {
namespace {

constexpr std::string_view kMagic = "070701";
constexpr std::string_view kTrailer = "TRAILER!!!";
constexpr size_t kFields = 13;
constexpr size_t kDigits = 8;
constexpr size_t kHeader = 6 + kFields * kDigits;
constexpr size_t kMode = 1;  // places among the fields
constexpr size_t kSize = 6;
constexpr size_t kNameSize = 11;

constexpr uint32_t kTypeBits = 0170000;
constexpr uint32_t kRegularMode = 0100644;

// First bytes of gzip, xz, zstd, lz4 (frame and legacy).
constexpr std::array<std::string_view, 5> kCompressed = {"\x1f\x8b",
                                                         "\xfd"
                                                         "7zXZ",
                                                         "\x28\xb5\x2f\xfd", "\x04\x22\x4d\x18",
                                                         "\x02\x21\x4c\x18"};

size_t Padded(size_t bytes) { return (bytes + 3) & ~size_t{3}; }

os::FileType TypeOf(uint32_t mode) {
  switch (mode & kTypeBits) {
    case 0040000:
      return os::FileType::kDirectory;
    case 0120000:
      return os::FileType::kSymlink;
    case 0010000:
      return os::FileType::kFifo;
    case 0140000:
      return os::FileType::kSocket;
    case 0020000:
      return os::FileType::kCharDevice;
    case 0060000:
      return os::FileType::kBlockDevice;
    default:
      return os::FileType::kRegular;
  }
}

tl::unexpected<Error> Damaged(size_t at) {
  return Fail(ErrorKind::kInvalid, fmt::format("archive at byte {}: no cpio entry", at));
}

struct Header {
  std::array<uint32_t, kFields> fields{};
  std::string name;
};

class Reader {
 public:
  Reader(std::string_view content, const os::ArchiveLimits& limits)
      : content_(content), limits_(limits) {}

  Result<std::vector<os::ArchiveEntry>> Run() {
    if (content_.empty()) return Damaged(0);
    while (at_ < content_.size()) {
      ZPROV_TRY(Archive());
      at_ = std::min(content_.find_first_not_of('\0', at_), content_.size());
    }
    return std::move(entries_);
  }

 private:
  Result<void> Archive() {
    for (const std::string_view magic : kCompressed) {
      if (content_.substr(at_).starts_with(magic)) {
        return Fail(ErrorKind::kNotSupported, "the simulator unpacks no compressed initramfs");
      }
    }
    while (true) {
      ZPROV_ASSIGN(const Header header, NextHeader());
      if (header.name == kTrailer) return {};
      ZPROV_TRY(Add(header));
    }
  }

  Result<std::string_view> Take(size_t bytes) {
    if (content_.size() - at_ < bytes) return Damaged(at_);
    const std::string_view taken = content_.substr(at_, bytes);
    at_ += bytes;
    if (at_ > limits_.bytes) {
      return Fail(ErrorKind::kTooLarge,
                  fmt::format("unpacks to more than {} bytes", limits_.bytes));
    }
    return taken;
  }

  Result<Header> NextHeader() {
    ZPROV_ASSIGN(const std::string_view text, Take(kHeader));
    if (!text.starts_with(kMagic)) return Damaged(at_ - kHeader);
    Header header;
    for (size_t i = 0; i < kFields; ++i) {
      const char* digits = text.data() + kMagic.size() + i * kDigits;
      const auto [stop, error] = std::from_chars(digits, digits + kDigits, header.fields[i], 16);
      if (error != std::errc() || stop != digits + kDigits) return Damaged(at_ - kHeader);
    }
    const size_t name_size = header.fields[kNameSize];
    if (name_size == 0) return Damaged(at_ - kHeader);
    ZPROV_ASSIGN(const std::string_view name, Take(Padded(kHeader + name_size) - kHeader));
    if (name[name_size - 1] != '\0') return Damaged(at_);  // as Linux: init/initramfs.c
    header.name = name.substr(0, name_size - 1);
    return header;
  }

  Result<void> Add(const Header& header) {
    if (entries_.size() == limits_.entries) {
      return Fail(ErrorKind::kTooLarge, fmt::format("has more than {} entries", limits_.entries));
    }
    ZPROV_TRY(Take(Padded(header.fields[kSize])));
    const os::FileType type = TypeOf(header.fields[kMode]);
    entries_.push_back(
        {header.name, type, type == os::FileType::kRegular ? header.fields[kSize] : 0});
    return {};
  }

  std::string_view content_;
  os::ArchiveLimits limits_;
  size_t at_ = 0;
  std::vector<os::ArchiveEntry> entries_;
};

void AddEntry(const std::string& name, const std::string& content, std::string& archive) {
  std::array<size_t, kFields> fields{};
  fields[kMode] = name == kTrailer ? 0 : kRegularMode;
  fields[2 + kMode] = 1;  // links
  fields[kSize] = content.size();
  fields[kNameSize] = name.size() + 1;
  archive += kMagic;
  for (const size_t field : fields) archive += fmt::format("{:08x}", field);
  archive += name;
  archive += '\0';
  archive.resize(Padded(archive.size()), '\0');
  archive += content;
  archive.resize(Padded(archive.size()), '\0');
}

}  // namespace

Result<std::vector<os::ArchiveEntry>> Archives::List(std::string_view content,
                                                     const os::ArchiveLimits& limits) {
  return Reader(content, limits).Run();
}

std::string NewcArchive(const std::map<std::string, std::string>& files) {
  std::string archive;
  for (const auto& [name, content] : files) AddEntry(name, content, archive);
  AddEntry(std::string(kTrailer), "", archive);
  return archive;
}

}  // namespace zprov::sim
