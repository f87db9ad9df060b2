// A world with events and programs in it, for the contract suites: the simulator's, or this
// machine's. It needs no root.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "os/clock.h"
#include "os/events.h"
#include "os/processes.h"

namespace zprov::tests {

struct Printed {
  std::string out = {};
  std::string error = {};
  int exit_code = 0;
};

class EventWorld {
 public:
  virtual ~EventWorld() = default;

  virtual os::Clock& clock() = 0;
  virtual os::Events& events() = 0;
  virtual os::Processes& processes() = 0;

  // argv of a program that prints this and exits.
  virtual std::vector<std::string> Prints(const Printed& printed) = 0;
  // argv of a program that never ends by itself.
  virtual std::vector<std::string> Hangs() = 0;
  // argv of one that hangs, takes no notice of SIGTERM, and prints "ready" once that is so.
  virtual std::vector<std::string> IgnoresTerm() = 0;
  // Path of a file that is there but may not be run.
  virtual std::string NotExecutable() = 0;
  // Somebody sends us the signal.
  virtual void Signal(int number) = 0;

  // A deadline that only a hanging test reaches.
  os::Moment Late() { return clock().Now() + std::chrono::minutes(5); }
  // Long enough for what is under way to show itself.
  os::Moment Soon() { return clock().Now() + std::chrono::milliseconds(100); }

  // Reads events until the program printed `text`.
  void AwaitText(os::ProcessId process, const std::string& text) {
    std::string heard;
    while (heard.find(text) == std::string::npos) {
      const auto event = events().Next(Late());
      if (!event.has_value() || std::holds_alternative<os::DeadlinePassed>(*event)) {
        ADD_FAILURE() << "the program never printed " << text;
        return;
      }
      const auto* output = std::get_if<os::ProcessOutput>(&*event);
      if (output != nullptr && output->process == process) heard += output->text;
    }
  }
};

struct EventWorldRow {
  std::string name;
  std::unique_ptr<EventWorld> (*make)();
};

inline void PrintTo(const EventWorldRow& row, std::ostream* stream) { *stream << row.name; }

std::unique_ptr<EventWorld> MakeSimEventWorld();
std::unique_ptr<EventWorld> MakeRealEventWorld();

inline std::vector<EventWorldRow> EventWorlds() {
  return {{"Sim", MakeSimEventWorld}, {"Real", MakeRealEventWorld}};
}

inline std::string RowName(const testing::TestParamInfo<EventWorldRow>& row) {
  return row.param.name;
}

}  // namespace zprov::tests
