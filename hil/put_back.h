// That a run which disturbs the rig leaves it as it was: the nodes that ran run again, whatever
// became of the run.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hil/report.h"
#include "hil/rig.h"
#include "util/result.h"

namespace zprov::hil {

class Disturbance {
 public:
  // The nodes that run are noted on disk (run_mark.h), before any is disturbed. kRefused: another
  // run is under way, or apply was never run.
  static Result<Disturbance> Begin(const Rig& rig);

  // Whether they all run now, as far as anybody can tell.
  bool AllRun(const Rig& rig) const;

  // They would get and run again what they did, with power and booted where they do not;
  // generations that the run made go, and then the note. Nothing: there was nothing to put back.
  enum class How { kToItsEnd, kCutOff };
  std::optional<Row> End(const Rig& rig, How how) const;

  // The same for what a run left that was cut off.
  static std::optional<Row> LeftOver(const Rig& rig);

 private:
  Disturbance(std::unique_ptr<os::Lock> lock, std::vector<std::string> ran)
      : lock_(std::move(lock)), ran_(std::move(ran)) {}

  std::unique_ptr<os::Lock> lock_;
  std::vector<std::string> ran_;
};

}  // namespace zprov::hil
