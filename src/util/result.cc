#include "util/result.h"

namespace zprov {

std::string_view Name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid:
      return "invalid";
    case ErrorKind::kNotFound:
      return "not found";
    case ErrorKind::kExists:
      return "exists already";
    case ErrorKind::kNotEmpty:
      return "not empty";
    case ErrorKind::kNotDirectory:
      return "not a directory";
    case ErrorKind::kIsDirectory:
      return "is a directory";
    case ErrorKind::kPermission:
      return "permission denied";
    case ErrorKind::kReadOnly:
      return "read-only";
    case ErrorKind::kNoSpace:
      return "no space left";
    case ErrorKind::kBusy:
      return "busy";
    case ErrorKind::kCrossDevice:
      return "on another file system";
    case ErrorKind::kOutOfRange:
      return "out of range";
    case ErrorKind::kNotSupported:
      return "not supported";
    case ErrorKind::kTooLarge:
      return "too large";
    case ErrorKind::kEscapes:
      return "leaves its directory";
    case ErrorKind::kTimedOut:
      return "timed out";
    case ErrorKind::kGone:
      return "gone";
    case ErrorKind::kRefused:
      return "refused";
    case ErrorKind::kFailed:
      return "failed";
    case ErrorKind::kIo:
      return "input/output error";
  }
  return "unknown";
}

}  // namespace zprov
