// zprov demo: the whole cycle on the built-in simulated rig: init, plan, apply, a program more on
// the host, update, back again, and all nodes booted. The commands are the real ones; only the
// world is simulated.
#include <fmt/ostream.h>

#include <algorithm>
#include <sstream>

#include "cli/command.h"
#include "cli/json.h"
#include "core/spec/format.h"
#include "core/usbboot/ids.h"
#include "engine/make_directories.h"
#include "util/path.h"

namespace zprov::cli {
namespace {

bool IsWaitingBoard(const os::UsbDevice& device) {
  return device.vendor == usbboot::kBroadcomVendor && device.product == usbboot::kBootRomProduct;
}

// The rig of the whole demo, lent to each command as if it were opened anew.
class Lent : public World {
 public:
  explicit Lent(os::System& system) : system_(system) {}
  os::System& system() override { return system_; }

 private:
  os::System& system_;
};

class Demo {
 public:
  Demo(const Context& context, os::System& system) : context_(context), system_(system) {}

  Exit Perform() {
    if (const auto written = WriteSpec(); !written) return Report(context_, written.error());
    const bool went_well = Act("check", 0) && Act("plan", 4) && Act("apply", 0) &&
                           Act("status", 0) && Install() && Act("update", 0) && Act("status", 0) &&
                           Act("rollback", 0) && Act("plan", 0) && Act("boot", 0) &&
                           Act("status", 0);
    if (context_.options.json) context_.streams.out << DemoJson(acts_);
    return went_well ? Exit::kDone : Exit::kFailed;
  }

 private:
  // The boards that wait in their boot ROM tell which ports the spec gives to its nodes.
  Result<void> WriteSpec() {
    ZPROV_ASSIGN(const auto devices, system_.live->usb.Devices());
    std::vector<PortPath> ports;
    for (const os::UsbDevice& device : devices) {
      if (IsWaitingBoard(device)) ports.push_back(device.port);
    }
    ZPROV_ASSIGN(spec::ClusterSpec spec,
                 spec::ProcedureSpec(static_cast<int>(ports.size()), spec::Mode::kNative));
    for (size_t i = 0; i < ports.size(); ++i) spec.nodes[i].usb = ports[i];
    if (auto made = system_.trees.MakeDirectory("/etc/zprov", 0755);
        !made && made.error().kind != ErrorKind::kExists) {
      return made;
    }
    ZPROV_TRY(system_.files.Write("/etc/zprov/cluster.toml", spec::FormatSpec(spec), 0644));
    Say(fmt::format("init: cluster.toml for the {} boards on the simulated USB bus", ports.size()),
        0);
    return {};
  }

  // What `apt install` would do, as far as the nodes' next roots care.
  bool Install() {
    constexpr char kProgram[] = "/usr/local/bin/blink";
    const auto made = engine::MakeDirectories(system_, ParentOf(kProgram), 0755);
    const auto written =
        made ? system_.files.Write(kProgram, "#!/bin/sh\necho blink\n", 0755) : made;
    if (!written) {
      Report(context_, written.error());
      return false;
    }
    Say(fmt::format("(on the host: {} is installed)", kProgram), 0);
    return true;
  }

  // Runs one real command on the rig; says its last line, or all of it when it went wrong.
  bool Act(const std::string& command, int expected) {
    std::ostringstream out;
    std::ostringstream err;
    Wiring wiring = context_.wiring;
    wiring.open_sim = [this]() -> Result<std::unique_ptr<World>> {
      return std::make_unique<Lent>(system_);
    };
    const int exit = Run({"--rig", "sim", command}, wiring, {out, err});
    Say(fmt::format("{}: {}", command, LastLine(out.str())), exit);
    if (exit == expected) return true;
    fmt::print(context_.streams.err, "zprov demo: {} ended with {} instead of {}:\n{}{}", command,
               exit, expected, out.str(), err.str());
    return false;
  }

  void Say(const std::string& line, int exit) {
    acts_.push_back({line, exit});
    if (!context_.options.json) fmt::print(context_.streams.out, "{}\n", line);
  }

  static std::string LastLine(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text.substr(text.rfind('\n') + 1);
  }

  const Context& context_;
  os::System& system_;
  std::vector<DemoAct> acts_;
};

}  // namespace

Exit RunDemo(const Context& context) {
  auto world = context.wiring.open_sim();
  if (!world) return Report(context, world.error());
  return Demo(context, (*world)->system()).Perform();
}

}  // namespace zprov::cli
