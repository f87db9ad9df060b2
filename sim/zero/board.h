// One Zero from power to the moment when Linux starts, with whatever goes wrong on the way
// (faults.h). It reacts to the host and to time, and draws its times from a seed and its port. What
// it says on the wire is in boot_rom.h and file_client.h; the bus it hangs on, time, and what Linux
// does are its surroundings', so that the same board is on the simulated host (zero.h) and on a
// cable into a machine (vm/cable).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "os/clock.h"
#include "os/usb_bus.h"
#include "sim/usb_function.h"
#include "sim/zero/boot_rom.h"
#include "sim/zero/faults.h"
#include "sim/zero/file_client.h"
#include "sim/zero/profiles.h"
#include "sim/zero/random.h"

namespace zprov::sim::zero {

struct Options {
  PortPath port;
  std::vector<Trouble> troubles = {};
  std::string first_stage = {};  // what the ROM takes; empty: anything
  Profile profile = {};
};

enum class Stage {
  kOff,         // no power
  kRom,         // waits for the first stage
  kFirstStage,  // has it; about to leave, or away
  kFileServer,  // asks for files; away for a moment between two sessions
  kKernel,      // was served; Linux starts
  kGadget,      // its link is there, its root is not mounted
  kMounted,     // its root is
  kHealthy,     // zprov-node has reported
  kHalted,      // told to, and off the bus
  kDead,        // will not be seen again without a power cut
};

// A board's serial number as Linux tells it: 16 hexadecimal digits, of which a Zero uses the
// last 8.
std::string DrawSerial(Random& random);

class Board {
 public:
  struct Surroundings {
    std::function<void(const os::UsbDevice&, std::shared_ptr<UsbFunction>)> show;
    std::function<void()> leave;  // the bus; nothing when it is not on it
    std::function<void()> jam;    // its port
    std::function<void(std::chrono::nanoseconds delay, std::function<void()> then)> after;
    std::function<void()> start_linux;  // from served()
    const os::Clock& clock;
    std::function<void()> entered = [] {};  // another stage
  };

  Board(Options options, uint64_t seed, Surroundings surroundings);
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  Stage stage() const { return stage_; }
  // Of the boot that is under way.
  const Served& served() const { return served_; }
  const std::string& first_stage() const { return first_stage_; }
  int boots() const { return boots_; }
  const Options& options() const { return options_; }
  Random& random() { return random_; }

  bool Has(Fault fault) const;
  // Not when the board has lost its power, or died, by then.
  void After(std::chrono::nanoseconds delay, std::function<void()> then);

  // ---- what is wrong with it, from its next boot on
  void Break(Fault fault, int boots);
  // The same from this boot on, in what is left of it.
  void Suffer(Fault fault, int boots);
  // Nothing, from now on.
  void Mend() { options_.troubles.clear(); }
  // From its next second stage on; an impatient one stays so.
  void set_patience(seconds patience) { options_.profile.patience = patience; }

  // ---- its power
  // It has power, and nothing else yet. Nothing when it has it already.
  void Start();
  void Follow(os::UsbBus::PortPower power);

  // ---- what Linux on it does
  void Enter(Stage stage);
  void Die();
  // Off the bus, and stays there if it is well.
  void Halt();
  // Off the bus, and a ROM again after a while.
  void Reboot();

 private:
  BootRom::Mood RomMood();
  void ShowRom();
  void BeRomSoon();
  bool TakeFirstStage(const std::string& file);
  void AfterFirstStage();
  void ShowSecondStage();
  bool MayShowAgain();
  bool GoesOnWith(const std::string& name);
  void EndFiles();

  Options options_;
  Surroundings surroundings_;
  Random random_;
  Stage stage_ = Stage::kOff;
  int boots_ = 0;
  uint64_t life_ = 0;  // what was planned in an earlier one does not happen
  std::string first_stage_;
  Served served_;
  std::shared_ptr<BootRom> rom_;
};

}  // namespace zprov::sim::zero
