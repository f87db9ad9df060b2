#include "engine/serve/desk.h"

#include "engine/serve/control_answer.h"
#include "engine/serve/control_request.h"

namespace zprov::engine {

void Desk::On(const os::Event& event) {
  if (const auto* line = std::get_if<os::ControlLine>(&event)) return Heard(*line);
  if (const auto* closed = std::get_if<os::ControlClosed>(&event)) HangUp(closed->connection);
}

Result<void> Desk::Ask(const os::ControlLine& line) {
  if (line.uid != 0 && line.uid != uid_) {
    return Fail(ErrorKind::kPermission, "only root may ask serve: use sudo");
  }
  if (!callers_.contains(line.connection) && callers_.size() >= kMostCallers) {
    return Fail(ErrorKind::kBusy, "too many ask serve at once: end some of them and try again");
  }
  ZPROV_ASSIGN(const ControlRequest request, ParseControlRequest(line.line));
  return service_.Take(line.connection, request);
}

void Desk::Heard(const os::ControlLine& line) {
  if (const auto asked = Ask(line); !asked) {
    static_cast<void>(control_.Send(line.connection, LineOf(asked.error())));
    return HangUp(line.connection);
  }
  callers_.insert(line.connection);
}

void Desk::HangUp(os::ControlId caller) {
  callers_.erase(caller);
  service_.Leave(caller);
  control_.Close(caller);
}

// Who does not take what it is owed is gone, or as good as.
void Desk::TellAll() {
  for (const Owed& owed : service_.TakeOwed()) {
    for (const std::string& line : LinesOf(owed.snapshot)) {
      if (!control_.Send(owed.caller, line)) {
        HangUp(owed.caller);
        break;
      }
    }
  }
}

}  // namespace zprov::engine
