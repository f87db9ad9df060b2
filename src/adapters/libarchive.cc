#include "adapters/libarchive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "adapters/attributes.h"

namespace zprov::adapters {
namespace {

struct FreeArchive {
  void operator()(::archive* archive) const { ::archive_read_free(archive); }
};
using Archive = std::unique_ptr<::archive, FreeArchive>;

constexpr size_t kPiece = 64 << 10;  // handed to the cpio reader at once
// What that reader may have taken and not used at the end of an archive: a piece and a name. Behind
// a longer name than this the end is not found, and the archive refused.
constexpr size_t kMostUnused = (2 << 20) + kPiece;

std::string Complaint(const Archive& archive) {
  const char* text = ::archive_error_string(archive.get());
  return text == nullptr ? "no cpio archive" : text;
}

tl::unexpected<Error> NoReader() {
  return Fail(ErrorKind::kIo, "libarchive has no memory, or not every compression");
}

std::string_view WithoutZeros(std::string_view content) {
  return content.substr(std::min(content.find_first_not_of('\0'), content.size()));
}

os::ArchiveEntry EntryOf(::archive_entry* entry) {
  const char* name = ::archive_entry_pathname(entry);
  const os::FileType type = TypeOf(::archive_entry_filetype(entry));
  const la_int64_t size = ::archive_entry_size(entry);
  const bool has_bytes = type == os::FileType::kRegular && size > 0;
  return {name == nullptr ? "" : name, type, has_bytes ? static_cast<uint64_t>(size) : 0};
}

// What was listed so far, and may yet be.
class Listing {
 public:
  explicit Listing(const os::ArchiveLimits& limits) : limits_(limits) {}

  Result<void> Unpack(uint64_t bytes) {
    bytes_ += bytes;
    if (bytes_ <= limits_.bytes) return {};
    return Fail(ErrorKind::kTooLarge, fmt::format("unpacks to more than {} bytes", limits_.bytes));
  }

  // Every entry up to the end of one archive.
  Result<void> Read(const Archive& cpio) {
    ::archive_entry* entry = nullptr;
    while (true) {
      const int outcome = ::archive_read_next_header(cpio.get(), &entry);
      if (outcome == ARCHIVE_EOF) return {};
      if (outcome < ARCHIVE_WARN) {
        return Fail(ErrorKind::kInvalid,
                    fmt::format("{} (behind entry {})", Complaint(cpio), entries_.size()));
      }
      if (entries_.size() == limits_.entries) {
        return Fail(ErrorKind::kTooLarge, fmt::format("has more than {} entries", limits_.entries));
      }
      entries_.push_back(EntryOf(entry));
    }
  }

  std::vector<os::ArchiveEntry> Take() { return std::move(entries_); }

 private:
  os::ArchiveLimits limits_;
  uint64_t bytes_ = 0;
  std::vector<os::ArchiveEntry> entries_;
};

Archive NewCpioReader() {
  Archive cpio(::archive_read_new());
  if (cpio) ::archive_read_support_format_cpio(cpio.get());
  return cpio;
}

// Unpacks whatever filter the content has. With `raw` it is taken as a stream of bytes.
Archive NewUnpacker() {
  Archive raw(::archive_read_new());
  if (!raw) return raw;
  ::archive_read_support_format_raw(raw.get());
  for (auto* const support :
       {::archive_read_support_filter_gzip, ::archive_read_support_filter_bzip2,
        ::archive_read_support_filter_lzma, ::archive_read_support_filter_xz,
        ::archive_read_support_filter_zstd, ::archive_read_support_filter_lz4}) {
    // ARCHIVE_WARN: not in this library, and a program would be started.
    if (support(raw.get()) != ARCHIVE_OK) return nullptr;
  }
  return raw;
}

// The unpacked bytes of one compressed stream, piece by piece, for as many cpio readers as there
// are archives in it.
class Unpacking {
 public:
  Unpacking(Archive raw, Listing& listing) : raw_(std::move(raw)), listing_(listing) {}

  // Behind zeros there is more. Also false when the stream is damaged there.
  bool HasMore() {
    while (true) {
      ahead_ = WithoutZeros(ahead_);
      if (!ahead_.empty()) return true;
      if (!Refill()) return false;
    }
  }

  Result<void> ReadArchive() {
    const Archive cpio = NewCpioReader();
    if (!cpio) return NoReader();
    handed_.clear();
    given_ = 0;
    auto read = Open(cpio).and_then([&] { return listing_.Read(cpio); });
    if (!read && failure_) return tl::make_unexpected(*failure_);
    if (!read) return read;
    return TakeBack(given_ - static_cast<uint64_t>(::archive_filter_bytes(cpio.get(), 0)));
  }

  bool is_whole() const { return !failure_; }
  // Of the compressed bytes; to be asked when there is no more.
  uint64_t used() const { return static_cast<uint64_t>(::archive_filter_bytes(raw_.get(), -1)); }

 private:
  Result<void> Open(const Archive& cpio) {
    const auto read = [](::archive*, void* self, const void** piece) {
      return static_cast<Unpacking*>(self)->Hand(piece);
    };
    if (::archive_read_open(cpio.get(), this, nullptr, read, nullptr) == ARCHIVE_OK) return {};
    return Fail(ErrorKind::kInvalid, Complaint(cpio));
  }

  la_ssize_t Hand(const void** piece) {
    if (ahead_.empty() && !Refill()) return failure_ ? -1 : 0;
    const std::string_view now = ahead_.substr(0, kPiece);
    ahead_.remove_prefix(now.size());
    if (handed_.size() > 2 * kMostUnused) handed_.erase(0, handed_.size() - kMostUnused);
    handed_ += now;
    given_ += now.size();
    *piece = now.data();
    return static_cast<la_ssize_t>(now.size());
  }

  // Nothing when the stream is at its end or fails.
  bool Refill() {
    const void* block = nullptr;
    size_t size = 0;
    la_int64_t offset = 0;
    while (size == 0 && !failure_) {
      const int outcome = ::archive_read_data_block(raw_.get(), &block, &size, &offset);
      if (outcome == ARCHIVE_EOF) return false;
      if (outcome != ARCHIVE_OK) failure_ = Error{ErrorKind::kInvalid, Complaint(raw_)};
      if (outcome != ARCHIVE_OK) return false;
      if (auto within = listing_.Unpack(size); !within) failure_ = within.error();
    }
    ahead_ = {static_cast<const char*>(block), size};
    return !failure_;
  }

  // The last `count` bytes that a reader took were not its own.
  Result<void> TakeBack(uint64_t count) {
    if (count > handed_.size()) {
      return Fail(ErrorKind::kInvalid, "the end of an archive was not found");
    }
    std::string both = handed_.substr(handed_.size() - static_cast<size_t>(count));
    both += ahead_;
    kept_ = std::move(both);
    ahead_ = kept_;
    return {};
  }

  Archive raw_;
  Listing& listing_;
  std::string kept_;        // taken back from a reader
  std::string_view ahead_;  // unpacked and not handed out: in kept_ or in raw_'s block
  std::string handed_;      // the last of what was handed out
  uint64_t given_ = 0;      // bytes that the reader of now was handed
  std::optional<Error> failure_;
};

std::string_view Behind(std::string_view content, uint64_t used) {
  return content.substr(static_cast<size_t>(std::min<uint64_t>(used, content.size())));
}

// One archive that is not compressed. What is behind it.
Result<std::string_view> ReadPlain(std::string_view content, Listing& listing) {
  const Archive cpio = NewCpioReader();
  if (!cpio) return NoReader();
  if (::archive_read_open_memory(cpio.get(), content.data(), content.size()) != ARCHIVE_OK) {
    return Fail(ErrorKind::kInvalid, Complaint(cpio));
  }
  ZPROV_TRY(listing.Read(cpio));
  const auto used = static_cast<uint64_t>(::archive_filter_bytes(cpio.get(), 0));
  ZPROV_TRY(listing.Unpack(used));
  return Behind(content, used);
}

// One compressed stream, which holds an archive or more. What is behind it; nothing when that
// cannot be told: the archive's own end was seen by then.
Result<std::string_view> ReadCompressed(std::string_view content, Archive raw, Listing& listing) {
  Unpacking unpacking(std::move(raw), listing);
  do {
    ZPROV_TRY(unpacking.ReadArchive());
  } while (unpacking.HasMore());
  if (!unpacking.is_whole()) return std::string_view{};
  return Behind(content, unpacking.used());
}

Result<std::string_view> ReadNext(std::string_view content, Listing& listing) {
  Archive raw = NewUnpacker();
  if (!raw) return NoReader();
  ::archive_entry* entry = nullptr;
  const bool is_open =
      ::archive_read_open_memory(raw.get(), content.data(), content.size()) == ARCHIVE_OK &&
      ::archive_read_next_header(raw.get(), &entry) == ARCHIVE_OK;
  if (!is_open) return Fail(ErrorKind::kInvalid, Complaint(raw));
  if (::archive_filter_count(raw.get()) == 1) return ReadPlain(content, listing);
  return ReadCompressed(content, std::move(raw), listing);
}

class Libarchive final : public os::Archives {
 public:
  Result<std::vector<os::ArchiveEntry>> List(std::string_view content,
                                             const os::ArchiveLimits& limits) override {
    if (content.empty()) return Fail(ErrorKind::kInvalid, "an empty file is no archive");
    Listing listing(limits);
    std::string_view rest = content;
    while (!rest.empty()) {
      auto behind = ReadNext(rest, listing);
      if (!behind) {
        return While(fmt::format("archive at byte {}", content.size() - rest.size()),
                     std::move(behind).error());
      }
      rest = WithoutZeros(*behind);
    }
    return listing.Take();
  }
};

}  // namespace

std::unique_ptr<os::Archives> MakeLibarchive() { return std::make_unique<Libarchive>(); }

}  // namespace zprov::adapters
