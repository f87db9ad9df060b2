// How every decorator asks the seam before it passes a call on.
#pragma once

#include "sim/faults/seam.h"

namespace zprov::faults {

template <typename Call>
auto Through(Seam& seam, Touch touch, std::initializer_list<std::string_view> words,
             const Call& call) -> decltype(call()) {
  if (auto error = seam.Before(touch, words)) return tl::make_unexpected(std::move(*error));
  return call();
}

}  // namespace zprov::faults
