// One Zero on one port of the simulated host: from power to a node that reports, and whatever goes
// wrong on the way (faults.h). It reacts to the host and to time, and draws its times from the
// world's seed and its port. What it says on the wire is in boot_rom.h and file_client.h, what it
// does under Linux in node.h.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/world.h"
#include "sim/zero/boot_rom.h"
#include "sim/zero/faults.h"
#include "sim/zero/file_client.h"
#include "sim/zero/node.h"
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

class Zero {
 public:
  Zero(World& world, Options options);
  Zero(const Zero&) = delete;
  Zero& operator=(const Zero&) = delete;

  Stage stage() const { return stage_; }
  // Of the boot that is under way.
  const Served& served() const { return served_; }
  const std::string& first_stage() const { return first_stage_; }
  const std::string& serial() const { return serial_; }
  int boots() const { return boots_; }

  // It has power, and nothing else yet. Nothing when it has it already.
  void Start();

 private:
  bool Has(Fault fault) const;
  void After(std::chrono::nanoseconds delay, std::function<void()> then);
  void Follow(os::UsbBus::PortPower power);
  void LeaveBus();
  void Die();
  // ---- before Linux
  BootRom::Mood RomMood();
  void ShowRom();
  bool TakeFirstStage(const std::string& file);
  void AfterFirstStage();
  void ShowSecondStage();
  bool MayShowAgain();
  bool GoesOnWith(const std::string& name);
  void EndFiles();
  bool CanStartLinux() const;
  // ---- Linux
  void ShowGadget();
  UsbLink OwnLink();
  Mac RandomMac();
  void LookForHost();
  void TryToMount();
  void BeHealthy();
  void LookForOrder();
  void ShutDown(Node::Order order);

  World& world_;
  Options options_;
  Random random_;
  std::string serial_;
  Stage stage_ = Stage::kOff;
  int boots_ = 0;
  uint64_t life_ = 0;  // what was planned in an earlier one does not happen
  os::Moment linux_since_{0};
  std::string first_stage_;
  Served served_;
  std::shared_ptr<BootRom> rom_;
  std::optional<Node> node_;
};

// Plugged in and under power now, and again whenever the host boots. It lives as long as the world.
std::shared_ptr<Zero> PlugZero(World& world, Options options);

}  // namespace zprov::sim::zero
