// The one way an operation says how it ended: a value, or an error that is a kind and a sentence.
//
// Branch on the kind. The sentence is for a person: each layer puts what it was doing in front
// ("write /etc/hosts: no space left"), outermost first, and the last part says what to do next.
// Absence is a value (std::optional) where absence is normal; it is not an error there.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace zprov {

enum class ErrorKind {
  kInvalid,       // the caller's input is wrong
  kNotFound,      // a thing that must exist does not
  kExists,        // a thing that must not exist does
  kNotEmpty,      // a directory or subvolume still holds something
  kNotDirectory,  // a path component is not a directory
  kIsDirectory,   // a file was expected
  kPermission,    // the kernel denied it
  kReadOnly,      // file system or subvolume is read-only
  kNoSpace,       // disk or quota is full
  kBusy,          // in use: a mount point, a lock that somebody holds, a link that is up
  kCrossDevice,   // the two paths are on different file systems or subvolumes
  kOutOfRange,    // a number the kernel refuses (MTU)
  kNotSupported,  // this kernel, file system or world cannot do it
  kTooLarge,      // more bytes than the caller allows
  kEscapes,       // a path leaves the directory it must stay in
  kTimedOut,      // a deadline passed
  kGone,          // the device or process left while we talked to it
  kRefused,       // a guard of ours says no; nothing was changed
  kFailed,        // a program we ran ended with an error
  kIo,            // the medium failed, or an errno without a kind of its own
};

struct Error {
  ErrorKind kind = ErrorKind::kIo;
  std::string message;

  bool operator==(const Error&) const = default;
};

template <typename T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> Fail(ErrorKind kind, std::string message) {
  return tl::make_unexpected(Error{kind, std::move(message)});
}

// The same kind, with `doing` in front of the sentence: `write /etc/hosts: no space left`.
[[nodiscard]] inline tl::unexpected<Error> While(std::string_view doing, Error error) {
  error.message = std::string(doing) + ": " + error.message;
  return tl::make_unexpected(std::move(error));
}

// A kind's name in plain words, for messages that have nothing better ("no space left").
std::string_view Name(ErrorKind kind);

}  // namespace zprov

#define ZPROV_JOIN_INNER(a, b) a##b
#define ZPROV_JOIN(a, b) ZPROV_JOIN_INNER(a, b)

// Returns the error of `expression` to the caller; goes on when there is none.
#define ZPROV_TRY(expression)                                          \
  do {                                                                 \
    if (auto zprov_outcome = (expression); !zprov_outcome.has_value()) \
      return tl::make_unexpected(std::move(zprov_outcome).error());    \
  } while (false)

// ZPROV_ASSIGN(auto text, files.Read(path)): declares or sets with the value, or returns the error.
#define ZPROV_ASSIGN(target, expression)                                                 \
  auto ZPROV_JOIN(zprov_outcome_, __LINE__) = (expression);                              \
  if (!ZPROV_JOIN(zprov_outcome_, __LINE__).has_value())                                 \
    return tl::make_unexpected(std::move(ZPROV_JOIN(zprov_outcome_, __LINE__)).error()); \
  target = std::move(*ZPROV_JOIN(zprov_outcome_, __LINE__))
