#include "adapters/control_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "adapters/errno.h"
#include "adapters/event_loop_asio.h"

namespace zprov::adapters {
namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

// Of callers; whoever comes beyond is hung up on before a byte of it is read.
constexpr ptrdiff_t kMostAccepted = 128;
constexpr size_t kLongestPath = 107;  // sun_path of unix(7), with its zero

// One end of a connection. Handlers that Asio still holds keep it alive, and find it closed.
struct Connection {
  Connection(os::ControlId number, stream_protocol::socket from)
      : id(number), socket(std::move(from)) {}

  const os::ControlId id;
  stream_protocol::socket socket;
  uint32_t uid = 0;
  std::string in;
  std::string writing;  // Asio has it
  std::string waiting;  // goes out after it
  enum class State { kOpen, kFlushing, kClosed } state = State::kOpen;
  bool is_accepted = false;  // it came to us
};

using Shared = std::shared_ptr<Connection>;

void Shut(Connection& connection) {
  connection.state = Connection::State::kClosed;
  error_code ignored;
  connection.socket.close(ignored);
}

Result<uint32_t> PeerOf(stream_protocol::socket& socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return FailErrno("ask who is at the other end of a socket", errno);
  }
  return peer.uid;
}

class ControlSocket final : public os::Control {
 public:
  explicit ControlSocket(EventLoop& loop) : loop_(loop), context_(ContextOf(loop)) {}
  ~ControlSocket() override {
    if (acceptor_) ::unlink(path_.c_str());
    for (auto& [id, connection] : connections_) Shut(*connection);
  }

  Result<void> Listen(std::string_view path) override;
  Result<os::ControlId> Connect(std::string_view path) override;
  Result<void> Send(os::ControlId id, std::string_view line) override;
  void Close(os::ControlId id) override;

 private:
  Result<os::ControlId> Add(stream_protocol::socket socket);
  void Accept();
  bool HasRoom() const;
  void Read(const Shared& connection);
  void Take(const Shared& connection, size_t size);
  void Write(const Shared& connection);
  void Lost(Connection& connection);

  EventLoop& loop_;
  asio::io_context& context_;
  std::optional<stream_protocol::acceptor> acceptor_;
  std::string path_;
  std::map<os::ControlId, Shared> connections_;
  os::ControlId last_ = 0;
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

Result<stream_protocol::endpoint> EndpointOf(std::string_view path) {
  if (path.empty() || path.size() > kLongestPath) {
    return Fail(ErrorKind::kInvalid, "a socket's path has 1 to 107 bytes, this one " +
                                         std::to_string(path.size()) + ": use a shorter one");
  }
  return stream_protocol::endpoint(std::string(path));
}

// Takes away a socket that nobody listens on; nothing to do when nothing is there.
Result<void> ClearPath(asio::io_context& context, const stream_protocol::endpoint& endpoint) {
  const std::string path = endpoint.path();
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {};  // whatever it is, bind says it
  if (!S_ISSOCK(status.st_mode)) {
    return Fail(ErrorKind::kExists, path + " is there and is no socket: move it away");
  }
  stream_protocol::socket knock(context);
  error_code failed;
  knock.connect(endpoint, failed);
  if (!failed) {
    return Fail(ErrorKind::kBusy, "somebody listens at " + path + " already: is serve running?");
  }
  if (failed == boost::system::errc::connection_refused) ::unlink(path.c_str());
  return {};
}

Result<void> ControlSocket::Listen(std::string_view path) {
  const std::string doing = "listen at " + std::string(path);
  ZPROV_ASSIGN(const stream_protocol::endpoint endpoint, EndpointOf(path));
  ZPROV_TRY(ClearPath(context_, endpoint));
  stream_protocol::acceptor acceptor(context_);
  error_code failed;
  acceptor.open(endpoint.protocol(), failed);
  // Nobody can connect before listen(), so the mode is set in time.
  if (!failed) acceptor.bind(endpoint, failed);
  if (failed) return FailErrno(doing, failed.value());
  if (::chmod(endpoint.path().c_str(), S_IRUSR | S_IWUSR) != 0) return FailErrno(doing, errno);
  acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) return FailErrno(doing, failed.value());
  acceptor_ = std::move(acceptor);
  path_ = endpoint.path();
  Accept();
  return {};
}

void ControlSocket::Accept() {
  acceptor_->async_accept([this, alive = std::weak_ptr(alive_)](const error_code& failed,
                                                                stream_protocol::socket socket) {
    if (alive.expired() || failed == asio::error::operation_aborted) return;
    // One that is not taken is hung up on by its destructor.
    if (!failed && HasRoom()) {
      if (const auto id = Add(std::move(socket))) connections_.at(*id)->is_accepted = true;
    }
    Accept();
  });
}

bool ControlSocket::HasRoom() const {
  return std::ranges::count_if(connections_, [](const auto& entry) {
           return entry.second->is_accepted;
         }) < kMostAccepted;
}

Result<os::ControlId> ControlSocket::Connect(std::string_view path) {
  ZPROV_ASSIGN(const stream_protocol::endpoint endpoint, EndpointOf(path));
  stream_protocol::socket socket(context_);
  error_code failed;
  socket.connect(endpoint, failed);
  if (failed == boost::system::errc::connection_refused) {
    return Fail(ErrorKind::kNotFound, "nobody listens at " + std::string(path));
  }
  if (failed) return FailErrno("connect to " + std::string(path), failed.value());
  return Add(std::move(socket));
}

Result<os::ControlId> ControlSocket::Add(stream_protocol::socket socket) {
  auto connection = std::make_shared<Connection>(++last_, std::move(socket));
  ZPROV_ASSIGN(connection->uid, PeerOf(connection->socket));
  connections_[connection->id] = connection;
  Read(connection);
  return connection->id;
}

void ControlSocket::Read(const Shared& connection) {
  asio::async_read_until(connection->socket,
                         asio::dynamic_buffer(connection->in, os::kMaxControlLine + 1), '\n',
                         [this, connection](const error_code& failed, size_t size) {
                           if (connection->state != Connection::State::kOpen) return;
                           if (failed) return Lost(*connection);
                           Take(connection, size);
                         });
}

void ControlSocket::Take(const Shared& connection, size_t size) {
  loop_.Post(os::ControlLine{connection->id, connection->uid, connection->in.substr(0, size - 1)});
  connection->in.erase(0, size);
  Read(connection);
}

void ControlSocket::Lost(Connection& connection) {
  Shut(connection);
  loop_.Post(os::ControlClosed{connection.id});
  connections_.erase(connection.id);
}

Result<void> ControlSocket::Send(os::ControlId id, std::string_view line) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || found->second->state != Connection::State::kOpen) {
    return Fail(ErrorKind::kGone, "the other end of the control socket has left");
  }
  if (line.size() > os::kMaxControlLine) {
    return Fail(ErrorKind::kTooLarge, "a line of the control socket is too long");
  }
  if (line.find('\n') != std::string_view::npos) {
    return Fail(ErrorKind::kInvalid, "a line of the control socket holds a line's end");
  }
  const Shared connection = found->second;
  connection->waiting.append(line).push_back('\n');
  if (connection->waiting.size() > os::kMaxControlBacklog) {
    Lost(*connection);
    return Fail(ErrorKind::kGone, "the other end of the control socket reads nothing: hung up");
  }
  if (connection->writing.empty()) Write(connection);
  return {};
}

void ControlSocket::Write(const Shared& connection) {
  connection->writing.swap(connection->waiting);
  asio::async_write(connection->socket, asio::buffer(connection->writing),
                    [this, connection](const error_code& failed, size_t) {
                      const bool was_open = connection->state == Connection::State::kOpen;
                      if (connection->state == Connection::State::kClosed) return;
                      connection->writing.clear();
                      if (failed) return was_open ? Lost(*connection) : Shut(*connection);
                      if (!connection->waiting.empty()) return Write(connection);
                      if (!was_open) Shut(*connection);
                    });
}

void ControlSocket::Close(os::ControlId id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  const Shared connection = found->second;
  connections_.erase(found);
  if (connection->writing.empty()) return Shut(*connection);
  connection->state = Connection::State::kFlushing;
}

}  // namespace

std::unique_ptr<os::Control> MakeControlSocket(EventLoop& loop) {
  return std::make_unique<ControlSocket>(loop);
}

}  // namespace zprov::adapters
