#include "transcripts/rig.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "adapters/recording_usb.h"
#include "core/spec/format.h"
#include "sim/zero/zero.h"

namespace zprov::transcripts {
namespace {

using std::chrono::seconds;

// Some of more than the four chunks that are in flight at once.
struct BootFile {
  const char* name;
  size_t size;  // bytes
};
constexpr BootFile kFiles[] = {
    {"bootcode.bin", 50'000},         {"start.elf", 150'000},      {"fixup.dat", 6'700},
    {"kernel.img", 70'001},           {"initrd.img", 40'000},      {"bcm2708-rpi-zero.dtb", 16'384},
    {"overlays/overlay_map.dtb", 64}, {"overlays/dwc2.dtbo", 801},
};

// The same words over and over, so that each chunk of a file is another one.
std::string ContentOf(const BootFile& file) {
  const std::string words = fmt::format("{} of {} bytes, ", file.name, file.size);
  std::string content;
  content.reserve(file.size + words.size());
  while (content.size() < file.size) content += words;
  content.resize(file.size);
  return content;
}

void PutGeneration(sim::Scene& scene, const spec::ClusterSpec& spec) {
  for (const BootFile& file : kFiles) {
    scene.Put(fmt::format("/x/.zprov/gen/1/boot/{}", file.name), ContentOf(file));
  }
  for (const spec::Node& node : spec.nodes) {
    const std::string generation = "/x/.zprov/gen/1/" + node.name;
    scene.Put(generation + "/root/etc/hostname", node.name);
    scene.Symlink(generation + "/boot", "../boot");
    scene.Symlink("/x/.zprov/current/" + node.name, "../gen/1/" + node.name);
    const std::string overlay = "/x/sboot/" + node.usb->ToString();
    scene.Put(overlay + "/cmdline.txt", "root=/dev/nfs zprov.node=" + node.name + "\n");
    scene.Put(overlay + "/config.txt", "initramfs initrd.img followkernel\ndtoverlay=dwc2\n");
  }
}

}  // namespace

class Rig::CountedIdentities final : public os::Identities {
 public:
  Result<std::string> NewMachineId() override { return fmt::format("{:032x}", ++made_); }
  Result<os::HostKey> NewHostKey(os::HostKeyKind) override {
    return Fail(ErrorKind::kNotSupported, "a boot needs no host keys");
  }

 private:
  int made_ = 0;
};

Rig::Rig(size_t nodes)
    : spec_(spec::ProcedureSpec(static_cast<int>(nodes), spec::Mode::kNative).value()),
      identities_(std::make_unique<CountedIdentities>()) {
  for (size_t i = 0; i < nodes; ++i) spec_.nodes[i].usb = PortPath::Parse(kPorts[i]);
  PutGeneration(world_.scene(), spec_);
}

Bus Rig::bus() { return {world_.usb(), world_.system().events, world_.system().clock}; }

os::System& Rig::With(const Bus& bus) {
  os::System& world = world_.system();
  live_.reset(new os::Live{world.live->netlink, bus.usb, world.live->process_table,
                           world.live->control, world.live->supervisor, world.live->background});
  system_.reset(new os::System{.clock = bus.clock,
                               .files = world.files,
                               .trees = world.trees,
                               .locks = world.locks,
                               .btrfs = world.btrfs,
                               .events = bus.events,
                               .processes = world.processes,
                               .roots = world.roots,
                               .identities = *identities_,
                               .archives = world.archives,
                               .live = live_.get()});
  return *system_;
}

void Run(engine::Fleet& fleet, const Bus& bus, os::Moment end) {
  while (bus.clock.Now() < end) {
    const auto event = bus.events.Next(std::min(fleet.NextDeadline(), end));
    if (!event) return;
    fleet.On(*event);
  }
}

RecordedBoot RecordBoot(size_t nodes) {
  Rig rig(nodes);
  std::vector<std::shared_ptr<sim::zero::Zero>> zeros;
  for (const spec::Node& node : rig.spec().nodes) {
    zeros.push_back(sim::zero::PlugZero(rig.world(), {.port = *node.usb}));
  }
  RecordedBoot recorded;
  const Bus real = rig.bus();
  const auto recording =
      adapters::RecordUsb({real.usb, real.events, real.clock},
                          [&](std::string_view piece) { recorded.transcript += piece; });
  const Bus bus{*recording.usb, *recording.events, real.clock};
  engine::Fleet fleet(rig.With(bus), rig.spec());
  (void)fleet.Begin();
  Run(fleet, bus, bus.clock.Now() + seconds(25));
  recorded.views = fleet.Views();
  return recorded;
}

}  // namespace zprov::transcripts
