// Who wants to be called when: one moment for each of a number of places. The first of all costs
// nothing to ask for, which a loop does at every event.
#pragma once

#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "os/clock.h"

namespace zprov::engine {

class Agenda {
 public:
  static constexpr os::Moment kNever = os::Moment::max();

  explicit Agenda(size_t places = 0) : when_(places, kNever) {}

  // From here on `place` wants to be called then; kNever: no more.
  void Set(size_t place, os::Moment when);

  // kNever: nobody waits.
  os::Moment First() const { return waiting_.empty() ? kNever : waiting_.begin()->first; }

  // Whose moment is `now` or before, by place.
  std::vector<size_t> Due(os::Moment now) const;

 private:
  std::vector<os::Moment> when_;
  std::set<std::pair<os::Moment, size_t>> waiting_;  // when_ without those who never want
};

}  // namespace zprov::engine
