// zprov-cluster: a cluster in QEMU for people. vm/README.md is a tour of it.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "vm/cluster/artifacts.h"
#include "vm/cluster/cable_control.h"
#include "vm/cluster/leader.h"
#include "vm/cluster/terminal.h"
#include "vm/cluster/up.h"

namespace zprov::vm {
namespace {

// Held by the leader of a cluster for as long as it is up; its pid is in it.
std::string LeaderFile(const std::string& directory) { return directory + ".leader"; }

// A lock on that file, or -1: somebody has it.
int LockLeader(const std::string& directory) {
  const int fd = open(LeaderFile(directory).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  close(fd);
  return -1;
}

Result<int> RunUp(const UpOptions& options) {
  const int lock = LockLeader(options.directory);
  if (lock < 0) return Fail(ErrorKind::kBusy, "it is up: `zprov-cluster down` ends it");
  std::ofstream(LeaderFile(options.directory)) << getpid();
  std::filesystem::remove_all(options.directory);
  std::filesystem::create_directories(options.directory);
  return LeadNamespace([&options] {
    const auto up =
        Up(options, [](const std::string& line) { std::cout << line + "\n"
                                                            << std::flush; });
    std::cerr << up.error().message << "\n";
    return 1;
  });
}

Result<int> RunDown(const std::string& directory) {
  const int lock = LockLeader(directory);
  if (lock >= 0) return Fail(ErrorKind::kNotFound, "no cluster is up in " + directory);
  pid_t leader = 0;
  std::ifstream(LeaderFile(directory)) >> leader;
  const int process = static_cast<int>(syscall(SYS_pidfd_open, leader, 0));
  if (leader <= 0 || process < 0) return 0;
  kill(leader, SIGTERM);
  pollfd ended{process, POLLIN, 0};
  poll(&ended, 1, -1);
  return 0;
}

// Of "s2": the third Zero.
Result<std::string> DirectoryOf(const std::string& directory, const std::string& node) {
  int number = -1;
  const char* const end = node.data() + node.size();
  const bool is_number = node.starts_with('s') &&
                         std::from_chars(node.data() + 1, end, number).ptr == end && number >= 0;
  const std::string found = fmt::format("{}/zero{}", directory, number + 1);
  if (is_number && std::filesystem::exists(found)) return found;
  return Fail(ErrorKind::kNotFound, "no node " + node + " is up; they are called s0, s1, …");
}

Result<int> RunConsole(const std::string& directory, const std::string& machine) {
  std::string place = directory;
  if (machine != "snail") {
    ZPROV_ASSIGN(place, DirectoryOf(directory, machine));
  }
  std::cerr << "Ctrl-] leaves\n";
  ZPROV_TRY(AttachTerminal(place + "/console"));
  return 0;
}

Result<int> RunOrder(const std::string& directory, const std::string& node,
                     const std::string& order) {
  ZPROV_ASSIGN(const std::string place, DirectoryOf(directory, node));
  ZPROV_ASSIGN(const std::string answer, CableControl(place + "/control").Ask(order));
  if (!answer.empty()) std::cout << answer << "\n";
  return 0;
}

struct Words {
  std::string machine;
  std::vector<std::string> rest;
};

// Orders to a node's cable, in the cable's own words (vm/cable/README.md).
constexpr std::pair<const char*, const char*> kOrders[] = {
    {"power", "on or off: a power cut"},
    {"unplug", "pull the plug at the B+"},
    {"plug", "and put it in again"},
    {"fault", "NAME [BOOTS], from its next boot on; none ends it"},
    {"delay", "MS: its network is late"},
    {"drop", "PERCENT: its network loses frames"},
    {"corrupt", "PERCENT: its network damages frames"},
    {"stall", "SECONDS: its network stands still; 0 ends it"},
    {"serial", "[HEX]: another board, from its next start on"},
    {"capture", "host|zero FILE|off: its frames, for tcpdump and Wireshark"},
    {"stage", "where its board is"}};

Result<int> Run(CLI::App& app, const UpOptions& options, const Words& words) {
  const std::string command = app.get_subcommands().front()->get_name();
  if (command == "up") return RunUp(options);
  if (command == "down") return RunDown(options.directory);
  if (command == "ssh" || command == "console") return RunConsole(options.directory, words.machine);
  if (command == "logs") {
    std::cout << WhatHappened(options.directory);
    return 0;
  }
  return RunOrder(options.directory, words.machine,
                  fmt::format("{} {}", command, fmt::join(words.rest, " ")));
}

void AddCommands(CLI::App& app, UpOptions& options, Words& words) {
  app.require_subcommand(1);
  app.add_option("--directory", options.directory, "the cluster's logs and sockets")
      ->capture_default_str();
  CLI::App* up = app.add_subcommand("up", "a B+ and its Zeros, until `down` or Ctrl-C; as root");
  constexpr int kPorts = 15;  // of its controller (bplus.cc)
  up->add_option("--nodes", options.zeros, "how many Zeros")->check(CLI::Range(1, kPorts));
  up->add_option("--root", options.root, "what the nodes have as their root")
      ->check(CLI::IsMember({"busybox", "debian"}))
      ->capture_default_str();
  app.add_subcommand("down", "ends it, whatever runs");
  app.add_subcommand("logs", "what happened so far, by time");
  for (const char* name : {"ssh", "console"}) {
    app.add_subcommand(name, "a shell at the serial line of snail or a node; Ctrl-] leaves it")
        ->add_option("machine", words.machine, "snail, s0, s1, …")
        ->required();
  }
  for (const auto& [name, what] : kOrders) {
    CLI::App* order = app.add_subcommand(name, what);
    order->add_option("node", words.machine, "s0, s1, …")->required();
    order->add_option("words", words.rest, what);
  }
}

}  // namespace
}  // namespace zprov::vm

int main(int argc, char** argv) {
  using namespace zprov::vm;
  UpOptions options{.directory = "/tmp/zprov-cluster",
                    .images = ZPROV_IMAGES,
                    .made = ZPROV_MADE_IMAGES,
                    .cable = ZPROV_CABLE,
                    .build = ZPROV_BUILD};
  Words words;
  CLI::App app("A cluster in QEMU: a B+ with zprov, and Zeros on its USB ports");
  AddCommands(app, options, words);
  CLI11_PARSE(app, argc, argv);
  options.directory = std::filesystem::absolute(options.directory);
  const auto ran = Run(app, options, words);
  if (ran) return *ran;
  std::cerr << ran.error().message << "\n";
  return 1;
}
