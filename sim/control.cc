#include "sim/control.h"

#include <set>

namespace zprov::sim {

Result<void> Control::Listen(std::string_view path) {
  if (!path_.empty()) {
    return Fail(ErrorKind::kBusy, "somebody listens at " + path_ + " already: is serve running?");
  }
  path_ = path;
  return {};
}

Result<os::ControlId> Control::ConnectAs(uint32_t uid, std::string_view path) {
  if (path_.empty() || path_ != path) {
    return Fail(ErrorKind::kNotFound, "nobody listens at " + std::string(path));
  }
  const os::ControlId caller = ++last_;
  const os::ControlId listener = ++last_;
  ends_[caller] = {listener, 0, End::Side::kCaller};
  ends_[listener] = {caller, uid, End::Side::kListener};
  return caller;
}

Result<void> Control::Send(os::ControlId connection, std::string_view line) {
  const auto end = ends_.find(connection);
  if (end == ends_.end()) {
    return Fail(ErrorKind::kGone, "the other end of the control socket has left");
  }
  if (line.size() > os::kMaxControlLine) {
    return Fail(ErrorKind::kTooLarge, "a line of the control socket is too long");
  }
  if (line.find('\n') != std::string_view::npos) {
    return Fail(ErrorKind::kInvalid, "a line of the control socket holds a line's end");
  }
  const os::ControlId other = end->second.other;
  queue_.Post(os::ControlLine{other, ends_.at(other).other_uid, std::string(line)});
  return {};
}

void Control::Close(os::ControlId connection) {
  const auto end = ends_.find(connection);
  if (end == ends_.end()) return;
  const os::ControlId other = end->second.other;
  ends_.erase(end);
  ends_.erase(other);
  queue_.Post(os::ControlClosed{other});
}

void Control::ListenerDies() {
  path_.clear();
  std::set<os::ControlId> dead;
  for (const auto& [id, end] : ends_) {
    if (end.side == End::Side::kListener) dead.insert(id);
  }
  for (const os::ControlId id : dead) Close(id);
  queue_.Drop([&dead](const os::Event& event) {
    const auto* line = std::get_if<os::ControlLine>(&event);
    const auto* closed = std::get_if<os::ControlClosed>(&event);
    return (line != nullptr && dead.contains(line->connection)) ||
           (closed != nullptr && dead.contains(closed->connection));
  });
}

}  // namespace zprov::sim
