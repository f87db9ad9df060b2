#include "vm/cluster/guest_agent.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "vm/cable/unix_socket.h"

namespace zprov::vm {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLookAgain{200};  // the agent has no way to say that a command ended

// RFC 4648, 4, as the agent sends it.
std::string FromBase64(const std::string& text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) break;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xff);
  }
  return bytes;
}

// What is no object becomes an empty one.
json Parsed(const std::string& line) {
  json parsed = json::parse(line, nullptr, false);
  return parsed.is_object() ? parsed : json::object();
}

// Waits for `fd` (none: just waits) until then, at most.
bool Wait(int fd, steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
  pollfd wait{fd, POLLIN, 0};
  return left.count() > 0 && poll(&wait, 1, static_cast<int>(left.count())) > 0;
}

}  // namespace

GuestAgent::GuestAgent(GuestAgent&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      syncs_(other.syncs_),
      owes_answer_(other.owes_answer_),
      received_(std::move(other.received_)) {}

GuestAgent::~GuestAgent() {
  if (fd_ >= 0) close(fd_);
}

Result<GuestAgent> GuestAgent::Connect(const std::string& socket, std::chrono::seconds within) {
  const Deadline deadline = steady_clock::now() + within;
  // QEMU makes its socket before anything else, but not before it was started.
  auto fd = ConnectTo(socket);
  while (!fd && steady_clock::now() < deadline) {
    Wait(-1, steady_clock::now() + milliseconds(20));
    fd = ConnectTo(socket);
  }
  if (!fd) return tl::make_unexpected(fd.error());
  GuestAgent agent(*fd);
  ZPROV_TRY(agent.Sync(std::chrono::ceil<std::chrono::seconds>(deadline - steady_clock::now())));
  return agent;
}

Result<void> GuestAgent::Sync(std::chrono::seconds within) {
  const Deadline deadline = steady_clock::now() + within;
  const int id = ++syncs_;
  auto line = Ask(json{{"execute", "guest-sync"}, {"arguments", {{"id", id}}}}.dump(), deadline);
  while (line && Parsed(*line).value("return", json()) != id) line = NextLine(deadline);
  if (!line) return tl::make_unexpected(line.error());
  return {};
}

Result<std::string> GuestAgent::Ask(const std::string& line, Deadline deadline) {
  const std::string whole = line + "\n";
  if (send(fd_, whole.data(), whole.size(), MSG_NOSIGNAL) < 0) {
    return Fail(ErrorKind::kFailed, "the machine's QEMU is gone");
  }
  return NextLine(deadline);
}

Result<std::string> GuestAgent::NextLine(Deadline deadline) {
  for (;;) {
    const size_t end = received_.find('\n');
    if (end != std::string::npos) {
      std::string answer = received_.substr(0, end);
      received_.erase(0, end + 1);
      return answer;
    }
    owes_answer_ = !Wait(fd_, deadline);
    if (owes_answer_) return Fail(ErrorKind::kTimedOut, "the machine's agent is silent");
    std::array<char, 65536> buffer;
    const ssize_t got = read(fd_, buffer.data(), buffer.size());
    if (got <= 0) return Fail(ErrorKind::kFailed, "the machine's QEMU is gone");
    received_.append(buffer.data(), static_cast<size_t>(got));
  }
}

Result<Ran> GuestAgent::Run(const std::string& command, std::chrono::seconds within) {
  const Deadline deadline = steady_clock::now() + within;
  if (owes_answer_) ZPROV_TRY(Sync(within));
  const json start{
      {"execute", "guest-exec"},
      {"arguments", {{"path", "/bin/sh"}, {"arg", {"-c", command}}, {"capture-output", true}}}};
  ZPROV_ASSIGN(const std::string started, Ask(start.dump(), deadline));
  const json answer = Parsed(started);
  const json process = answer.value("return", json());
  if (!process.contains("pid")) return Fail(ErrorKind::kFailed, "guest-exec: " + started);
  const json look{{"execute", "guest-exec-status"}, {"arguments", {{"pid", process["pid"]}}}};
  while (steady_clock::now() < deadline) {
    ZPROV_ASSIGN(const std::string line, Ask(look.dump(), deadline));
    const json state = Parsed(line).value("return", json::object());
    if (state.value("exited", false)) {
      return Ran{state.value("exitcode", 128), FromBase64(state.value("out-data", "")),
                 FromBase64(state.value("err-data", ""))};
    }
    Wait(-1, std::min(deadline, steady_clock::now() + kLookAgain));
  }
  return Fail(ErrorKind::kTimedOut,
              fmt::format("`{}` has not ended after {} s", command, within.count()));
}

}  // namespace zprov::vm
