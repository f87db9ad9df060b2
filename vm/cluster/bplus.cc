#include "vm/cluster/bplus.h"

#include <fmt/format.h>
#include <poll.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "vm/cable/stamp.h"
#include "vm/cluster/artifacts.h"

namespace zprov::vm {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

// A quiet machine takes 15 s, two cores that do five other things five minutes.
constexpr seconds kBootsWithin{600};
constexpr seconds kListensWithin{30};

std::string ZeroDirectory(const BplusOptions& options, int zero) {
  return fmt::format("{}/zero{}", options.directory, zero);
}

std::string SocketOf(const BplusOptions& options, int zero) {
  return ZeroDirectory(options, zero) + "/usb";
}

CableControl ControlOf(const BplusOptions& options, int zero) {
  return CableControl(ZeroDirectory(options, zero) + "/control");
}

std::string ConsoleOf(const BplusOptions& options) { return options.directory + "/console.log"; }

// What was done to the cluster, by whom it does not matter, in a log beside the others.
void WriteDown(const BplusOptions& options, const std::string& what) {
  std::ofstream log(options.directory + "/operator.log", std::ios::app);
  log << Stamp(std::chrono::system_clock::now().time_since_epoch()) + " " + what + "\n";
}

std::string ConsolesIn(const BplusOptions& options) {
  std::string all = fmt::format("---- the B+'s console\n{}\n", Tail(ConsoleOf(options)));
  for (int zero = 1; zero <= options.zeros; ++zero) {
    const std::string directory = ZeroDirectory(options, zero);
    all += fmt::format("---- cable of port 1-{0}\n{1}\n---- console of the Zero at 1-{0}\n{2}\n",
                       zero, Tail(directory + "/cable.log"), Tail(directory + "/console.log"));
  }
  return all;
}

Error With(Error error, const BplusOptions& options) {
  error.message += "\n" + ConsolesIn(options);
  return error;
}

// Its USB, the relay in its supply, and its serial line: each is its cable's.
std::vector<std::string> WordsOfZero(const BplusOptions& options, int zero) {
  const std::string directory = ZeroDirectory(options, zero);
  std::string device = fmt::format("usb-redir,chardev=zero{0},bus=usb-bus.0,port={0}", zero);
  if (options.captures) device += ",pcap=" + directory + "/usb.pcap";
  return {"-chardev",
          fmt::format("socket,id=zero{},path={}", zero, SocketOf(options, zero)),
          "-device",
          device,
          "-chardev",
          fmt::format("socket,id=relay{},path={}/control", zero, directory),
          "-device",
          fmt::format("virtserialport,bus=relays.0,chardev=relay{0},name=relay.1-{0}", zero),
          "-chardev",
          fmt::format("socket,id=console{},path={}/console", zero, directory),
          "-device",
          fmt::format("virtserialport,bus=consoles.0,chardev=console{0},name=console.1-{0}", zero)};
}

// -smp 1 and qemu-xhci: vm/README.md. A virtio-serial bus has 30 ports for us.
std::vector<std::string> BplusWords(const BplusOptions& options) {
  std::vector<std::string> words = {
      "qemu-system-x86_64",
      "-accel",
      "tcg",
      "-cpu",
      "qemu64,-svm",
      "-M",
      "q35",
      "-smp",
      "1",
      "-m",
      "1024",
      "-nodefaults",
      "-display",
      "none",
      "-chardev",
      fmt::format("socket,id=console,server=on,wait=off,path={}/console,logfile={}",
                  options.directory, ConsoleOf(options)),
      "-serial",
      "chardev:console",
      "-kernel",
      options.images + "/vmlinuz",
      "-initrd",
      options.images + "/initrd.img",
      "-append",
      "console=ttyS0 rw no_timer_check",  // a busy machine fails that check
      "-drive",
      "file=" + options.images + "/root.img,format=raw,if=virtio,snapshot=on",
      "-device",
      "virtio-serial,id=relays",
      "-device",
      "virtio-serial,id=consoles",
      "-chardev",
      "socket,id=agent,server=on,wait=off,path=" + options.directory + "/agent",
      "-device",
      "virtserialport,bus=relays.0,chardev=agent,name=org.qemu.guest_agent.0",
      "-device",
      "qemu-xhci,p2=15,p3=15"};
  words.insert(words.end(), options.more_words.begin(), options.more_words.end());
  if (!options.payload.empty()) {
    words.insert(words.end(),
                 {"-drive", "file=" + options.payload + ",format=raw,if=virtio,readonly=on"});
  }
  for (int zero = 1; zero <= options.zeros; ++zero) {
    const auto of_zero = WordsOfZero(options, zero);
    words.insert(words.end(), of_zero.begin(), of_zero.end());
  }
  return words;
}

Result<Child> StartCable(const BplusOptions& options, int zero) {
  const std::string directory = ZeroDirectory(options, zero);
  std::filesystem::create_directories(directory);
  ZPROV_ASSIGN(Child cable, Child::Start({options.cable, SocketOf(options, zero), directory,
                                          fmt::format("1-{}", zero), std::to_string(options.seed)},
                                         directory + "/cable.log"));
  // QEMU connects once, when it starts.
  const auto deadline = steady_clock::now() + kListensWithin;
  while (!std::filesystem::exists(SocketOf(options, zero))) {
    if (cable.HasEnded() || steady_clock::now() > deadline) {
      return Fail(ErrorKind::kFailed, "the cable does not listen: " + options.cable);
    }
    poll(nullptr, 0, 10);
  }
  std::vector<std::string> orders;
  if (options.captures) orders.push_back("capture host " + directory + "/network.pcap");
  const auto first = options.first_orders.find(zero);
  if (first != options.first_orders.end()) {
    orders.insert(orders.end(), first->second.begin(), first->second.end());
  }
  for (const std::string& order : orders) ZPROV_TRY(ControlOf(options, zero).Ask(order));
  return cable;
}

}  // namespace

Result<Bplus> Bplus::Boot(const BplusOptions& options) {
  std::vector<Child> cables;
  for (int zero = 1; zero <= options.zeros; ++zero) {
    ZPROV_ASSIGN(Child cable, StartCable(options, zero));
    cables.push_back(std::move(cable));
  }
  WriteDown(options, "the B+ has power");  // first of all: artifacts.cc
  ZPROV_ASSIGN(Child machine, Child::Start(BplusWords(options), options.directory + "/qemu.log"));
  auto agent = GuestAgent::Connect(options.directory + "/agent", kBootsWithin);
  if (!agent) {
    Error error = With(agent.error(), options);
    error.message =
        "the B+ does not come up: " + error.message + Tail(options.directory + "/qemu.log");
    return tl::make_unexpected(std::move(error));
  }
  return Bplus(options, std::move(cables), std::move(machine), std::move(*agent));
}

Result<Ran> Bplus::Run(const std::string& command, std::chrono::seconds within) {
  WriteDown(options_, "$ " + command);
  auto ran = agent_.Run(command, within);
  if (!ran) {
    WriteDown(options_, ran.error().message);
    return tl::make_unexpected(With(ran.error(), options_));
  }
  WriteDown(options_, fmt::format("ended with {}\n{}", ran->exit_code, ran->err));
  return ran;
}

Result<void> Bplus::Reboot(const std::string& by) {
  constexpr const char* kBootId = "cat /proc/sys/kernel/random/boot_id";
  constexpr seconds kOneLook{10};
  ZPROV_ASSIGN(const Ran before, Run(kBootId, kOneLook));
  // The agent may go down before it can say how that ended.
  if (const auto ran = Run(by, kOneLook); !ran && ran.error().kind != ErrorKind::kTimedOut) {
    return tl::make_unexpected(ran.error());
  }
  const auto deadline = steady_clock::now() + kBootsWithin;
  while (steady_clock::now() < deadline) {
    // The old system may still answer, or fall silent in the middle of an answer.
    const auto synced = agent_.Sync(kOneLook);
    if (!synced && synced.error().kind == ErrorKind::kFailed) {
      return tl::make_unexpected(With(synced.error(), options_));
    }
    if (!synced) continue;
    const auto now = agent_.Run(kBootId, kOneLook);
    if (now && now->exit_code == 0 && now->out != before.out) return {};
  }
  return tl::make_unexpected(With({ErrorKind::kTimedOut, "the B+ does not come back"}, options_));
}

CableControl Bplus::CableOf(int zero) const { return ControlOf(options_, zero); }

Result<std::string> Bplus::Keep(const std::string& destination) {
  // Its file, and the command that prints it.
  constexpr std::pair<const char*, const char*> kSaid[] = {
      {"journal.log", "journalctl --utc -o short-iso-precise --no-pager"},
      {"generations.txt", "zprov status; ls -l /x/.zprov/gen/* /x/.zprov/current; exportfs -v"},
      {"links.txt", "ip -d address; bridge -d link; lsusb -t 2>/dev/null"}};
  for (const auto& [file, command] : kSaid) {
    const auto said = agent_.Run(command, seconds(60));
    std::ofstream(options_.directory + "/" + file)
        << (said ? said->out + said->err : said.error().message);
  }
  return KeepArtifacts(options_.directory, destination);
}

std::string Bplus::Consoles() const { return ConsolesIn(options_); }

}  // namespace zprov::vm
