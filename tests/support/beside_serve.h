// A command in the same simulated world as a `serve`: what happens to the command's own
// connections and programs is the command's, everything else is serve's, which goes on whenever the
// command waits.
#pragma once

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "os/system.h"

namespace zprov::tests {

// The serve at the other end.
struct ServeEnd {
  std::function<void(const os::Event&)> on;
  std::function<os::Moment()> next_deadline;
};

class CommandsControl final : public os::Control {
 public:
  explicit CommandsControl(os::Control& control) : control_(control) {}

  Result<void> Listen(std::string_view path) override { return control_.Listen(path); }
  Result<os::ControlId> Connect(std::string_view path) override {
    auto connected = control_.Connect(path);
    if (connected) own_.insert(*connected);
    return connected;
  }
  Result<void> Send(os::ControlId id, std::string_view line) override {
    return control_.Send(id, line);
  }
  void Close(os::ControlId id) override { control_.Close(id); }

  bool Owns(const os::Event& event) const {
    if (const auto* line = std::get_if<os::ControlLine>(&event)) {
      return own_.contains(line->connection);
    }
    const auto* closed = std::get_if<os::ControlClosed>(&event);
    return closed != nullptr && own_.contains(closed->connection);
  }

 private:
  os::Control& control_;
  std::set<os::ControlId> own_;
};

class CommandsProcesses final : public os::Processes {
 public:
  explicit CommandsProcesses(os::Processes& processes) : processes_(processes) {}

  Result<os::ProcessId> Start(const std::vector<std::string>& argv) override {
    return Own(processes_.Start(argv));
  }
  Result<os::ProcessId> StartIn(std::string_view root,
                                const std::vector<std::string>& argv) override {
    return Own(processes_.StartIn(root, argv));
  }
  Result<void> Stop(os::ProcessId process) override { return processes_.Stop(process); }

  bool Owns(const os::Event& event) const {
    if (const auto* output = std::get_if<os::ProcessOutput>(&event)) {
      return own_.contains(output->process);
    }
    const auto* ended = std::get_if<os::ProcessEnded>(&event);
    return ended != nullptr && own_.contains(ended->process);
  }

 private:
  Result<os::ProcessId> Own(Result<os::ProcessId> started) {
    if (started) own_.insert(*started);
    return started;
  }

  os::Processes& processes_;
  std::set<os::ProcessId> own_;
};

class CommandsEvents final : public os::Events {
 public:
  struct Own {
    const CommandsControl& control;
    const CommandsProcesses& processes;
  };
  CommandsEvents(os::System& system, const Own& own, ServeEnd serve)
      : system_(system), own_(own), serve_(std::move(serve)) {}

  Result<os::Event> Next(os::Moment deadline) override {
    while (true) {
      ZPROV_ASSIGN(os::Event event,
                   system_.events.Next(std::min(deadline, serve_.next_deadline())));
      if (own_.control.Owns(event) || own_.processes.Owns(event)) return event;
      serve_.on(event);
      if (std::holds_alternative<os::DeadlinePassed>(event) && system_.clock.Now() >= deadline) {
        return event;
      }
    }
  }

 private:
  os::System& system_;
  Own own_;
  ServeEnd serve_;
};

class BesideServe {
 public:
  // `system` must live as long.
  BesideServe(os::System& system, ServeEnd serve)
      : control_(system.live->control),
        processes_(system.processes),
        events_(system, {control_, processes_}, std::move(serve)),
        live_{system.live->netlink,    system.live->usb,       system.live->process_table, control_,
              system.live->supervisor, system.live->background},
        system_{system.clock,      system.files,    system.trees, system.locks,
                system.btrfs,      events_,         processes_,   system.roots,
                system.identities, system.archives, &live_} {}
  BesideServe(const BesideServe&) = delete;
  BesideServe& operator=(const BesideServe&) = delete;

  os::System& system() { return system_; }  // the command's

 private:
  CommandsControl control_;
  CommandsProcesses processes_;
  CommandsEvents events_;
  os::Live live_;
  os::System system_;
};

}  // namespace zprov::tests
