#include "contract/event_world.h"

#include <csignal>

#include "adapters/boost_process.h"
#include "adapters/event_loop.h"
#include "adapters/system_clock.h"
#include "sim/events.h"
#include "sim/processes.h"

namespace zprov::tests {
namespace {

class SimEventWorld final : public EventWorld {
 public:
  os::Clock& clock() override { return clock_; }
  os::Events& events() override { return events_; }
  os::Processes& processes() override { return processes_; }

  std::vector<std::string> Prints(const Printed& printed) override {
    return Install({.out = printed.out, .error = printed.error, .exit_code = printed.exit_code});
  }
  std::vector<std::string> Hangs() override {
    return Install({.ending = sim::ProgramRun::Ending::kHangs});
  }
  std::vector<std::string> IgnoresTerm() override {
    return Install({.out = "ready", .ending = sim::ProgramRun::Ending::kIgnoresTerm});
  }
  std::string NotExecutable() override {
    processes_.Forbid("/opt/notes");
    return "/opt/notes";
  }
  void Signal(int number) override { queue_.Post(os::SignalCame{number}); }

 private:
  std::vector<std::string> Install(const sim::ProgramRun& run) {
    const std::string name = "program" + std::to_string(++last_program_);
    processes_.Install(name, [run](const auto&) { return run; });
    return {name};
  }

  sim::VirtualClock clock_;
  sim::EventQueue queue_{clock_};
  sim::Events events_{queue_};
  sim::Processes processes_{queue_};
  int last_program_ = 0;
};

class RealEventWorld final : public EventWorld {
 public:
  os::Clock& clock() override { return *clock_; }
  os::Events& events() override { return *loop_; }
  os::Processes& processes() override { return *processes_; }

  std::vector<std::string> Prints(const Printed& printed) override {
    // Long texts do not fit into one argument: 128 KiB is the kernel's limit.
    constexpr size_t kLongest = 100'000;
    std::vector<std::string> argv = {"sh",
                                     "-c",
                                     "code=$1; printf %s \"$2\" >&2; shift 2; printf %s \"$@\"; "
                                     "exit $code",
                                     "sh",
                                     std::to_string(printed.exit_code),
                                     printed.error};
    for (size_t at = 0; at < printed.out.size(); at += kLongest) {
      argv.push_back(printed.out.substr(at, kLongest));
    }
    return argv;
  }
  std::vector<std::string> Hangs() override { return {"sleep", "1000000"}; }
  std::vector<std::string> IgnoresTerm() override {
    // The shell's own children have SIGTERM ignored too.
    return {"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1000000; done"};
  }
  std::string NotExecutable() override { return "/etc/passwd"; }
  void Signal(int number) override { ::raise(number); }

 private:
  std::unique_ptr<os::Clock> clock_ = adapters::MakeSystemClock();
  std::unique_ptr<adapters::EventLoop> loop_ = adapters::MakeEventLoop(*clock_);
  std::unique_ptr<os::Processes> processes_ =
      adapters::MakeBoostProcess(*loop_, adapters::Root::Open("/").value());
};

}  // namespace

std::unique_ptr<EventWorld> MakeSimEventWorld() { return std::make_unique<SimEventWorld>(); }
std::unique_ptr<EventWorld> MakeRealEventWorld() { return std::make_unique<RealEventWorld>(); }

}  // namespace zprov::tests
