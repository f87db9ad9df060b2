#include "transcripts/beside.h"

#include <algorithm>

#include "transcripts/rig.h"

namespace zprov::transcripts {

const test::PortScript& HealthyScript() {
  static const test::PortScript script =
      test::ScriptsOf(adapters::ParseTranscript(RecordBoot(1).transcript).value()).at(0);
  return script;
}

namespace {

constexpr os::Moment kSession = std::chrono::seconds(40);

// Ways out that must lead nowhere.
void PutSecrets(sim::World& world, const std::string& port) {
  world.Put("/etc/secret", kSecret);
  world.Put("/x/sboot/secret", "for all");
  world.scene().Symlink("/x/sboot/" + port + "/outside", "/etc");
  world.scene().Symlink("/x/sboot/" + port + "/recovery.elf", "../../../etc/secret");
}

}  // namespace

Beside RunBeside(std::vector<test::PortScript> others) {
  Rig rig(1 + others.size());
  for (size_t i = 0; i < others.size(); ++i) {
    others[i].port = *rig.spec().nodes.at(i + 1).usb;
    PutSecrets(rig.world(), others[i].port.ToString());
  }
  // The healthy one arrives first: nonces are counted.
  std::vector<test::PortScript> scripts{HealthyScript()};
  scripts.insert(scripts.end(), others.begin(), others.end());
  const Bus real = rig.bus();
  test::ScriptedUsb usb(scripts, real.events, real.clock);
  engine::Fleet fleet(rig.With({usb, usb, real.clock}), rig.spec());
  (void)fleet.Begin();
  Beside beside;
  for (; real.clock.Now() < kSession && beside.events < kMostEvents; ++beside.events) {
    const auto event = usb.Next(std::min(fleet.NextDeadline(), kSession));
    if (!event) break;
    fleet.On(*event);
  }
  const auto views = fleet.Views();
  for (size_t i = 0; i < others.size(); ++i) {
    beside.others.push_back({usb.Trace(others[i].port), usb.Sent(others[i].port), views[i + 1]});
  }
  beside.trace = usb.Trace(HealthyScript().port);
  beside.notices = fleet.TakeNotices();
  std::erase_if(beside.notices, [](const auto& notice) { return notice.node != "s0"; });
  beside.view = views[0];
  return beside;
}

}  // namespace zprov::transcripts
