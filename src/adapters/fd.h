// A file descriptor that closes itself. Nothing else: what to do with one is the adapters'
// business.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <utility>

namespace zprov::adapters {

// On a 32-bit host a file above 2 GB could not be opened, nor one whose inode number btrfs has made
// large: compile with -D_FILE_OFFSET_BITS=64 (src/package/rpi.cmake).
static_assert(sizeof(off_t) == 8 && sizeof(ino_t) == 8);
// And 2038 would be the end: -D_TIME_BITS=64.
static_assert(sizeof(time_t) == 8);

class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const { return number_; }
  bool valid() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

}  // namespace zprov::adapters
