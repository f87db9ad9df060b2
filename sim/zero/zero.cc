#include "sim/zero/zero.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/zero/config_txt.h"
#include "sim/zero/ids.h"

namespace zprov::sim::zero {
namespace {

constexpr auto kInstant = milliseconds(1);  // the answer that it reacts to is through

os::UsbDevice Shown(const PortPath& port, uint16_t product, uint8_t serial_index) {
  return {port, kBroadcomVendor, product, serial_index, 0};
}

}  // namespace

Zero::Zero(World& world, Options options)
    : world_(world),
      options_(std::move(options)),
      random_(world.seed(), options_.port.ToString()),
      serial_(fmt::format("00000000{:08x}", random_.Next() >> 32)) {
  world_.usb().WirePower(options_.port, [this](os::UsbBus::PortPower power) { Follow(power); });
}

bool Zero::Has(Fault fault) const {
  return std::ranges::any_of(options_.troubles, [&](const Trouble& trouble) {
    return trouble.fault == fault && boots_ <= trouble.boots;
  });
}

void Zero::After(std::chrono::nanoseconds delay, std::function<void()> then) {
  world_.queue().After(delay, [this, life = life_, then = std::move(then)] {
    if (life == life_) then();
  });
}

void Zero::Follow(os::UsbBus::PortPower power) {
  if (power == os::UsbBus::PortPower::kOff) {
    LeaveBus();
    ++life_;
    stage_ = Stage::kOff;
  } else if (stage_ == Stage::kOff) {
    After(random_.In(options_.profile.power_to_rom), [this] { Start(); });
  }
}

void Zero::LeaveBus() {
  const auto link = LinkOn(world_.network(), options_.port);
  if (link.has_value()) world_.network().Unplug(link->name);
  node_.reset();
  world_.usb().Unplug(options_.port);
}

void Zero::Die() {
  LeaveBus();
  ++life_;
  stage_ = Stage::kDead;
}

void Zero::Start() {
  if (stage_ != Stage::kOff) return;
  ++life_;
  ++boots_;
  if (Has(Fault::kJamsHub)) {
    stage_ = Stage::kDead;
    world_.usb().Jam(options_.port);
    return;
  }
  ShowRom();
}

BootRom::Mood Zero::RomMood() {
  if (Has(Fault::kRomStalls)) return BootRom::Mood::kStallsTheFile;
  const bool is_early = random_.OneIn(options_.profile.status_read_fails_one_in);
  return is_early || Has(Fault::kStatusReadFails) ? BootRom::Mood::kLeavesBeforeStatus
                                                  : BootRom::Mood::kWell;
}

void Zero::ShowRom() {
  stage_ = Stage::kRom;
  first_stage_.clear();
  served_ = {};
  const auto mood = Has(Fault::kRomDeaf) ? BootRom::Mood::kDeaf : RomMood();
  rom_ = std::make_shared<BootRom>(
      mood, BootRom::Told{[this](const std::string& file) { return TakeFirstStage(file); },
                          [this, deaf = mood == BootRom::Mood::kDeaf] {
                            ++boots_;
                            ++life_;
                            stage_ = Stage::kRom;
                            if (!deaf) rom_->set_mood(RomMood());
                          }});
  world_.usb().Plug(Shown(options_.port, kBootRomProduct, kBootRomSerialIndex), rom_);
}

bool Zero::TakeFirstStage(const std::string& file) {
  if (!options_.first_stage.empty() && file != options_.first_stage) return false;
  first_stage_ = file;
  stage_ = Stage::kFirstStage;
  After(random_.In(options_.profile.leaves_after_first_stage), [this] { AfterFirstStage(); });
  return true;
}

void Zero::AfterFirstStage() {
  if (Has(Fault::kNeverReturns)) return Die();
  LeaveBus();
  After(random_.In(options_.profile.back_after), [this] {
    if (!Has(Fault::kReturnsAsRom)) return ShowSecondStage();
    ++boots_;
    ShowRom();
  });
}

void Zero::ShowSecondStage() {
  stage_ = Stage::kFileServer;
  const Profile& profile = options_.profile;
  const os::Moment patience = Has(Fault::kImpatient) ? profile.little_patience : profile.patience;
  FileClient::Told told{[this] { return MayShowAgain(); },
                        [this](const std::string& name) { return GoesOnWith(name); },
                        [this] { EndFiles(); }};
  world_.usb().Plug(
      Shown(options_.port, kSecondStageProduct, kSecondStageSerialIndex),
      std::make_shared<FileClient>(
          served_, FileClient::Ways{profile, patience, random_, world_.clock()}, std::move(told)));
}

bool Zero::MayShowAgain() {
  const bool by_itself = random_.OneIn(options_.profile.shows_itself_again_one_in) &&
                         !served_.HasFile(std::string(kCommandLine));
  if (!by_itself && !Has(Fault::kShowsItselfAgain)) return false;
  LeaveBus();
  After(random_.In(options_.profile.back_after), [this] { ShowSecondStage(); });
  return true;
}

bool Zero::GoesOnWith(const std::string& name) {
  if (name != kFirmware || !Has(Fault::kVanishesInBulk)) return true;
  LeaveBus();
  After(random_.In(options_.profile.back_after), [this] {
    ++boots_;
    ShowRom();
  });
  return false;
}

bool Zero::CanStartLinux() const {
  const std::string config = served_.HasFile(std::string(kConfig))
                                 ? served_.files.at(std::string(kConfig))
                                 : std::string();
  const std::string initramfs = Config::Of(config).initramfs;
  return served_.HasFile(std::string(kFirmware)) && served_.HasFile(served_.KernelName()) &&
         served_.HasFile(std::string(kDeviceTree)) && served_.HasFile(std::string(kCommandLine)) &&
         !initramfs.empty() && served_.HasFile(initramfs);
}

void Zero::EndFiles() {
  After(kInstant, [this] {
    if (!CanStartLinux() || Has(Fault::kNoGadget)) return Die();
    LeaveBus();
    stage_ = Stage::kKernel;
    linux_since_ = world_.clock().Now();
    After(random_.In(options_.profile.kernel_to_gadget), [this] { ShowGadget(); });
  });
}

std::shared_ptr<Zero> PlugZero(World& world, Options options) {
  auto zero = std::make_shared<Zero>(world, std::move(options));
  world.AtBoot([zero](World&) { zero->Start(); });
  return zero;
}

}  // namespace zprov::sim::zero
