// Listens to serial consoles of nodes, whatever else happens meanwhile.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hil/program_watch.h"
#include "hil/rig.h"
#include "util/result.h"

namespace zprov::hil {

class ConsoleEars {
 public:
  // From now on, at 115200 Bd. The rig has `programs`, which must live as long. Errors as
  // os::Processes::Start.
  static Result<std::unique_ptr<ConsoleEars>> ListenTo(const Rig& rig,
                                                       const std::vector<std::string>& devices);
  ~ConsoleEars();
  ConsoleEars(const ConsoleEars&) = delete;
  ConsoleEars& operator=(const ConsoleEars&) = delete;

  // What that device said so far, up to what ProgramWatch keeps.
  const std::string& HeardFrom(const std::string& device) const;
  // It cannot be read, or not any more.
  bool IsDead(const std::string& device) const;

 private:
  explicit ConsoleEars(ProgramWatch& programs) : programs_(programs) {}

  ProgramWatch& programs_;
  std::map<std::string, os::ProcessId> readers_;  // by device
};

// The node whose kernel told its command line there, by "zprov.node=NAME" in it; the last one, when
// there were several. Empty: none did.
std::string NodeHeardIn(const std::string& said);

}  // namespace zprov::hil
