// A Zero for the fleet's tests that does what its script says and nothing else: so many files by
// name, and one way to go wrong. What real Zeros do, in order and time, is in sim/.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/usb_function.h"
#include "sim/world.h"

namespace zprov::scenario {

enum class Trouble {
  kNone,
  kDeafRom,         // the boot ROM's transfers time out until its power is cut
  kStallsInRom,     // the first stage stalls, once
  kStatusFails,     // the status cannot be read, though all is well
  kBackAsRom,       // after the first stage the boot ROM is there again
  kNeverBack,       // after the first stage nothing is
  kDeafFileServer,  // asks nothing
  kVanishesInFile,  // leaves in the middle of the second file, once, and comes back
  kNoLinux,         // has all its files, and Linux never shows
  kTalksNonsense,   // asks for what is no name, over and over
};

struct ZeroScript {
  std::vector<std::string> names = {};  // asked for in this order
  Trouble trouble = Trouble::kNone;
};

class ScriptedZero {
 public:
  ScriptedZero(sim::World& world, const PortPath& port, ZeroScript script);

  void PowerOn();  // its boot ROM shows up
  void ShowFileServer();
  void PlugOut();

  // What it was given, by name; the first stage as "first stage". Of a name asked for twice, both.
  std::multimap<std::string, std::string> got;
  ZeroScript script;
  int boots = 0;

 private:
  class Rom;
  class FileServer;

  void ShowGadget();
  void LeaveAndThen(std::chrono::milliseconds after, std::function<void()> then);

  sim::World& world_;
  PortPath port_;
  int power_cycle_ = 0;  // what was planned before it was cut does not happen
};

}  // namespace zprov::scenario
