// The second stage and the firmware: asks the host for one file after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "os/clock.h"
#include "sim/usb_function.h"
#include "sim/zero/profiles.h"

namespace zprov::sim::zero {

// What a boot has brought so far; it lasts while the board leaves the bus and comes back.
struct Served {
  std::map<std::string, std::string> files;
  std::vector<std::string> asked;    // in order, each as often as it was
  std::vector<std::string> changed;  // came again, and was not the same
  size_t next = 0;                   // in kOrder
  size_t part = 0;                   // of that wish: overlays are several

  // What the firmware starts: its own name for it, and whether it came.
  std::string KernelName() const;
  bool HasFile(const std::string& name) const { return files.contains(name); }
  std::string InitramfsName() const;  // empty: none
  // Whether all came without which no Zero of ours comes up.
  bool CanStartLinux() const;

  bool operator==(const Served&) const = default;
};

class FileClient final : public UsbFunction {
 public:
  struct Told {
    // At a point where a board may leave the bus and come back: whether this one does.
    std::function<bool()> may_show_again;
    // The first bytes of that file came: whether the board goes on.
    std::function<bool(const std::string& name)> bytes;
    std::function<void()> ended;
  };
  struct Ways {
    const Profile& profile;
    os::Moment patience{0};  // unserved for so long it goes deaf
    Random& random;
    const os::Clock& clock;
  };

  FileClient(Served& served, Ways ways, Told told);

  std::string Configuration() const override;
  UsbSpeed Speed() const override { return ways_.profile.speed; }
  UsbReply OnControlOut(const os::ControlOut& request) override;
  UsbReply OnControlIn(const os::ControlIn& request) override;
  UsbReply OnBulkOut(uint8_t endpoint, std::string_view bytes) override;
  void OnReset() override;

 private:
  enum class State { kAsksSize, kAwaitsSize, kAsksFile, kAwaitsLength, kAwaitsBytes, kEnded };

  // The next name, empty at the end; nothing: the board leaves the bus before it asks.
  std::optional<std::string> NextName();
  std::vector<std::string> NamesOf(const Wish& wish) const;
  void Pause();
  void GoOn();
  void Keep();

  Served& served_;
  Ways ways_;
  Told told_;
  State state_ = State::kAsksSize;
  std::optional<std::string> name_;
  std::string bytes_;
  size_t length_ = 0;
  os::Moment ready_{0};
  os::Moment appeared_{0};
  bool was_served_ = false;
};

}  // namespace zprov::sim::zero
