#include "core/usbboot/session.h"

#include <utility>

namespace zprov::usbboot {

Ended EndFor(TransferEnd end, std::string doing) {
  switch (end) {
    case TransferEnd::kTimedOut:
      return {Ended::How::kSilent, std::move(doing)};
    case TransferEnd::kGone:
      return {Ended::How::kLeft, std::move(doing)};
    case TransferEnd::kDone:  // with too few bytes
    case TransferEnd::kStalled:
    case TransferEnd::kFailed:
      break;
  }
  return {Ended::How::kBroken, std::move(doing)};
}

}  // namespace zprov::usbboot
