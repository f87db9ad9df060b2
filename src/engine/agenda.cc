#include "engine/agenda.h"

#include <algorithm>

namespace zprov::engine {

void Agenda::Set(size_t place, os::Moment when) {
  os::Moment& had = when_[place];
  if (had == when) return;
  if (had != kNever) waiting_.erase({had, place});
  if (when != kNever) waiting_.insert({when, place});
  had = when;
}

std::vector<size_t> Agenda::Due(os::Moment now) const {
  std::vector<size_t> due;
  for (const auto& [when, place] : waiting_) {
    if (when > now) break;
    due.push_back(place);
  }
  std::ranges::sort(due);
  return due;
}

}  // namespace zprov::engine
