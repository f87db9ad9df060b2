#include "hil/report.h"

#include <algorithm>

namespace zprov::hil {

std::string_view Name(Level level) {
  switch (level) {
    case Level::kObserve:
      return "observe";
    case Level::kCycle:
      return "cycle";
    case Level::kFull:
      return "full";
  }
  return "";
}

std::string_view Name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return "pass";
    case Outcome::kFail:
      return "fail";
    case Outcome::kInfra:
      return "infra";
    case Outcome::kSkip:
      return "skip";
    case Outcome::kQuarantined:
      return "quarantined";
  }
  return "";
}

Outcome Overall(const std::vector<Row>& rows) {
  for (const Outcome outcome : {Outcome::kFail, Outcome::kInfra, Outcome::kPass}) {
    if (std::ranges::find(rows, outcome, &Row::outcome) != rows.end()) return outcome;
  }
  return Outcome::kSkip;
}

}  // namespace zprov::hil
