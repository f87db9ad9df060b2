#include "sim/control.h"

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
  ends_[caller] = {listener, 0};
  ends_[listener] = {caller, uid};
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

}  // namespace zprov::sim
