#include "vm/cable/run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "vm/cable/cable.h"
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

std::string Why() { return std::strerror(errno); }

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

// The first who connects to `path`.
Result<int> AcceptOne(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return Fail(ErrorKind::kInvalid, path + " is too long for a socket: use a shorter directory");
  }
  path.copy(address.sun_path, path.size());
  unlink(path.c_str());
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto* bound = reinterpret_cast<const sockaddr*>(&address);
  if (listener < 0 || bind(listener, bound, sizeof(address)) != 0 || listen(listener, 1) != 0) {
    return Fail(ErrorKind::kFailed, fmt::format("listen on {}: {}", path, Why()));
  }
  const int accepted = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  close(listener);
  if (accepted < 0) return Fail(ErrorKind::kFailed, fmt::format("accept on {}: {}", path, Why()));
  return accepted;
}

class Process {
 public:
  Process(const RunOptions& options, const std::function<void(const std::string&)>& say)
      : options_(options),
        say_(say),
        cable_({.port = options.port}, options.seed, clock_,
               {[this](const Served& served) { StartMachine(served); }, say_}) {}

  Result<void> Run() {
    ZPROV_ASSIGN(const int host, AcceptOne(options_.socket));
    host_.Open(host);
    cable_.PowerOn();
    for (;;) {
      cable_.CatchUp();
      if (error_) return tl::make_unexpected(*error_);
      if (!host_.Send(cable_.host_port())) return {};
      zero_.Send(cable_.zero_port());
      Wait();
      ZPROV_ASSIGN(const bool has_host, host_.Carry(cable_.host_port()));
      if (!has_host) return {};
      ZPROV_TRY(zero_.Carry(cable_.zero_port()));
      NoticeEnd();
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
    machine_ = started->process;
  }

  void Wait() {
    const os::Moment next = cable_.NextDeadline();
    int patience = -1;
    if (next != os::Moment::max()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - clock_.Now());
      patience = static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
    }
    std::array waits{host_.Interest(), zero_.Interest(), pollfd{machine_, POLLIN, 0}};
    poll(waits.data(), waits.size(), patience);
    has_ended_ = machine_ >= 0 && waits[2].revents != 0;
  }

  void NoticeEnd() {
    if (!std::exchange(has_ended_, false)) return;
    siginfo_t how{};
    waitid(P_PIDFD, static_cast<id_t>(machine_), &how, WEXITED);
    say_(fmt::format("qemu-system-arm ended with {}", how.si_status));
    close(std::exchange(machine_, -1));
    zero_.Close();
    cable_.MachineEnded();
  }

  const RunOptions& options_;
  const std::function<void(const std::string&)>& say_;
  SteadyClock clock_;
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
