#include "engine/fleet/starts.h"

#include <algorithm>

namespace zprov::engine {

void Starts::Ask(const std::string& node) {
  starting_.erase(node);
  if (std::ranges::find(asking_, node) == asking_.end()) asking_.push_back(node);
}

void Starts::Leave(const std::string& node) {
  starting_.erase(node);
  std::erase(asking_, node);
}

std::vector<std::string> Starts::Grant(os::Moment now) {
  std::erase_if(starting_, [&](const auto& place) { return place.second <= now; });
  std::vector<std::string> granted;
  while (!asking_.empty() && starting_.size() < most_) {
    starting_[asking_.front()] = now + kHoldsFor;
    granted.push_back(asking_.front());
    asking_.pop_front();
  }
  return granted;
}

os::Moment Starts::NextDeadline() const {
  os::Moment next = os::Moment::max();
  if (asking_.empty()) return next;
  for (const auto& [node, until] : starting_) next = std::min(next, until);
  return next;
}

}  // namespace zprov::engine
