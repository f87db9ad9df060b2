#include "sim/zero/board.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/zero/ids.h"

namespace zprov::sim::zero {
namespace {

constexpr auto kInstant = milliseconds(1);  // the answer that it reacts to is through

os::UsbDevice Shown(const PortPath& port, uint16_t product, uint8_t serial_index) {
  return {port, kBroadcomVendor, product, serial_index, 0};
}

}  // namespace

std::string DrawSerial(Random& random) {
  return fmt::format("00000000{:08x}", random.Next() >> 32);
}

Board::Board(Options options, uint64_t seed, Surroundings surroundings)
    : options_(std::move(options)),
      surroundings_(std::move(surroundings)),
      random_(seed, options_.port.ToString()) {}

bool Board::Has(Fault fault) const {
  return std::ranges::any_of(options_.troubles, [&](const Trouble& trouble) {
    const int had = boots_ - trouble.after;  // this boot is the how manieth that has it
    return trouble.fault == fault && had > 0 && had <= trouble.boots;
  });
}

void Board::Suffer(Fault fault, int boots) {
  options_.troubles.push_back({.fault = fault, .boots = boots, .after = std::max(boots_ - 1, 0)});
}

void Board::Break(Fault fault, int boots) {
  options_.troubles.push_back({.fault = fault, .boots = boots, .after = boots_});
}

void Board::After(std::chrono::nanoseconds delay, std::function<void()> then) {
  surroundings_.after(delay, [this, life = life_, then = std::move(then)] {
    if (life == life_) then();
  });
}

void Board::Follow(os::UsbBus::PortPower power) {
  if (power == os::UsbBus::PortPower::kOff) {
    surroundings_.leave();
    ++life_;
    Enter(Stage::kOff);
  } else if (stage_ == Stage::kOff) {
    After(random_.In(options_.profile.power_to_rom), [this] { Start(); });
  }
}

void Board::Enter(Stage stage) {
  stage_ = stage;
  surroundings_.entered();
}

void Board::Die() {
  surroundings_.leave();
  ++life_;
  Enter(Stage::kDead);
}

void Board::Halt() {
  surroundings_.leave();
  Enter(Stage::kHalted);
  if (Has(Fault::kRomAfterHalt)) BeRomSoon();
}

void Board::Reboot() {
  surroundings_.leave();
  Enter(Stage::kHalted);
  BeRomSoon();
}

void Board::BeRomSoon() {
  After(random_.In(options_.profile.power_to_rom), [this] {
    ++boots_;
    ShowRom();
  });
}

void Board::Start() {
  if (stage_ != Stage::kOff) return;
  ++life_;
  ++boots_;
  if (Has(Fault::kJamsHub)) {
    Enter(Stage::kDead);
    surroundings_.jam();
    return;
  }
  ShowRom();
}

BootRom::Mood Board::RomMood() {
  if (Has(Fault::kRomStalls)) return BootRom::Mood::kStallsTheFile;
  const bool is_early = random_.OneIn(options_.profile.status_read_fails_one_in);
  return is_early || Has(Fault::kStatusReadFails) ? BootRom::Mood::kLeavesBeforeStatus
                                                  : BootRom::Mood::kWell;
}

void Board::ShowRom() {
  Enter(Stage::kRom);
  first_stage_.clear();
  served_ = {};
  const auto mood = Has(Fault::kRomDeaf) ? BootRom::Mood::kDeaf : RomMood();
  rom_ = std::make_shared<BootRom>(
      mood, BootRom::Told{[this](const std::string& file) { return TakeFirstStage(file); },
                          [this, deaf = mood == BootRom::Mood::kDeaf] {
                            ++boots_;
                            ++life_;
                            Enter(Stage::kRom);
                            if (!deaf) rom_->set_mood(RomMood());
                          }});
  surroundings_.show(Shown(options_.port, kBootRomProduct, kBootRomSerialIndex), rom_);
}

bool Board::TakeFirstStage(const std::string& file) {
  if (!options_.first_stage.empty() && file != options_.first_stage) return false;
  first_stage_ = file;
  Enter(Stage::kFirstStage);
  After(random_.In(options_.profile.leaves_after_first_stage), [this] { AfterFirstStage(); });
  return true;
}

void Board::AfterFirstStage() {
  if (Has(Fault::kNeverReturns)) return Die();
  surroundings_.leave();
  After(random_.In(options_.profile.back_after), [this] {
    if (!Has(Fault::kReturnsAsRom)) return ShowSecondStage();
    ++boots_;
    ShowRom();
  });
}

void Board::ShowSecondStage() {
  Enter(Stage::kFileServer);
  const Profile& profile = options_.profile;
  const os::Moment patience = Has(Fault::kImpatient) ? profile.little_patience : profile.patience;
  FileClient::Told told{[this] { return MayShowAgain(); },
                        [this](const std::string& name) { return GoesOnWith(name); },
                        [this] { EndFiles(); }};
  surroundings_.show(Shown(options_.port, kSecondStageProduct, kSecondStageSerialIndex),
                     std::make_shared<FileClient>(
                         served_, FileClient::Ways{profile, patience, random_, surroundings_.clock},
                         std::move(told)));
}

bool Board::MayShowAgain() {
  const bool by_itself = random_.OneIn(options_.profile.shows_itself_again_one_in) &&
                         !served_.HasFile(std::string(kCommandLine));
  if (!by_itself && !Has(Fault::kShowsItselfAgain)) return false;
  surroundings_.leave();
  After(random_.In(options_.profile.back_after), [this] { ShowSecondStage(); });
  return true;
}

bool Board::GoesOnWith(const std::string& name) {
  if (name != kFirmware || !Has(Fault::kVanishesInBulk)) return true;
  surroundings_.leave();
  After(random_.In(options_.profile.back_after), [this] {
    ++boots_;
    ShowRom();
  });
  return false;
}

void Board::EndFiles() {
  After(kInstant, [this] {
    if (!served_.CanStartLinux() || Has(Fault::kNoGadget)) return Die();
    surroundings_.leave();
    Enter(Stage::kKernel);
    surroundings_.start_linux();
  });
}

}  // namespace zprov::sim::zero
