#include "vm/cable/run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <vector>

#include "vm/cable/cable.h"
#include "vm/cable/console.h"
#include "vm/cable/control.h"
#include "vm/cable/control_socket.h"
#include "vm/cable/unix_socket.h"
#include "vm/cable/zero_machine.h"

namespace zprov::vm {
namespace {

class SteadyClock final : public os::Clock {
 public:
  os::Moment Now() const override { return std::chrono::steady_clock::now().time_since_epoch(); }
  std::chrono::nanoseconds WallTime() const override {
    return std::chrono::system_clock::now().time_since_epoch();
  }
};

// A socket whose other end is a QEMU's USB port.
class Channel {
 public:
  ~Channel() { Close(); }
  Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  void Open(int fd) {
    Close();
    fd_ = fd;
    fcntl(fd_, F_SETFL, O_NONBLOCK);
  }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
    unsent_.clear();
  }
  bool is_open() const { return fd_ >= 0; }

  pollfd Interest() const {
    return {fd_, static_cast<short>(unsent_.empty() ? POLLIN : POLLIN | POLLOUT), 0};
  }

  // All that there is now, both ways. False: the other end is gone.
  Result<bool> Carry(RedirPort& port) {
    if (fd_ < 0) return true;
    ZPROV_ASSIGN(const bool is_there, Read(port));
    return is_there && Send(port);
  }

  // Before the next wait: what the port has to say meanwhile.
  bool Send(RedirPort& port) {
    if (fd_ < 0) return true;
    unsent_ += port.TakeOutput();
    while (!unsent_.empty()) {
      const ssize_t sent = send(fd_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
      if (sent < 0) return errno == EAGAIN || errno == EINTR;
      unsent_.erase(0, static_cast<size_t>(sent));
    }
    return true;
  }

 private:
  Result<bool> Read(RedirPort& port) {
    std::array<char, 256 * 1024> buffer;
    const ssize_t got = read(fd_, buffer.data(), buffer.size());
    if (got == 0) return false;
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    ZPROV_TRY(port.Receive({buffer.data(), static_cast<size_t>(got)}));
    return true;
  }

  int fd_ = -1;
  std::string unsent_;
};

class Process {
 public:
  Process(const RunOptions& options, const std::function<void(const std::string&)>& say)
      : options_(options),
        say_(say),
        cable_({.port = options.port}, options.seed, clock_,
               {[this](const Served& served) { StartMachine(served); }, [this] { KillMachine(); },
                say_}) {}

  Result<void> Run() {
    ZPROV_TRY(console_.Open(options_.directory));
    ZPROV_ASSIGN(control_, ControlSocket::At(options_.directory + "/control"));
    ZPROV_ASSIGN(listener_, ListenAt(options_.socket));
    for (;;) {
      cable_.CatchUp();
      if (error_) return tl::make_unexpected(*error_);
      if (!host_.Send(cable_.host_port())) return {};
      zero_.Send(cable_.zero_port());
      Wait();
      MeetHost();
      ZPROV_ASSIGN(const bool has_host, host_.Carry(cable_.host_port()));
      if (!has_host) return {};
      ZPROV_TRY(zero_.Carry(cable_.zero_port()));
      console_.Carry();
      NoticeEnd();
      control_.Serve([this](std::string_view line) { return Obey(cable_, line); });
    }
  }

 private:
  void StartMachine(const Served& served) {
    auto started = StartZero(served, options_.directory);
    if (!started) {
      error_ = started.error();
      return;
    }
    zero_.Open(started->usb);
    console_.Attach(started->console);
    machine_ = started->process;
  }

  void Wait() {
    const os::Moment next = cable_.NextDeadline();
    int patience = -1;
    if (next != os::Moment::max()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - clock_.Now());
      patience = static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
    }
    std::vector waits{host_.Interest(), zero_.Interest(), pollfd{machine_, POLLIN, 0},
                      pollfd{listener_, POLLIN, 0}};
    control_.AddInterest(waits);
    console_.AddInterest(waits);
    poll(waits.data(), waits.size(), patience);
    has_ended_ = machine_ >= 0 && waits[2].revents != 0;
  }

  // QEMU connects once, when it starts.
  void MeetHost() {
    const int host = listener_ < 0 ? -1 : accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (host < 0) return;
    close(std::exchange(listener_, -1));
    host_.Open(host);
    cable_.PowerOn();
  }

  void NoticeEnd() {
    if (!std::exchange(has_ended_, false)) return;
    say_(fmt::format("qemu-system-arm ended with {}", Bury()));
    cable_.MachineEnded();
  }

  void KillMachine() {
    if (machine_ < 0) return;
    syscall(SYS_pidfd_send_signal, machine_, SIGKILL, nullptr, 0);
    Bury();
  }

  // Waits until it has ended; its exit code, or the signal that killed it.
  int Bury() {
    siginfo_t how{};
    waitid(P_PIDFD, static_cast<id_t>(machine_), &how, WEXITED);
    close(std::exchange(machine_, -1));
    zero_.Close();
    console_.Detach();
    return how.si_status;
  }

  const RunOptions& options_;
  const std::function<void(const std::string&)>& say_;
  SteadyClock clock_;
  Console console_{clock_};
  ControlSocket control_;
  int listener_ = -1;  // until the B+'s QEMU has connected
  Channel host_;
  Channel zero_;
  int machine_ = -1;
  bool has_ended_ = false;
  std::optional<Error> error_;
  Cable cable_;
};

}  // namespace

Result<void> RunCable(const RunOptions& options,
                      const std::function<void(const std::string&)>& say) {
  return Process(options, say).Run();
}

}  // namespace zprov::vm
